package listing

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Request is what to ask for a page of the list.
type Request struct {
	URL     string
	Method  string
	Body    string
	Headers map[string]string
	secret  string // the query parameter that carries a key
	page    int    // how many pages came before
	offset  int
	cursor  string
}

// PublicURL is the address without the key, for records and messages.
func (r Request) PublicURL() string { return WithoutKey(r.URL, r.secret) }

// WithoutKey returns the address without the query parameter that carries a
// key; empty parameter: as it is.
func WithoutKey(address, parameter string) string {
	u, err := url.Parse(address)
	if err != nil || parameter == "" {
		return address
	}
	var kept []string
	for part := range strings.SplitSeq(u.RawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		if name != parameter && part != "" {
			kept = append(kept, part)
		}
	}
	u.RawQuery = strings.Join(kept, "&")
	return u.String()
}

// KeyEnv is the environment variable that must hold a key, or empty.
func (l *Listing) KeyEnv() string {
	if l.spec.Key == nil {
		return ""
	}
	return l.spec.Key.Env
}

// KeyParameter is the query parameter that carries the key, or empty.
func (l *Listing) KeyParameter() string {
	if l.spec.Key == nil {
		return ""
	}
	return l.spec.Key.Query
}

// MaxPages is the most pages the Spec wants in one visit; 0 for no wish.
func (l *Listing) MaxPages() int {
	if l.spec.Paging == nil {
		return 1
	}
	return l.spec.Paging.Max
}

// Dates reports whether rows are expected to state a date.
func (l *Listing) Dates() bool { return l.hasDates }

// First is the request for the first page.
func (l *Listing) First(now time.Time, key string) (Request, error) {
	r := Request{page: 0}
	if p := l.spec.Paging; p != nil && p.By == "cursor" && strings.Contains(l.spec.URL+l.spec.Body, "{cursor}") {
		r.cursor = ""
	}
	return l.build(r, now, key)
}

// Next is the request for the page after the one that prev asked for. It
// reports false where the list ends.
func (l *Listing) Next(prev Request, page Page, now time.Time, key string) (Request, bool, error) {
	p := l.spec.Paging
	if p == nil || page.Entries == 0 || p.Size > 0 && page.Entries < p.Size && p.By != "next" && p.By != "cursor" {
		return Request{}, false, nil
	}
	next := Request{page: prev.page + 1, offset: prev.offset + p.Size, cursor: prev.cursor}
	switch p.By {
	case "next":
		if page.Next == "" || page.Next == prev.URL || page.Next == prev.PublicURL() {
			return Request{}, false, nil
		}
		return l.following(page.Next, next, key), true, nil
	case "cursor":
		if page.Cursor == "" || page.Cursor == prev.cursor {
			return Request{}, false, nil
		}
		next.cursor = page.Cursor
	}
	r, err := l.build(next, now, key)
	return r, err == nil, err
}

// following is the request for an address that the answer gave. A key goes
// only to the host that it belongs to.
func (l *Listing) following(address string, r Request, key string) Request {
	r.URL, r.Method, r.Headers = address, "GET", map[string]string{}
	if own, err := url.Parse(l.spec.URL); err == nil && sameHost(own, address) {
		l.authorise(&r, key)
	}
	l.headers(&r)
	return r
}

func sameHost(own *url.URL, address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.EqualFold(u.Host, own.Host) && u.Scheme == own.Scheme
}

// Detail is the request for the answer that says more about a row.
func (l *Listing) Detail(address, key string) Request { return l.following(address, Request{}, key) }

func (l *Listing) build(r Request, now time.Time, key string) (Request, error) {
	address, err := expandDates(l.spec.URL, now)
	if err != nil {
		return r, err
	}
	body, err := expandDates(l.spec.Body, now)
	if err != nil {
		return r, err
	}
	if p := l.spec.Paging; p != nil {
		address, body = p.place(r, address, body)
	}
	r.URL, r.Body, r.Method, r.Headers = address, body, l.spec.Method, map[string]string{}
	l.headers(&r)
	l.authorise(&r, key)
	return r, nil
}

