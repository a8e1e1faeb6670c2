package parse

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"html"
	"net/netip"
	"net/url"
	"regexp"
	"strings"

	"github.com/mmcdole/gofeed"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// add makes a document of an entry.
func (f *feedReader) add(e rawEntry) {
	d := policy.Document{
		Title:    titleText(e.Title),
		Summary:  bodyText(e.Description),
		Text:     bodyText(e.Content),
		Byline:   byline(e.Authors),
		Language: f.inLanguage(e.language),
	}
	if d.Summary == d.Text {
		d.Summary = ""
	}
	f.address(&d, e)
	f.dates(&d, e)
	if d.Title == "" {
		d.Title = beginning(firstOf(d.Summary, d.Text))
		d.Problems = append(d.Problems, "the entry has no title; the beginning of its text stands for it")
	}
	f.identify(&d, e)
	f.attach(&d, e)
	f.result.Documents = append(f.result.Documents, d)
}

// address finds where the entry lies.
func (f *feedReader) address(d *policy.Document, e rawEntry) {
	d.URL = f.absolute(e.link)
	if d.URL == "" && e.permalink && strings.Contains(e.GUID, "://") {
		d.URL = f.absolute(e.GUID)
	}
	if d.URL == "" {
		d.Problems = append(d.Problems, "the entry has no link")
		return
	}
	canonical, err := CanonicalURL(d.URL)
	if err != nil {
		d.Problems = append(d.Problems, "the link cannot be used: "+short(d.URL))
		d.URL = ""
		return
	}
	d.CanonicalURL = canonical
	if isPrivate(canonical) {
		d.Problems = append(d.Problems, "the link leads to a private address: "+short(d.URL))
	}
}

// isPrivate reports whether an address names a machine that is not on the public
// network. The fetcher refuses such addresses by itself, whatever they are named.
func isPrivate(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	host := u.Hostname()
	if host == "localhost" || strings.HasSuffix(host, ".localhost") || strings.HasSuffix(host, ".local") || strings.HasSuffix(host, ".internal") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && (ip.IsLoopback() || ip.IsPrivate() || ip.IsLinkLocalUnicast() || ip.IsUnspecified())
}

// dates reads the entry's dates in the source's own words. An entry of Atom that
// says only when it was updated appeared then at the latest, which is the best
// that is known of its publication.
func (f *feedReader) dates(d *policy.Document, e rawEntry) {
	var unread string
	read := func(text string) policy.Date {
		date, ok := Date(text, dateLanguage(d.Language, f.in.Language))
		if !ok && strings.TrimSpace(text) != "" {
			unread = text
		}
		return date
	}
	d.Published = read(e.Published)
	d.Updated = read(e.Updated)
	if d.Published.IsZero() {
		d.Published = d.Updated
	}
	switch {
	case !d.Published.IsZero():
		f.result.Dated++
	case unread != "":
		f.result.Undatable++
		d.Problems = append(d.Problems, fmt.Sprintf("the date %q could not be read", short(oneLine(unread))))
	}
}

// dateLanguage returns the language by which ambiguous dates are read: that of
// the source where it only adds a country to the declared one.
func dateLanguage(declared, source string) string {
	if primary(declared) == primary(source) && len(source) > len(declared) {
		return source
	}
	return declared
}

// identify gives the entry its id: the source's own, or else its address, or
// else a digest of what it says.
func (f *feedReader) identify(d *policy.Document, e rawEntry) {
	d.EntryID = firstOf(clean(e.GUID), d.CanonicalURL)
	if len(d.EntryID) > maxAddress {
		d.EntryID = "digest:" + digest(d.EntryID)
	}
	if d.EntryID == "" {
		d.EntryID = "digest:" + digest(d.Title, d.Published.String())
		if d.Published.IsZero() {
			d.EntryID = "digest:" + digest(d.Title, d.Summary, d.Text)
		}
	}
}

func digest(texts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(texts, "\x00")))
	return hex.EncodeToString(sum[:8])
}

// attach keeps the enclosures that are texts.
func (f *feedReader) attach(d *policy.Document, e rawEntry) {
	for _, enclosure := range e.Enclosures {
		address := f.absolute(enclosure.URL)
		kind := strings.ToLower(strings.TrimSpace(enclosure.Type))
		if address != "" && (isTextType(kind) || kind == "" && strings.HasSuffix(strings.ToLower(address), ".pdf")) {
			d.Attachments = append(d.Attachments, policy.Attachment{URL: address, MediaType: kind})
		}
	}
}

func isTextType(mediaType string) bool {
	return strings.HasPrefix(mediaType, "text/") || strings.HasPrefix(mediaType, "application/pdf") ||
		strings.HasPrefix(mediaType, "application/msword") || strings.HasPrefix(mediaType, "application/vnd.o")
}

func byline(authors []*gofeed.Person) string {
	var names []string
	for _, a := range authors {
		if a == nil {
			continue
		}
		if name := titleText(a.Name); name != "" && !strings.Contains(name, "@") && !strings.Contains(name, "://") {
			names = append(names, name)
		}
	}
	return cut(strings.Join(names, ", "), maxTitle)
}

// inlineTag is markup that titles hold; anything else in angle brackets is what
// the title is about.
var inlineTag = regexp.MustCompile(`(?i)</?(?:a|abbr|b|big|br|cite|code|del|div|em|font|h[1-6]|i|img|ins|mark|p|q|s|small|span|strike|strong|sub|sup|tt|u|wbr)(?:\s[^<>]*|/)?>`)

// titleText makes a plain line of a title that may hold markup and be escaped
// once more than it should: entities are resolved twice at most.
func titleText(title string) string {
	if !strings.ContainsAny(title, "<&") {
		return cut(oneLine(title), maxTitle)
	}
	for range 2 {
		before := title
		title = inlineTag.ReplaceAllStringFunc(title, func(t string) string {
			if strings.HasPrefix(strings.ToLower(t), "<br") || strings.HasPrefix(strings.ToLower(t), "<div") {
				return " "
			}
			return ""
		})
		title = html.UnescapeString(title)
		if title == before {
			break
		}
	}
	return cut(oneLine(inlineTag.ReplaceAllString(title, "")), maxTitle)
}

// escapedMarkup shows that a text was escaped once too often.
var escapedMarkup = regexp.MustCompile(`(?i)</?(?:p|br|div|a|b|i|strong|em|span|ul|ol|li|img|h[1-6]|blockquote|table)(?:\s[^<>]*)?/?>|&(?:amp|lt|gt|quot|nbsp|#\d{2,5});`)

// bodyText makes plain text of a description or content, also of one that was
// escaped twice.
func bodyText(fragment string) string {
	if len(fragment) > maxText {
		fragment = strings.ToValidUTF8(fragment[:maxText], "")
	}
	text := PlainText(fragment)
	if strings.ContainsAny(text, "<&") && escapedMarkup.MatchString(text) {
		text = PlainText(text)
	}
	return text
}

// cut shortens a text to at most n bytes, at a blank where there is one.
func cut(text string, n int) string {
	if len(text) <= n {
		return text
	}
	text = strings.ToValidUTF8(text[:n], "")
	if i := strings.LastIndexByte(text, ' '); i > n/2 {
		text = text[:i]
	}
	return text + "…"
}

// beginning returns the first words of a text, to stand for a missing title.
func beginning(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return cut(line, 120)
}
