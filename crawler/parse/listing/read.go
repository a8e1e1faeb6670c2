package listing

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const (
	maxProblems = 20      // of one answer; more only repeat the same
	maxValue    = 2 << 20 // bytes of one text, as in package parse
	maxTitle    = 1_000   // bytes of a title
)

// Page is what one answer of a list says.
type Page struct {
	parse.Result
	Details []string // for each document the address of the answer that says more; empty where there is none
	Cursor  string   // for the next page, where the paging goes by cursor
}

// Read turns an answer into documents. Its error means that the answer as a
// whole could not be read; rows that could not be are Problems.
func (l *Listing) Read(in parse.Input) (Page, error) {
	var page Page
	text, _ := parse.UTF8(in)
	root, err := l.engine.open(text, in.URL)
	if err != nil {
		return page, fmt.Errorf("reading %s: %w", l.syntax, err)
	}
	rows, err := root.rows(l.list)
	if err != nil {
		return page, fmt.Errorf("finding the rows: %w", err)
	}
	if l.header != nil {
		names, _ := root.texts(l.header)
		rows = table(rows, names)
	}
	r := reading{listing: l, in: in, base: baseOf(in.URL), page: &page}
	for i, one := range rows {
		r.row(i, one)
	}
	distinguish(page.Documents)
	r.next(root)
	return page, nil
}

// reading is one answer on its way to documents.
type reading struct {
	listing *Listing
	in      parse.Input
	base    *url.URL
	page    *Page
}

func (r *reading) problem(format string, args ...any) {
	if len(r.page.Problems) < maxProblems {
		r.page.Problems = append(r.page.Problems, fmt.Sprintf(format, args...))
	}
}

func (r *reading) row(i int, one row) {
	r.page.Entries++
	doc, dated, undatable := r.document(one)
	if doc.Title == "" && doc.Text == "" {
		r.problem("row %d has neither title nor text", i+1)
		return
	}
	if dated {
		r.page.Dated++
	}
	if undatable {
		r.page.Undatable++
	}
	r.page.Documents = append(r.page.Documents, doc)
	r.page.Details = append(r.page.Details, r.address(r.first(one, "detail")))
}

func (r *reading) document(one row) (doc policy.Document, dated, undatable bool) {
	doc = policy.Document{
		EntryID:  r.first(one, "id"),
		URL:      r.address(r.first(one, "url")),
		Title:    cut(oneLine(r.first(one, "title")), maxTitle),
		Byline:   oneLine(strings.Join(r.values(one, "byline"), ", ")),
		Summary:  cut(plain(r.first(one, "summary")), maxValue),
		Language: oneLine(r.first(one, "language")),

		Jurisdiction: oneLine(r.first(one, "jurisdiction")),
	}
	doc.Text = cut(r.paragraphs(one, "text"), maxValue)
	if doc.Language == "" {
		doc.Language = r.in.Language
	}
	for _, value := range r.every(one, "official") {
		doc.OfficialIDs = appendNew(doc.OfficialIDs, oneLine(value))
	}
	for _, value := range r.every(one, "attachments") {
		if address := r.address(value); address != "" {
			doc.Attachments = append(doc.Attachments, policy.Attachment{URL: address, MediaType: mediaType(address)})
		}
	}
	undatable = r.date(one, "published", &doc.Published, &doc)
	undatable = r.date(one, "updated", &doc.Updated, &doc) || undatable
	doc.Steps = r.steps(one, &doc)
	r.identify(&doc, r.first(one, "url"))
	return doc, !doc.Published.IsZero() || !doc.Updated.IsZero(), undatable
}

// date reads a date field. What is stated and cannot be read stays unknown and
// is a problem of the document.
func (r *reading) date(one row, key string, into *policy.Date, doc *policy.Document) (undatable bool) {
	text := r.first(one, key)
	if text == "" {
		return false
	}
	date, ok := readDate(text, doc.Language)
	if !ok {
		doc.Problems = append(doc.Problems, fmt.Sprintf("the date %q could not be read", cut(text, 60)))
		return true
	}
	*into = date
	return false
}

func (r *reading) steps(one row, doc *policy.Document) []policy.Step {
	s := r.listing.steps
	if s == nil {
		return nil
	}
	rows, err := one.rows(s.list)
	if err != nil {
		doc.Problems = append(doc.Problems, "the steps could not be read: "+err.Error())
	}
	var out []policy.Step
	for _, row := range rows {
		step := policy.Step{Text: cut(oneLine(r.choose(row, s.text)), maxTitle), Body: oneLine(r.choose(row, s.body))}
		if step.Text == "" {
			continue
		}
		if text := r.choose(row, s.date); text != "" {
			step.Date, _ = readDate(text, doc.Language)
		}
		step.Stage = s.stage(step.Text)
		out = append(out, step)
	}
	return out
}

func (s *compiledSteps) stage(text string) policy.Stage {
	for _, candidate := range s.stages {
		for _, word := range candidate.words {
			if word.MatchString(text) {
				return candidate.stage
			}
		}
	}
	return ""
}

