package parse

import (
	"regexp"
	"strings"
)

var (
	consentAddress = regexp.MustCompile(`(?i)/(?:consent|zustimmung|einwilligung|cookie-?(?:wall|consent)|privacy-?(?:gate|wall))(?:[/?.-]|$)|://(?:consent|cmp|privacygate|myprivacy)\.`)
	consentWords   = regexp.MustCompile(`(?i)\b(?:consent|cookies?|zustimm\w*|einwilligung|datenschutz\w*|akzeptier\w*|consentement|accepter|consentimiento|aceptar|toestemming|accepteren|consenso|samtycke|zgod\w*)\b`)
	consentTitle   = regexp.MustCompile(`(?i)\b(?:consent|cookie|zustimmung|einwilligung|privacy|datenschutz|consentement|toestemming|cookies)\b`)
)

// asksForConsent knows a page that stands in the way of the article: hardly any
// prose, no sign of an article, and either an address for the purpose or a
// title that is only the site's and a text about cookies.
func (a *articleReader) asksForConsent() bool {
	if realParagraphs(a.page.Selection) >= 3 || a.linked.published != "" || a.meta["article:published_time"] != "" {
		return false
	}
	canonical := attribute(a.page.Selection, `link[rel~="canonical" i][href]`, "href")
	if consentAddress.MatchString(a.in.URL) || consentAddress.MatchString(resolve(a.base, canonical)) {
		return true
	}
	text := nodeText(a.page.Find("body").Nodes...)
	if len(text) > 4000 || len(consentWords.FindAllString(text, 3)) < 3 || canonical != "" {
		return false
	}
	return consentTitle.MatchString(a.doc.Title) || a.titleIsSite()
}

// titleIsSite reports whether the title names only the site.
func (a *articleReader) titleIsSite() bool {
	title := strings.ToLower(a.doc.Title)
	if title == "" || strings.EqualFold(title, titleText(a.meta["og:site_name"])) {
		return true
	}
	if a.base == nil {
		return false
	}
	host := strings.TrimPrefix(a.base.Hostname(), "www.")
	name, _, _ := strings.Cut(host, ".")
	squeezed := strings.ReplaceAll(strings.ReplaceAll(title, " ", ""), "-", "")
	return title == host || squeezed == strings.ReplaceAll(name, "-", "")
}

var shortRefresh = regexp.MustCompile(`(?i)^\s*([0-9]{1,2})(?:\.\d*)?\s*[;,]\s*url\s*=\s*['"]?([^'"\s]+)`)

// emptiness says why a page has little text, as far as it shows.
func (a *articleReader) emptiness() string {
	if m := shortRefresh.FindStringSubmatch(a.meta["refresh"]); m != nil && atoi(m[1]) <= 10 {
		if target := resolve(a.base, m[2]); target != "" && target != a.doc.URL {
			return "the page holds no article and leads on to " + short(target)
		}
	}
	if a.scripted {
		return "the page holds little text: it is filled in by scripts"
	}
	return "the page holds little text"
}
