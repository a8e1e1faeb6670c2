package archive

import (
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base32"
	"encoding/hex"
	"fmt"
	"hash"
	"net/textproto"
	"strings"
	"time"
)

// The types of record that we write and use; others are read and passed on.
const (
	TypeInfo     = "warcinfo"
	TypeRequest  = "request"
	TypeResponse = "response"
)

// Record is one record of a WARC file.
type Record struct {
	File   string // the base name of the file
	Offset int64  // where the record, or the gzip member that holds it, begins in the file
	Inner  int64  // how many decompressed bytes of that member come before the record; 0 where each record has its own member
	Header textproto.MIMEHeader
	Block  []byte // the content, Content-Length bytes
}

// Location returns where the record is, "name.warc.gz:1234"; "+5678" follows
// where one gzip member holds several records.
func (r Record) Location() string {
	if r.Inner > 0 {
		return fmt.Sprintf("%s:%d+%d", r.File, r.Offset, r.Inner)
	}
	return fmt.Sprintf("%s:%d", r.File, r.Offset)
}

// Type returns the record's type, such as "response".
func (r Record) Type() string { return r.Header.Get("WARC-Type") }

// ID returns the record's own id, a URI in angle brackets.
func (r Record) ID() string { return r.Header.Get("WARC-Record-ID") }

// Target returns the address that the record is about. Old writers put it into
// angle brackets.
func (r Record) Target() string {
	target := r.Header.Get("WARC-Target-URI")
	if inner, ok := strings.CutPrefix(target, "<"); ok {
		return strings.TrimSuffix(inner, ">")
	}
	return target
}

// Date returns when the content was got; the zero time where it is unreadable.
func (r Record) Date() time.Time {
	at, err := time.Parse(time.RFC3339, r.Header.Get("WARC-Date"))
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}

// HTTP reports whether the block is an HTTP message.
func (r Record) HTTP() bool {
	return strings.HasPrefix(strings.ToLower(r.Header.Get("Content-Type")), "application/http")
}

// Verify compares the block and the payload with the digests that the record
// states, as far as it states any that we know.
func (r Record) Verify() error {
	if err := verify("block", r.Header.Get("WARC-Block-Digest"), r.Block); err != nil {
		return err
	}
	stated := r.Header.Get("WARC-Payload-Digest")
	if stated == "" || !r.HTTP() {
		return nil
	}
	_, payload, err := cutMessage(r.Block)
	if err != nil {
		return err
	}
	return verify("payload", stated, payload)
}

func verify(what, stated string, content []byte) error {
	name, value, _ := strings.Cut(stated, ":")
	sum := hashOf(name)
	if stated == "" || sum == nil {
		return nil
	}
	sum.Write(content)
	got := sum.Sum(nil)
	in32 := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(got)
	if strings.EqualFold(strings.TrimRight(value, "="), in32) || strings.EqualFold(value, hex.EncodeToString(got)) {
		return nil
	}
	return fmt.Errorf("the %s does not have the digest that its record states", what)
}

func hashOf(name string) hash.Hash {
	switch strings.ToLower(name) {
	case "sha1":
		return sha1.New()
	case "sha256", "sha-256":
		return sha256.New()
	}
	return nil
}

// digest names content in the form that WARC tools expect: base32 of SHA-256.
func digest(content []byte) string {
	sum := sha256.Sum256(content)
	return "sha256:" + base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:])
}
