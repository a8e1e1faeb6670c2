package catalogue

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

// pattern is a form of address. Scheme and a leading www. do not count; * is
// any run of characters but a slash, ** any run at all; without a question mark
// in it the query does not count.
type pattern struct {
	re    *regexp.Regexp
	query bool
}

func compilePattern(text string) (pattern, error) {
	bare := text
	if _, after, ok := strings.Cut(text, "://"); ok {
		bare = after
	}
	bare = strings.TrimPrefix(bare, "www.")
	host, _, _ := strings.Cut(bare, "/")
	if bare == "" || host == "" || strings.Trim(host, "*.") == "" {
		return pattern{}, fmt.Errorf("%q names no host", text)
	}
	var re strings.Builder
	re.WriteString("(?i)^")
	for i := 0; i < len(bare); i++ {
		switch {
		case strings.HasPrefix(bare[i:], "**"):
			re.WriteString(".*")
			i++
		case bare[i] == '*' && i > 0 && bare[i-1] == '/':
			re.WriteString("[^/?]+") // a segment of its own is never empty
		case bare[i] == '*':
			re.WriteString("[^/?]*")
		default:
			re.WriteString(regexp.QuoteMeta(bare[i : i+1]))
		}
	}
	re.WriteString("$")
	compiled, err := regexp.Compile(re.String())
	if err != nil {
		return pattern{}, fmt.Errorf("%q is no pattern: %w", text, err)
	}
	return pattern{re: compiled, query: strings.Contains(bare, "?")}, nil
}

func (p pattern) matches(address string) bool {
	if p.re == nil {
		return false
	}
	_, after, ok := strings.Cut(address, "://")
	if !ok {
		after = address
	}
	after, _, _ = strings.Cut(after, "#")
	if !p.query {
		after, _, _ = strings.Cut(after, "?")
	}
	return p.re.MatchString(strings.TrimPrefix(strings.ToLower(after), "www."))
}

func matchesAny(patterns []pattern, address string) bool {
	for _, p := range patterns {
		if p.matches(address) {
			return true
		}
	}
	return false
}

// Fit says how an answer belongs to a source.
type Fit int

// The fits, the loosest first.
const (
	NoFit     Fit = iota
	HostFit       // a page of the same host: whose it is can be told, how it is read cannot
	ListFit       // it reads like the list
	DetailFit     // one of the source's details describes it
)

// Find returns the source to which an answered address belongs, and how.
func Find(sources []Source, address string) (Source, Fit) {
	var best Source
	fit, score, hosts := NoFit, -1, 0
	for _, s := range sources {
		f, n := s.fits(address)
		if f == HostFit {
			hosts++
		}
		if f > fit || f == fit && f != NoFit && n > score {
			best, fit, score = s, f, n
		}
	}
	if fit == HostFit && hosts > 1 {
		return Source{}, NoFit // several sources share the host: whose page it is cannot be told
	}
	return best, fit
}

// fits says how well an address belongs to s; the number decides between
// sources that fit alike.
func (s Source) fits(address string) (Fit, int) {
	if _, ok := s.DetailFor(address); ok {
		return DetailFit, 0
	}
	asked, answered := parsed(s.Address()), parsed(address)
	if asked == nil || answered == nil || bareHost(asked) != bareHost(answered) {
		if matchesAny(s.match, address) {
			return ListFit, 0
		}
		return NoFit, 0
	}
	same := sharedParameters(asked.Query(), answered.Query())
	if samePath(asked.Path, answered.Path) && (s.Feed == "" || same == len(asked.Query())) {
		return ListFit, 1 + same
	}
	if matchesAny(s.match, address) {
		return ListFit, 0
	}
	return HostFit, 0
}

func parsed(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		return nil
	}
	return u
}

func bareHost(u *url.URL) string { return strings.TrimPrefix(strings.ToLower(u.Host), "www.") }

var braces = regexp.MustCompile(`\\\{[^{}]*\\\}`)

// samePath compares paths; braces in the asked one stand for anything.
func samePath(asked, answered string) bool {
	asked, answered = strings.TrimSuffix(asked, "/"), strings.TrimSuffix(answered, "/")
	if !strings.Contains(asked, "{") {
		return asked == answered
	}
	re, err := regexp.Compile("^" + braces.ReplaceAllString(regexp.QuoteMeta(asked), "[^/]+") + "$")
	return err == nil && re.MatchString(answered)
}

func sharedParameters(asked, answered url.Values) int {
	n := 0
	for name := range asked {
		if answered.Has(name) && (asked.Get(name) == answered.Get(name) || strings.Contains(asked.Get(name), "{")) {
			n++
		}
	}
	return n
}
