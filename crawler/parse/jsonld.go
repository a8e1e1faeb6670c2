package parse

import (
	"encoding/json"
	"regexp"
	"strings"

	"github.com/PuerkitoBio/goquery"
)

// linked is what the JSON-LD of a page says of its article.
type linked struct {
	kind      string
	title     string
	byline    string
	published string
	modified  string
	language  string
	body      string
	paid      bool
	paidParts []string // selectors of the parts that are not free
}

// articleKinds are the types of schema.org that an article may have, the best
// first. A WebPage only helps where nothing else is said.
var articleKinds = []string{
	"newsarticle", "reportagenewsarticle", "analysisnewsarticle", "opinionnewsarticle", "backgroundnewsarticle", "reviewnewsarticle",
	"article", "legislation", "report", "techarticle", "scholarlyarticle", "advertisercontentarticle", "satiricalarticle",
	"blogposting", "liveblogposting", "socialmediaposting", "discussionforumposting", "pressrelease", "statement", "event", "creativework", "webpage", "itempage",
}

// readLinked reads all JSON-LD of a page. A broken block says nothing and stops
// nothing.
func readLinked(page *goquery.Document) linked {
	best, rank := linked{}, len(articleKinds)
	paid := linked{}
	page.Find(`script[type*="ld+json"]`).Each(func(_ int, s *goquery.Selection) {
		for _, object := range linkedObjects(s.Text()) {
			r := kindRank(object["@type"])
			found := linkedOf(object)
			if found.paid {
				paid.paid, paid.paidParts = true, append(paid.paidParts, found.paidParts...)
			}
			if r < rank {
				best, rank = found, r
			}
		}
	})
	best.paid, best.paidParts = paid.paid, paid.paidParts
	return best
}

var (
	linkedWrapping = regexp.MustCompile(`^\s*(?:<!--|//\s*<!\[CDATA\[|/\*\s*<!\[CDATA\[\s*\*/|<!\[CDATA\[)|(?:-->|//\s*\]\]>|/\*\s*\]\]>\s*\*/|\]\]>)\s*;?\s*$`)
	trailingComma  = regexp.MustCompile(`,\s*([}\]])`)
)

// linkedObjects returns all objects of a block, those of @graph and lists
// included. Blocks often hold raw line breaks inside texts, or a comma too many.
func linkedObjects(block string) []map[string]any {
	block = strings.TrimSpace(linkedWrapping.ReplaceAllString(block, ""))
	if block == "" || len(block) > maxText || nested([]byte(block)) {
		return nil
	}
	var value any
	if json.Unmarshal([]byte(block), &value) != nil {
		block = strings.Map(func(r rune) rune {
			if r < ' ' {
				return ' '
			}
			return r
		}, block)
		block = trailingComma.ReplaceAllString(strings.TrimRight(block, "; "), "$1")
		if json.Unmarshal([]byte(block), &value) != nil {
			return nil
		}
	}
	return flatten(value, nil)
}

func flatten(value any, into []map[string]any) []map[string]any {
	switch v := value.(type) {
	case []any:
		for _, one := range v {
			into = flatten(one, into)
		}
	case map[string]any:
		into = append(into, v)
		for _, key := range []string{"@graph", "mainEntity", "mainEntityOfPage"} {
			if inner, ok := v[key]; ok {
				into = flatten(inner, into)
			}
		}
	}
	return into
}

// kindRank is lower for what is more surely an article.
func kindRank(kind any) int {
	best := len(articleKinds)
	for _, k := range textsOf(kind) {
		k = strings.ToLower(k[strings.LastIndexAny(k, "/#")+1:])
		for i, known := range articleKinds {
			if k == known {
				best = min(best, i)
			}
		}
	}
	return best
}

func linkedOf(object map[string]any) linked {
	l := linked{
		kind:      firstOf(textsOf(object["@type"])...),
		title:     firstOf(firstOf(textsOf(object["headline"])...), firstOf(textsOf(object["name"])...)),
		byline:    strings.Join(namesOf(object["author"]), ", "),
		published: firstOf(firstOf(textsOf(object["datePublished"])...), firstOf(textsOf(object["dateCreated"])...)),
		modified:  firstOf(textsOf(object["dateModified"])...),
		language:  firstOf(namesOf(object["inLanguage"])...),
		body:      firstOf(textsOf(object["articleBody"])...),
		paid:      isFalse(object["isAccessibleForFree"]),
	}
	for _, part := range flatten(object["hasPart"], nil) {
		if isFalse(part["isAccessibleForFree"]) {
			l.paid = true
			l.paidParts = append(l.paidParts, textsOf(part["cssSelector"])...)
		}
	}
	return l
}

func isFalse(value any) bool {
	switch v := value.(type) {
	case bool:
		return !v
	case string:
		v = strings.ToLower(strings.TrimSpace(v))
		return v == "false" || strings.HasSuffix(v, "/false")
	}
	return false
}

func textsOf(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, textsOf(one)...)
		}
		return all
	case map[string]any:
		return textsOf(v["@value"])
	}
	return nil
}

// namesOf returns the names of people and things, given as texts or objects.
func namesOf(value any) []string {
	switch v := value.(type) {
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, namesOf(one)...)
		}
		return all
	case map[string]any:
		if name := firstOf(textsOf(v["name"])...); name != "" {
			return []string{name}
		}
		return textsOf(v["alternateName"])
	}
	return textsOf(value)
}
