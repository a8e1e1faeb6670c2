package parse

import (
	"strings"

	"codeberg.org/readeck/go-readability/v2"
	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html/atom"
)

const (
	enoughText  = 200   // characters below which a page counts as having no article
	teaserText  = 800   // bytes of a paid article that are kept
	maxElements = 60000 // elements of a page whose main text is looked for
	maxBanner   = 3000  // bytes of text of a cookie banner
)

// readText finds the main text, unless the page does not want it kept.
func (a *articleReader) readText() {
	a.doc.Paywalled = a.linked.paid || strings.EqualFold(a.meta["article:content_tier"], "locked") || strings.EqualFold(a.meta["isaccessibleforfree"], "false")
	if refusal := a.refusal(); refusal != "" {
		a.problem("the page asks robots for " + refusal + "; its text was not kept")
		return
	}
	for _, selector := range a.linked.paidParts {
		a.page.Find(selector).Remove() // a selector that cannot be read finds nothing
	}
	a.doc.Text = a.mainText()
	if a.doc.Paywalled {
		a.doc.Text = teaser(a.doc.Text)
		a.problem("the article is not free; only its beginning was kept")
		return
	}
	if len([]rune(a.doc.Text)) < enoughText {
		a.problem(a.emptiness())
	}
}

// teaser keeps the first paragraphs.
func teaser(text string) string {
	if len(text) <= teaserText {
		return text
	}
	kept := ""
	for paragraph := range strings.SplitSeq(text, "\n\n") {
		if len(kept)+len(paragraph) > teaserText {
			break
		}
		kept += paragraph + "\n\n"
	}
	if kept == "" {
		return cut(text, teaserText)
	}
	return strings.TrimSpace(kept)
}

// refusal returns the word by which the page refuses to be kept.
func (a *articleReader) refusal() string {
	for word := range strings.FieldsFuncSeq(strings.ToLower(a.meta["robots"]+","+a.meta["backdoorwatch"]), func(r rune) bool { return r == ',' || r == ' ' }) {
		if word == "noindex" || word == "noarchive" || word == "none" {
			return word
		}
	}
	return ""
}

// clutter never is part of an article. Forms are not in it: some sites wrap the
// whole page in one.
var clutter = set(atom.Script, atom.Style, atom.Iframe, atom.Svg, atom.Template, atom.Object, atom.Embed, atom.Button, atom.Select, atom.Input, atom.Nav)

// mainText lets the readability library find the text and falls back on our own
// choice where it finds too little.
func (a *articleReader) mainText() string {
	drop(a.page.Selection, clutter)
	a.dropBanners()
	fallback := a.densest()
	text := ""
	if parser := readability.NewParser(); a.page.Find("*").Length() < maxElements {
		parser.DisableJSONLD = true // read above
		found, err := guard("page", func() (readability.Article, error) { return parser.ParseAndMutate(a.page.Get(0), a.base) })
		if err == nil && found.Node != nil {
			text = nodeText(found.Node)
		}
	}
	if len(text) < enoughText && len(fallback) > 2*len(text) {
		text = fallback
	}
	if body := bodyText(a.linked.body); len(text) < enoughText && len(body) > 2*len(text) {
		text = body
	}
	return cut(text, maxText)
}

// dropBanners removes what asks for consent beside the article.
func (a *articleReader) dropBanners() {
	a.page.Find(`[class*="cookie" i], [id*="cookie" i], [class*="consent" i], [id*="consent" i]`).Each(func(_ int, s *goquery.Selection) {
		if !s.Is("html, body, main, article") && len(s.Text()) < maxBanner && s.Find("article, main, h1").Length() == 0 {
			s.Remove()
		}
	})
}

// densest returns the text of the element that the page itself marks as its
// main part.
func (a *articleReader) densest() string {
	best := ""
	for _, selector := range []string{"[itemprop=articleBody]", "article", "main", "[role=main]", "#content", ".content"} {
		a.page.Find(selector).EachWithBreak(func(i int, s *goquery.Selection) bool {
			if text := nodeText(s.Nodes...); len(text) > len(best) {
				best = text
			}
			return i < 5
		})
		if len(best) >= enoughText {
			return best
		}
	}
	if realParagraphs(a.page.Selection) > 0 {
		return nodeText(a.page.Find("body p").Nodes...)
	}
	return best
}
