package parse

import (
	"bytes"
	"fmt"
	"net/url"
	"strings"

	"github.com/PuerkitoBio/goquery"
	"golang.org/x/net/html"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Article reads the main text of a page and what the page says about it. It
// fails with ErrConsent where the page asks for consent instead of showing an
// article, and wrapping policy.ErrInvalid where it is no page. A page that does
// not want to be kept (noindex, noarchive) or that is paid for keeps only its
// title and teaser; Problems says so.
func Article(in Input) (policy.Document, error) {
	if len(in.Body) > maxBody {
		return policy.Document{}, fmt.Errorf("reading the page: %w (%d bytes)", errTooBig, len(in.Body))
	}
	return guard("page", func() (policy.Document, error) {
		a, err := openArticle(in)
		if err != nil {
			return policy.Document{}, err
		}
		return a.read()
	})
}

// maxHeading is how long a heading or name is at most, in bytes; what is longer
// is an element that was never closed.
const maxHeading = 400

// articleReader reads one page.
type articleReader struct {
	in     Input
	base   *url.URL
	page   *goquery.Document
	meta   map[string]string // of <meta>, by lower-case name, property or itemprop; the first of each
	linked linked
	// scripted: scripts fill the page, it has a root for them or their state.
	scripted bool
	doc      policy.Document
}

func openArticle(in Input) (*articleReader, error) {
	text, _ := UTF8(in)
	root, err := html.Parse(bytes.NewReader(text))
	if err != nil {
		return nil, fmt.Errorf("%w page: %w", policy.ErrInvalid, err)
	}
	a := &articleReader{in: in, page: goquery.NewDocumentFromNode(root), meta: map[string]string{}}
	if a.page.Find("frameset, body *").Length() == 0 && strings.TrimSpace(a.page.Text()) == "" {
		return nil, fmt.Errorf("%w page: it is empty", policy.ErrInvalid)
	}
	a.base, _ = url.Parse(in.URL)
	if base, err := url.Parse(resolve(a.base, attribute(a.page.Selection, "base[href]", "href"))); err == nil && base.Host != "" {
		a.base = base
	}
	a.readMeta()
	a.linked = readLinked(a.page)
	a.scripted = a.page.Find("#__next, #__nuxt, #root, #app, app-root, script#__NEXT_DATA__").Length() > 0 ||
		bytes.Contains(text, []byte("_STATE__"))
	return a, nil
}

func (a *articleReader) readMeta() {
	a.page.Find("meta[content], meta[value]").Each(func(_ int, s *goquery.Selection) {
		content := firstOf(s.AttrOr("content", ""), s.AttrOr("value", ""))
		for _, attr := range []string{"name", "property", "itemprop", "http-equiv"} {
			name := strings.ToLower(strings.TrimSpace(s.AttrOr(attr, "")))
			if _, taken := a.meta[name]; name != "" && content != "" && !taken {
				a.meta[name] = content
			}
		}
	})
}

func (a *articleReader) problem(text string) { a.doc.Problems = append(a.doc.Problems, text) }

func (a *articleReader) read() (policy.Document, error) {
	a.doc.URL = resolve(a.base, a.in.URL)
	a.doc.Language = a.language()
	a.readCanonical()
	a.doc.Title = a.title()
	if a.asksForConsent() {
		return policy.Document{}, fmt.Errorf("%s: %w", short(a.in.URL), ErrConsent)
	}
	a.doc.Byline = a.byline()
	a.readDates()
	a.doc.Summary = bodyText(a.firstMeta("og:description", "description", "twitter:description", "dc.description", "dcterms.abstract"))
	a.doc.EntryID = firstOf(a.doc.CanonicalURL, a.doc.URL)
	a.attach()
	a.readText()
	if a.doc.Title == "" {
		a.doc.Title = beginning(firstOf(a.doc.Summary, a.doc.Text))
		a.problem("the page has no title; the beginning of its text stands for it")
	}
	if a.doc.EntryID == "" {
		a.doc.EntryID = "digest:" + digest(a.doc.Title, a.doc.Text)
	}
	a.narrowJapanese()
	return a.doc, nil
}

// attach keeps the other forms of the document that the head of the page names.
func (a *articleReader) attach() {
	add := func(ref, mediaType, title string) {
		if address := resolve(a.base, ref); address != "" {
			a.doc.Attachments = append(a.doc.Attachments, policy.Attachment{URL: address, MediaType: mediaType, Title: titleText(title)})
		}
	}
	add(a.meta["citation_pdf_url"], "application/pdf", "")
	a.page.Find(`link[rel~="alternate" i][href][type]`).Each(func(_ int, s *goquery.Selection) {
		if kind := strings.ToLower(s.AttrOr("type", "")); isTextType(kind) && !strings.HasPrefix(kind, "text/html") && !strings.Contains(kind, "xml") {
			add(s.AttrOr("href", ""), kind, s.AttrOr("title", ""))
		}
	})
}

func (a *articleReader) firstMeta(names ...string) string {
	for _, name := range names {
		if value := strings.TrimSpace(a.meta[name]); value != "" {
			return value
		}
	}
	return ""
}

// language is what the page declares, or else what is known of the source.
func (a *articleReader) language() string {
	for _, declared := range []string{
		attribute(a.page.Selection, "html", "lang"), attribute(a.page.Selection, "html", "xml:lang"), a.linked.language,
		a.firstMeta("content-language", "dc.language", "dcterms.language", "language"), a.meta["og:locale"],
		attribute(a.page.Selection, "body[lang]", "lang"), attribute(a.page.Selection, "article[lang]", "lang"),
	} {
		if tag := knownLanguage(declared); tag != "" {
			return tag
		}
	}
	return a.in.Language
}

// readCanonical finds the address that stands for the page. One that leads to
// the front page of the site is a mistake of the site and is not believed.
func (a *articleReader) readCanonical() {
	own, _ := CanonicalURL(a.doc.URL)
	a.doc.CanonicalURL = own
	for _, declared := range []string{
		attribute(a.page.Selection, `link[rel~="canonical" i][href]`, "href"), a.meta["og:url"],
	} {
		canonical, err := CanonicalURL(resolve(a.base, declared))
		if err != nil || isPrivate(canonical) || isFront(canonical) && !isFront(own) && own != "" {
			continue
		}
		a.doc.CanonicalURL = canonical
		break
	}
	if a.doc.URL == "" {
		a.doc.URL = a.doc.CanonicalURL
	}
}

func isFront(address string) bool {
	u, err := url.Parse(address)
	return err == nil && strings.Trim(u.Path, "/") == "" && u.RawQuery == ""
}

// title prefers what the page offers for sharing, which is rarely decorated.
func (a *articleReader) title() string {
	site := titleText(a.meta["og:site_name"])
	heading := a.firstText("h1[itemprop=headline]", "article h1", "main h1", "h1:not(nav h1, aside h1, footer h1)")
	whole := oneLine(firstOf(a.page.Find("head title").First().Text(), a.page.Find("title").First().Text()))
	if len(heading) < 25 && whole != "" && !strings.Contains(whole, heading) {
		heading = "" // the name of a part of the page, such as its menu
	}
	linkedTitle := a.linked.title
	if k := strings.ToLower(a.linked.kind); k == "webpage" || k == "" {
		linkedTitle = ""
	}
	for _, candidate := range []string{
		a.meta["og:title"], linkedTitle, a.firstMeta("twitter:title", "dc.title", "dcterms.title", "headline", "citation_title"), heading,
		whole, a.page.Find("h2").First().Text(),
	} {
		if title := undecorated(titleText(candidate), site, heading); title != "" {
			return title
		}
	}
	return ""
}

// undecorated takes the name of the site off a title.
func undecorated(title, site, heading string) string {
	if heading != "" && len(heading) > 12 && strings.HasPrefix(title, heading) {
		return cut(heading, maxTitle)
	}
	for _, separator := range []string{" | ", " – ", " — ", " - ", " · ", " :: ", " » "} {
		before, after, found := cutLast(title, separator)
		if found && (strings.EqualFold(after, site) || site == "" && separator == " | " && len(before) > 2*len(after)) {
			return before
		}
	}
	return title
}

func cutLast(text, separator string) (before, after string, found bool) {
	i := strings.LastIndex(text, separator)
	if i <= 0 {
		return text, "", false
	}
	return strings.TrimSpace(text[:i]), strings.TrimSpace(text[i+len(separator):]), true
}

// withoutDate takes the date off that stands behind a name in many bylines.
func withoutDate(name, lang string) string {
	digit := strings.IndexAny(name, "0123456789")
	if digit <= 0 {
		return name
	}
	if _, ok := Date(name, lang); !ok {
		return name
	}
	words := strings.FieldsFunc(name[:digit], func(r rune) bool { return strings.ContainsRune(" -–—|,·.", r) })
	for len(words) > 0 {
		if _, month := monthNumber(foldLetters(words[len(words)-1]), lang); !month {
			break
		}
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

// firstText returns the text of the first element that the selectors find, asked
// one after the other.
func (a *articleReader) firstText(selectors ...string) string {
	for _, selector := range selectors {
		if text := oneLine(a.page.Find(selector).First().Text()); text != "" && len(text) < maxHeading {
			return text
		}
	}
	return ""
}

func (a *articleReader) byline() string {
	candidates := []string{
		a.linked.byline, a.firstMeta("author", "article:author", "parsely-author", "dc.creator", "dcterms.creator", "citation_author", "sailthru.author"),
		a.firstText(`[itemprop="author"] [itemprop="name"]`, `article [rel~="author"]`, `[rel~="author"]`, `[itemprop="author"]`, ".byline-name", ".author-name", ".byline", ".author"),
	}
	for _, candidate := range candidates {
		name := titleText(candidate)
		for _, prefix := range []string{"By ", "by ", "BY ", "Von ", "von ", "Par ", "par ", "Por ", "por ", "Door ", "Di "} {
			name = strings.TrimPrefix(name, prefix)
		}
		name = withoutDate(name, a.doc.Language)
		if name != "" && len(name) < 200 && !strings.Contains(name, "://") {
			return name
		}
	}
	return ""
}

// narrowJapanese writes the full-width Latin letters and digits of a Japanese
// text in their usual width, so that words are found.
func (a *articleReader) narrowJapanese() {
	if primary(a.doc.Language) != "ja" {
		return
	}
	for _, text := range []*string{&a.doc.Title, &a.doc.Summary, &a.doc.Text, &a.doc.Byline} {
		*text = narrow(*text)
	}
}

func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９', r >= 'Ａ' && r <= 'Ｚ', r >= 'ａ' && r <= 'ｚ':
			return r - 0xFEE0
		}
		return r
	}, text)
}
