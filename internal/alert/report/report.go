// Package report reads what mail servers report of mails: that one could not be
// delivered (delivery status, RFC 3464), and that its reader complained (RFC 5965).
// Everything in a report was written by strangers. It is read within bounds, and says
// nothing that is believed before a token of ours is found in it.
package report

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"net/textproto"
	"regexp"
	"slices"
	"strings"
)

// Longest is the most of a mail that is read, in bytes.
const Longest = 256 << 10

const (
	mostParts = 8  // of a report
	mostNames = 16 // addresses that are kept
)

// Kind says what is reported.
type Kind string

// The kinds.
const (
	Failure   Kind = "failure"   // the mail was not delivered, and nobody tries any more
	Complaint Kind = "complaint" // its reader does not want it
)

// Report is one report.
type Report struct {
	Kind      Kind
	Status    string   // "5.1.1"; empty for a complaint
	MessageID string   // of the mail that it is about; empty where the report does not say
	Names     []string // local parts of all addresses that may be the one to which it was returned
}

// Hard reports whether the address takes no mail at all. What a server refuses for its
// policy, or because a mailbox is full, is no fault of the address.
func (r Report) Hard() bool {
	return strings.HasPrefix(r.Status, "5.") && !strings.HasPrefix(r.Status, "5.7.") && r.Status != "5.2.2"
}

// Parse reads a mail, and reports whether it is a report of either kind. A report of a
// mere delay is none.
func Parse(text []byte) (Report, bool) {
	message, err := mail.ReadMessage(bytes.NewReader(text[:min(len(text), Longest)]))
	if err != nil {
		return Report{}, false
	}
	kind, params, err := mime.ParseMediaType(message.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/report" || params["boundary"] == "" {
		return Report{}, false
	}
	r := Report{}
	r.addresses(textproto.MIMEHeader(message.Header), "To", "Delivered-To", "X-Original-To", "Envelope-To")
	reader := multipart.NewReader(message.Body, params["boundary"])
	for range mostParts {
		part, err := reader.NextRawPart()
		if err != nil {
			break // what came before a broken end counts
		}
		r.read(part)
	}
	return r, r.Kind != ""
}

// read takes in one part.
func (r *Report) read(part *multipart.Part) {
	kind, _, err := mime.ParseMediaType(part.Header.Get("Content-Type"))
	if err != nil {
		return
	}
	body := decoded(part)
	switch kind {
	case "message/delivery-status":
		r.status(body)
	case "message/feedback-report":
		r.feedback(body)
	case "message/rfc822", "text/rfc822-headers", "message/rfc822-headers":
		header := block(body)
		if id := strings.TrimSpace(header.Get("Message-Id")); r.MessageID == "" && len(id) < 256 {
			r.MessageID = strings.Trim(id, "<>")
		}
		r.addresses(header, "Return-Path")
	}
}

func decoded(part *multipart.Part) *bufio.Reader {
	var body io.Reader = part
	switch strings.ToLower(strings.TrimSpace(part.Header.Get("Content-Transfer-Encoding"))) {
	case "base64":
		body = base64.NewDecoder(base64.StdEncoding, part)
	case "quoted-printable":
		body = quotedprintable.NewReader(part)
	}
	return bufio.NewReader(io.LimitReader(body, Longest))
}

// block reads lines of a header as far as the next empty line; what it cannot read is
// left out.
func block(body *bufio.Reader) textproto.MIMEHeader {
	header, _ := textproto.NewReader(body).ReadMIMEHeader() // what was read before a mistake counts
	return header
}

var statusCode = regexp.MustCompile(`^([245])\.(\d{1,3})\.(\d{1,3})\b`)

// status reads a delivery status: a block about the mail, then one for each recipient.
// A mail of ours has one recipient; of several the first that failed counts.
func (r *Report) status(body *bufio.Reader) {
	for range mostParts {
		header := block(body)
		action := strings.ToLower(strings.TrimSpace(header.Get("Action")))
		code := statusCode.FindString(strings.TrimSpace(header.Get("Status")))
		if action == "failed" && code != "" && code[0] != '2' && r.Kind == "" {
			r.Kind, r.Status = Failure, code
		}
		if _, err := body.Peek(1); err != nil {
			return
		}
	}
}

// feedback reads what a reader's mail program reported.
func (r *Report) feedback(body *bufio.Reader) {
	header := block(body)
	switch strings.ToLower(strings.TrimSpace(header.Get("Feedback-Type"))) {
	case "abuse", "fraud", "opt-out", "opt-out-list":
		r.Kind, r.Status = Complaint, ""
	}
	r.addresses(header, "Original-Mail-From")
}

// addresses keeps the local parts of the addresses in some fields.
func (r *Report) addresses(header textproto.MIMEHeader, fields ...string) {
	for _, field := range fields {
		for _, value := range header[textproto.CanonicalMIMEHeaderKey(field)] {
			for _, text := range strings.FieldsFunc(value, func(c rune) bool { return strings.ContainsRune(" \t\r\n,;<>\"", c) }) {
				local, _, is := strings.Cut(text, "@")
				if is && local != "" && len(local) <= 64 && len(r.Names) < mostNames && !slices.Contains(r.Names, local) {
					r.Names = append(r.Names, local)
				}
			}
		}
	}
}
