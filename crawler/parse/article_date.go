package parse

import (
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// publishedNames and modifiedNames are the names of <meta> that hold dates, the
// most reliable first.
var (
	publishedNames = []string{
		"article:published_time", "og:published_time", "og:article:published_time", "datepublished", "parsely-pub-date", "publish-date", "publishdate",
		"published_time", "pubdate", "publication_date", "citation_publication_date", "citation_date", "dc.date.issued", "dcterms.issued", "dcterms.date",
		"dc.date", "dcterms.created", "dc.date.created", "date", "sailthru.date", "article.published", "rnews:datepublished", "datecreated", "article_date_original",
		"cxenseparse:recs:publishtime", "originalpublicationdate", "last-published",
	}
	modifiedNames = []string{"article:modified_time", "og:updated_time", "datemodified", "dcterms.modified", "dc.date.modified", "last-modified", "lastmod", "article.updated"}
)

// readDates asks, in this order, JSON-LD, <meta>, <time>, the address and the
// visible text for the date of publication.
func (a *articleReader) readDates() {
	a.doc.Published = a.firstDate(append([]string{a.linked.published}, a.metaTexts(publishedNames)...)...)
	for _, find := range []func() policy.Date{a.timeElement, a.addressDate, a.visibleDate} {
		if a.doc.Published.IsZero() {
			a.doc.Published = find()
		}
	}
	a.doc.Updated = a.firstDate(append([]string{a.linked.modified}, a.metaTexts(modifiedNames)...)...)
}

func (a *articleReader) metaTexts(names []string) []string {
	var texts []string
	for _, name := range names {
		if text := a.meta[name]; text != "" {
			texts = append(texts, text)
		}
	}
	return texts
}

func (a *articleReader) firstDate(texts ...string) policy.Date {
	for _, text := range texts {
		if date, ok := Date(text, dateLanguage(a.doc.Language, a.in.Language)); ok {
			return date
		}
	}
	return policy.Date{}
}

// timeElement reads <time>: the one that says it is the date of publication, or
// else the first of the article. Those of other stories do not count.
func (a *articleReader) timeElement() policy.Date {
	for _, selector := range []string{
		`[itemprop~="datePublished"]`, "time[pubdate]", "article header time", "header time[datetime]", "article time", "main time", "h1 ~ time", "time[datetime]",
	} {
		var found policy.Date
		a.page.Find(selector).EachWithBreak(func(_ int, s *goquery.Selection) bool {
			if s.Closest("aside, footer, nav, [class*=related], [class*=teaser], [class*=sidebar], [class*=comment]").Length() > 0 {
				return true
			}
			found = a.firstDate(s.AttrOr("datetime", ""), s.AttrOr("content", ""), oneLine(s.Text()))
			return found.IsZero()
		})
		if !found.IsZero() {
			return found
		}
	}
	return policy.Date{}
}

var (
	addressDay   = regexp.MustCompile(`(?:^|[^\d])((?:19|20)\d{2})[/_.-]?(0[1-9]|1[0-2])[/_.-]?(0[1-9]|[12]\d|3[01])(?:[^\d]|$)`)
	addressMonth = regexp.MustCompile(`/((?:19|20)\d{2})/(0[1-9]|1[0-2])/`)
	addressWord  = regexp.MustCompile(`/((?:19|20)\d{2})/([a-z]{3,9})/(\d{1,2})/`)
)

// addressDate reads the date in the address of the page.
func (a *articleReader) addressDate() policy.Date {
	for _, address := range []string{a.doc.CanonicalURL, a.doc.URL} {
		if m := addressDay.FindStringSubmatch(address); m != nil {
			if d, ok := Date(m[1]+"-"+m[2]+"-"+m[3], ""); ok {
				return d
			}
		}
		if m := addressWord.FindStringSubmatch(address); m != nil {
			if d, ok := Date(m[3]+" "+m[2]+" "+m[1], "en"); ok {
				return d
			}
		}
		if m := addressMonth.FindStringSubmatch(address); m != nil {
			if d, ok := Date(m[1]+"-"+m[2], ""); ok {
				return d
			}
		}
	}
	return policy.Date{}
}

// dateClasses are parts of the names that elements holding the date have.
var dateClasses = `[class*="date" i], [class*="publish" i], [class*="pubdate" i], [class*="timestamp" i], [id*="date" i], [class*="posted" i], [class*="byline" i], [class*="meta" i]`

// visibleDate reads the text of an element that is named after dates.
func (a *articleReader) visibleDate() policy.Date {
	var found policy.Date
	a.page.Find("body").Find(dateClasses).EachWithBreak(func(i int, s *goquery.Selection) bool {
		if s.Closest("aside, footer, nav, [class*=related], [class*=teaser], [class*=sidebar], [class*=comment]").Length() > 0 {
			return i < 60
		}
		text := oneLine(s.Text())
		if len(text) < 6 || len(text) > 120 || strings.HasPrefix(text, "©") {
			return i < 60
		}
		// A year or month alone is a copyright line or an archive link.
		if d, ok := Date(text, dateLanguage(a.doc.Language, a.in.Language)); ok && d.Precision() >= policy.PrecisionDay {
			found = d
		}
		return found.IsZero() && i < 60
	})
	return found
}