func (l *Listing) headers(r *Request) {
	for name, value := range l.spec.Headers {
		r.Headers[name] = value
	}
	if r.Method == "" {
		r.Method = "GET"
	}
}

func (l *Listing) authorise(r *Request, key string) {
	k := l.spec.Key
	if k == nil || key == "" {
		return
	}
	if k.Header != "" {
		r.Headers[k.Header] = k.Prefix + key
		return
	}
	r.secret = k.Query
	r.URL = withParameter(WithoutKey(r.URL, k.Query), k.Query, k.Prefix+key)
}

// place puts page, offset or cursor where the address or body asks for it, or
// else into its query parameter.
func (p *Paging) place(r Request, address, body string) (string, string) {
	value := ""
	switch p.By {
	case "page":
		start := p.Start
		if start == 0 && !p.zeroBased(address) {
			start = 1
		}
		value = strconv.Itoa(start + r.page)
	case "offset":
		value = strconv.Itoa(r.offset)
	case "cursor":
		value = r.cursor
	default:
		return address, body
	}
	braces := "{" + p.By + "}"
	if strings.Contains(address+body, braces) {
		return strings.ReplaceAll(address, braces, url.QueryEscape(value)), strings.ReplaceAll(body, braces, value)
	}
	if r.page == 0 {
		return address, body // the address as written is the first page
	}
	return withParameter(address, p.Param, value), body
}

// zeroBased reports whether the address as written counts from page 0.
func (p *Paging) zeroBased(address string) bool {
	u, err := url.Parse(address)
	return err == nil && p.Param != "" && u.Query().Get(p.Param) == "0"
}

// withParameter sets a query parameter and leaves the others as they are
// written: some servers want them in their order and spelling.
func withParameter(address, name, value string) string {
	head, query, _ := strings.Cut(address, "?")
	pair := name + "=" + url.QueryEscape(value)
	var parts []string
	replaced := false
	for part := range strings.SplitSeq(query, "&") {
		if key, _, _ := strings.Cut(part, "="); key == name {
			part, replaced = pair, true
		}
		if part != "" {
			parts = append(parts, part)
		}
	}
	if !replaced {
		parts = append(parts, pair)
	}
	return head + "?" + strings.Join(parts, "&")
}

// someDay is a day for checking that dates expand at all.
var someDay = time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)

var datePattern = regexp.MustCompile(`\{(today|year)([+-]\d{1,4}d)?(?::([^{}]+))?\}`)

var anyBraces = regexp.MustCompile(`\{[a-zA-Z][^{}"]*\}`)

// expandDates replaces {today}, {today-30d}, {today:02012006} and {year}. Other
// words in braces, but for those of the paging, are mistakes.
func expandDates(text string, now time.Time) (string, error) {
	out := datePattern.ReplaceAllStringFunc(text, func(match string) string {
		parts := datePattern.FindStringSubmatch(match)
		day, layout := now.UTC(), "2006-01-02"
		if parts[2] != "" {
			n, _ := strconv.Atoi(strings.TrimSuffix(parts[2], "d"))
			day = day.AddDate(0, 0, n)
		}
		if parts[1] == "year" {
			layout = "2006"
		}
		if parts[3] != "" {
			layout = parts[3]
		}
		return day.Format(layout)
	})
	for _, left := range anyBraces.FindAllString(out, -1) {
		if left != "{page}" && left != "{offset}" && left != "{cursor}" {
			return out, fmt.Errorf("%s means nothing here: dates are {today}, {today-30d}, {today:20060102} and {year}; pages {page}, {offset} and {cursor}", left)
		}
	}
	return out, nil
}

// KeyHeader is the header that carries the key, or empty.
func (l *Listing) KeyHeader() string {
	if l.spec.Key == nil {
		return ""
	}
	return l.spec.Key.Header
}
