package fetch

import (
	"math"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// maxRobots is how much of a robots.txt is read, in bytes (RFC 9309 §2.5).
const maxRobots = 500 << 10

// rules are what a robots.txt says to us.
type rules struct {
	rules []rule
	delay time.Duration // Crawl-delay; 0 where none is given
}

type rule struct {
	allow   bool
	pattern string // percent-encoding normalised; '*' is any text, '$' at the end is the end
}

// parseRobots reads a robots.txt by RFC 9309 for the crawler with the product
// token. A line that makes no sense is passed over.
func parseRobots(text []byte, token string) *rules {
	if len(text) > maxRobots {
		text = text[:maxRobots]
	}
	p := robotsParser{token: token}
	body := strings.TrimPrefix(string(text), "\ufeff")
	for line := range strings.FieldsFuncSeq(body, func(r rune) bool { return r == '\n' || r == '\r' }) {
		line, _, _ = strings.Cut(line, "#")
		key, value, ok := strings.Cut(line, ":")
		if ok {
			p.line(strings.ToLower(strings.TrimSpace(key)), strings.TrimSpace(value))
		}
	}
	if p.named {
		return &p.ours
	}
	return &p.everyones
}

type robotsParser struct {
	token           string
	named           bool // a group names us: what is for everyone does not count
	ours, everyones rules

	inGroup         bool // rules were read: the next user-agent line begins a new group
	isOurs, isEvery bool // whom the open group is for
}

func (p *robotsParser) line(key, value string) {
	switch key {
	case "user-agent":
		p.agent(value)
	case "allow", "disallow":
		p.inGroup = true
		if value != "" { // an empty rule matches nothing
			p.each(func(r *rules) { r.rules = append(r.rules, rule{key == "allow", normalPattern(value)}) })
		}
	case "crawl-delay":
		if delay := crawlDelay(value); delay > 0 {
			p.each(func(r *rules) { r.delay = max(r.delay, delay) })
		}
	}
}

func (p *robotsParser) agent(value string) {
	if p.inGroup {
		p.inGroup, p.isOurs, p.isEvery = false, false, false
	}
	if value == "*" {
		p.isEvery = true
	} else if productToken(value) == p.token {
		p.isOurs, p.named = true, true
	}
}

func (p *robotsParser) each(do func(*rules)) {
	if p.isOurs {
		do(&p.ours)
	}
	if p.isEvery {
		do(&p.everyones)
	}
}

// productToken returns the product's name without version, case, spaces and
// hyphens: webmasters write "BackdoorWatch", "Backdoor-Watch" and "Backdoor
// Watch/1.0" for one and the same guest.
func productToken(agent string) string {
	name, _, _ := strings.Cut(agent, "/")
	return strings.ToLower(strings.NewReplacer(" ", "", "-", "", "_", "").Replace(name))
}

// crawlDelay reads seconds. More than Patience would mean that no visit ever
// comes to an end, so it counts as Patience.
func crawlDelay(value string) time.Duration {
	seconds, err := strconv.ParseFloat(value, 64)
	if err != nil || math.IsNaN(seconds) || seconds <= 0 {
		return 0
	}
	return time.Duration(min(seconds, Patience.Seconds()) * float64(time.Second))
}

// allows reports whether we may get the address. The longest rule that matches
// counts; of an allowing and a forbidding one of equal length, the allowing one.
func (r *rules) allows(u *url.URL) bool {
	path := robotsPath(u)
	if path == "/robots.txt" {
		return true
	}
	longest, allowed := -1, true
	for _, rule := range r.rules {
		if len(rule.pattern) < longest || (len(rule.pattern) == longest && !rule.allow) || !matches(rule.pattern, path) {
			continue
		}
		longest, allowed = len(rule.pattern), rule.allow
	}
	return allowed
}

// robotsPath returns what rules are compared with: path and query, normalised.
func robotsPath(u *url.URL) string {
	path := u.EscapedPath()
	if path == "" {
		path = "/"
	}
	if u.RawQuery != "" || u.ForceQuery {
		path += "?" + u.RawQuery
	}
	return normalEncoding(path, false)
}

// normalPattern brings a rule into the form of robotsPath. A rule without its
// leading slash means well.
func normalPattern(value string) string {
	if value[0] != '/' && value[0] != '*' {
		value = "/" + value
	}
	body, anchored := strings.CutSuffix(value, "$")
	pattern := normalEncoding(body, true)
	if anchored {
		pattern += "$"
	}
	return pattern
}

// normalEncoding makes equal what means the same: unreserved characters are
// written as themselves, all that one writer escapes and another does not as %XX
// in capitals.
// "*" and "$" are written %2A and %24 where they are meant as themselves.
func normalEncoding(text string, pattern bool) string {
	const hexDigits = "0123456789ABCDEF"
	var out strings.Builder
	escape := func(c byte) {
		out.WriteByte('%')
		out.WriteByte(hexDigits[c>>4])
		out.WriteByte(hexDigits[c&15])
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '%' && i+2 < len(text) && isHex(text[i+1]) && isHex(text[i+2]):
			value := unhex(text[i+1])<<4 | unhex(text[i+2])
			if unreserved(value) {
				out.WriteByte(value)
			} else {
				escape(value)
			}
			i += 2
		case c <= ' ' || c >= 0x7f || strings.IndexByte("$[]'\"<>{}|\\^`", c) >= 0 || (c == '*' && !pattern):
			escape(c)
		default:
			out.WriteByte(c)
		}
	}
	return out.String()
}

func unreserved(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c >= 'a':
		return c - 'a' + 10
	case c >= 'A':
		return c - 'A' + 10
	}
	return c - '0'
}

// matches compares piece by piece, leftmost first, which needs no going back: a
// hostile pattern costs no more than its length times the path's.
func matches(pattern, path string) bool {
	body, anchored := strings.CutSuffix(pattern, "$")
	first, rest, wild := strings.Cut(body, "*")
	if !strings.HasPrefix(path, first) {
		return false
	}
	path = path[len(first):]
	for wild {
		var piece string
		piece, rest, wild = strings.Cut(rest, "*")
		if !wild && anchored {
			return strings.HasSuffix(path, piece)
		}
		at := strings.Index(path, piece)
		if at < 0 {
			return false
		}
		path = path[at+len(piece):]
	}
	return !anchored || path == ""
}