// next finds where the list goes on.
func (r *reading) next(root row) {
	p := r.listing.spec.Paging
	if p == nil || r.listing.next == nil {
		return
	}
	values, err := root.texts(r.listing.next)
	if err != nil {
		r.problem("the next page could not be found: %v", err)
	}
	for _, value := range values {
		if value = strings.TrimSpace(value); value == "" {
			continue
		}
		if p.By == "cursor" {
			r.page.Cursor = value
		} else {
			r.page.Next = r.address(value)
		}
		return
	}
}

// values returns what the first choice that yields something found.
func (r *reading) values(one row, key string) []string {
	for _, choice := range r.listing.fields[key] {
		if found := r.found(one, key, choice); len(found) > 0 {
			return found
		}
	}
	return nil
}

// every returns what all choices found.
func (r *reading) every(one row, key string) (out []string) {
	for _, choice := range r.listing.fields[key] {
		out = append(out, r.found(one, key, choice)...)
	}
	return out
}

func (r *reading) first(one row, key string) string {
	if found := r.values(one, key); len(found) > 0 {
		return found[0]
	}
	return ""
}

func (r *reading) choose(one row, field compiledField) string {
	for _, choice := range field {
		if found := r.found(one, "steps", choice); len(found) > 0 {
			return found[0]
		}
	}
	return ""
}

func (r *reading) found(one row, key string, choice compiledChoice) (out []string) {
	values, err := one.texts(choice.at)
	if err != nil {
		r.problem("%s: %v", key, err)
	}
	for _, value := range values {
		if value, ok := choice.shape(strings.TrimSpace(value)); ok && value != "" {
			out = append(out, value)
		}
	}
	return out
}

// shape applies find and as to a value.
func (c compiledChoice) shape(value string) (string, bool) {
	if value == "" || c.find == nil && c.as == "" {
		return value, true
	}
	if c.find == nil {
		return strings.ReplaceAll(c.as, "$0", value), true
	}
	match := c.find.FindStringSubmatchIndex(value)
	if match == nil {
		return "", false
	}
	as := c.as
	if as == "" {
		as = "$0"
		if c.find.NumSubexp() > 0 {
			as = "$1"
		}
	}
	return strings.TrimSpace(string(c.find.ExpandString(nil, as, value, match))), true
}

func (r *reading) paragraphs(one row, key string) string {
	var parts []string
	for _, value := range r.values(one, key) {
		if text := plain(value); text != "" {
			parts = append(parts, text)
		}
	}
	return strings.Join(parts, "\n\n")
}

func (r *reading) address(value string) string {
	value = strings.TrimSpace(value)
	if value == "" || r.base == nil {
		return value
	}
	u, err := r.base.Parse(strings.ReplaceAll(value, " ", "%20"))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return ""
	}
	return u.String()
}

// plain turns what may be HTML into text; what is plain already stays as it is.
func plain(value string) string { return parse.PlainText(value) }

func oneLine(value string) string { return strings.Join(strings.Fields(plain(value)), " ") }

func appendNew(list []string, value string) []string {
	for _, known := range list {
		if known == value {
			return list
		}
	}
	if value == "" {
		return list
	}
	return append(list, value)
}

func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	return strings.ToValidUTF8(text[:limit], "")
}

func baseOf(address string) *url.URL {
	u, err := url.Parse(address)
	if err != nil {
		return nil
	}
	return u
}

func mediaType(address string) string {
	u := baseOf(address)
	if u != nil && strings.HasSuffix(strings.ToLower(u.Path), ".pdf") {
		return "application/pdf"
	}
	return ""
}

// identify gives a document its address and id where the row states none. A row
// of a list without either is known by its words.
func (r *reading) identify(doc *policy.Document, stated string) {
	if doc.URL == "" && stated != "" {
		doc.Problems = append(doc.Problems, fmt.Sprintf("its address %q leads nowhere", cut(stated, 60)))
	}
	inList := r.listing.list != nil
	if doc.URL == "" && doc.EntryID == "" && inList {
		doc.EntryID = doc.Title + " " + doc.Published.String()
	}
	if doc.URL == "" {
		doc.URL = r.in.URL
		if doc.EntryID != "" && inList {
			doc.URL += "#" + url.QueryEscape(doc.EntryID)
		}
	}
	doc.CanonicalURL = doc.URL
	if canonical, err := parse.CanonicalURL(doc.URL); err == nil && !strings.HasPrefix(doc.URL, r.in.URL+"#") {
		doc.CanonicalURL = canonical
	}
	if doc.EntryID == "" {
		doc.EntryID = doc.CanonicalURL
	}
}

// distinguish keeps rows apart that share an id, or an address, as where a
// source names its list as the address of every row: the address alone would
// make them one document.
func distinguish(docs []policy.Document) {
	addresses, ids := map[string]int{}, map[string]int{}
	for i := range docs {
		doc := &docs[i]
		addresses[doc.CanonicalURL]++
		if doc.EntryID == doc.CanonicalURL && addresses[doc.CanonicalURL] > 1 {
			doc.EntryID = doc.Title + " " + doc.Published.String()
		}
		wanted := doc.EntryID
		for ids[doc.EntryID] > 0 {
			ids[wanted]++
			doc.EntryID = wanted + "#" + strconv.Itoa(ids[wanted])
		}
		ids[doc.EntryID]++
	}
	for i := range docs {
		if doc := &docs[i]; addresses[doc.CanonicalURL] > 1 {
			doc.CanonicalURL += "#" + url.QueryEscape(doc.EntryID)
		}
	}
}
