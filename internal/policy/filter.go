package policy

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
)

// Order is the order of a list.
type Order string

// The orders.
const (
	OrderNewest Order = "newest"
	OrderOldest Order = "oldest"
)

// Relevance says which items a list holds.
type Relevance string

// The relevances. Lists hold relevant items unless asked otherwise.
const (
	RelevantOnly Relevance = "yes"
	Irrelevant   Relevance = "no"
	AnyRelevance Relevance = "all"
)

// The number of entries on one page of a list.
const (
	DefaultLimit = 30
	MaxLimit     = 200
)

// Filter is the one question that every list answers. The API, each feed, page,
// export and alert take the same Filter by the same URL parameters. Several
// values of one field mean "any of them"; several fields mean "all of them". A
// jurisdiction includes its sub-national ones.
type Filter struct {
	Jurisdictions []string
	Stances       []Stance
	Kinds         []Kind
	Measures      []Measure
	Dossiers      []string
	Actors        []string
	Sources       []string
	Languages     []string
	Query         string // a search, see ParseQuery
	From          Date   // the first day, month or year that counts
	To            Date   // the last one
	Relevance     Relevance
	Order         Order
	Limit         int
	Cursor        string // opaque; from the previous page
}

// The URL parameters of a Filter, in the order in which Values writes them.
const (
	paramJurisdiction = "jurisdiction"
	paramStance       = "stance"
	paramKind         = "kind"
	paramMeasure      = "measure"
	paramDossier      = "dossier"
	paramActor        = "actor"
	paramSource       = "source"
	paramLanguage     = "lang"
	paramQuery        = "q"
	paramFrom         = "from"
	paramTo           = "to"
	paramRelevant     = "relevant"
	paramOrder        = "order"
	paramLimit        = "limit"
	paramCursor       = "cursor"
)

// FilterParams are the names of all URL parameters of a Filter.
var FilterParams = []string{
	paramJurisdiction, paramStance, paramKind, paramMeasure, paramDossier, paramActor, paramSource, paramLanguage,
	paramQuery, paramFrom, paramTo, paramRelevant, paramOrder, paramLimit, paramCursor,
}

// ParseFilter reads a Filter from URL parameters. A parameter may be repeated or
// hold several values parted by commas. All mistakes are returned at once, as
// FieldErrors; a parameter that is none of ours is one of them.
func ParseFilter(values url.Values) (Filter, error) {
	p := filterParser{values: values}
	p.refuseUnknown()
	f := Filter{
		Jurisdictions: upper(p.list(paramJurisdiction)),
		Stances:       closed(&p, paramStance, Stances),
		Kinds:         closed(&p, paramKind, Kinds),
		Measures:      closed(&p, paramMeasure, Measures),
		Dossiers:      p.list(paramDossier),
		Actors:        p.list(paramActor),
		Sources:       p.list(paramSource),
		Languages:     p.list(paramLanguage),
		Query:         strings.TrimSpace(values.Get(paramQuery)),
		From:          p.date(paramFrom),
		To:            p.date(paramTo),
		Relevance:     oneOf(&p, paramRelevant, RelevantOnly, Irrelevant, AnyRelevance),
		Order:         oneOf(&p, paramOrder, OrderNewest, OrderOldest),
		Limit:         p.limit(),
		Cursor:        values.Get(paramCursor),
	}
	p.checkQuery(f.Query)
	if !f.From.IsZero() && !f.To.IsZero() && f.To.End().Before(f.From.Start()) {
		p.fail(paramTo, f.To.String(), "it lies before from="+f.From.String(), "swap the two")
	}
	return f, p.errs.OrNil()
}

// Values returns the URL parameters that ParseFilter reads back as the same
// Filter. What is at its default is left out, so that equal questions have equal
// addresses.
func (f Filter) Values() url.Values {
	v := url.Values{}
	add := func(name string, values []string) {
		if len(values) > 0 {
			v[name] = values
		}
	}
	add(paramJurisdiction, f.Jurisdictions)
	add(paramStance, texts(f.Stances))
	add(paramKind, texts(f.Kinds))
	add(paramMeasure, texts(f.Measures))
	add(paramDossier, f.Dossiers)
	add(paramActor, f.Actors)
	add(paramSource, f.Sources)
	add(paramLanguage, f.Languages)
	set := func(name, value string, usual string) {
		if value != "" && value != usual {
			v.Set(name, value)
		}
	}
	set(paramQuery, f.Query, "")
	set(paramFrom, f.From.String(), "")
	set(paramTo, f.To.String(), "")
	set(paramRelevant, string(f.Relevance), string(RelevantOnly))
	set(paramOrder, string(f.Order), string(OrderNewest))
	set(paramLimit, strconv.Itoa(f.PageSize()), strconv.Itoa(DefaultLimit))
	set(paramCursor, f.Cursor, "")
	return v
}

// PageSize returns the number of entries on a page, within its limits.
func (f Filter) PageSize() int {
	if f.Limit <= 0 {
		return DefaultLimit
	}
	return min(f.Limit, MaxLimit)
}

// Narrowed reports whether the Filter asks for less than everything relevant.
func (f Filter) Narrowed() bool {
	f.Order, f.Limit, f.Cursor = "", 0, ""
	return len(f.Values()) > 0
}

// Page returns the same question for the page after cursor.
func (f Filter) Page(cursor string) Filter {
	f.Cursor = cursor
	return f
}

type filterParser struct {
	values url.Values
	errs   FieldErrors
}

func (p *filterParser) fail(field, value, problem, hint string) {
	p.errs = append(p.errs, FieldError{Field: field, Value: value, Problem: problem, Hint: hint})
}

func (p *filterParser) refuseUnknown() {
	var unknown []string
	for name := range p.values {
		if !slices.Contains(FilterParams, name) {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	for _, name := range unknown {
		p.fail(name, p.values.Get(name), "there is no such parameter", "use "+strings.Join(FilterParams, ", "))
	}
}

func (p *filterParser) list(name string) []string {
	var all []string
	for _, value := range p.values[name] {
		for part := range strings.SplitSeq(value, ",") {
			if part = strings.TrimSpace(part); part != "" && !slices.Contains(all, part) {
				all = append(all, part)
			}
		}
	}
	return all
}

func (p *filterParser) date(name string) Date {
	d, err := ParseDate(strings.TrimSpace(p.values.Get(name)))
	if err != nil {
		p.fail(name, p.values.Get(name), "it is not a date", "write 2026, 2026-05 or 2026-05-12")
	}
	return d
}

func (p *filterParser) limit() int {
	text := p.values.Get(paramLimit)
	if text == "" {
		return DefaultLimit
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 || n > MaxLimit {
		p.fail(paramLimit, text, "it is not a page size", "write a number from 1 to "+strconv.Itoa(MaxLimit))
		return DefaultLimit
	}
	return n
}

func (p *filterParser) checkQuery(text string) {
	_, err := ParseQuery(text)
	if err == nil {
		return
	}
	if found, ok := err.(FieldErrors); ok {
		p.errs = append(p.errs, found...)
	}
}

// closed reads a list of words and refuses those that are not in the closed list.
func closed[T ~string](p *filterParser, name string, known List[T]) []T {
	var all []T
	for _, text := range p.list(name) {
		if !known.Has(T(text)) {
			p.fail(name, text, "there is no such word", "use "+strings.Join(texts(known.Values()), ", "))
			continue
		}
		all = append(all, T(text))
	}
	return all
}

// oneOf reads one word; the first of the known ones is the default.
func oneOf[T ~string](p *filterParser, name string, known ...T) T {
	text := T(p.values.Get(name))
	if text == "" {
		return known[0]
	}
	if !slices.Contains(known, text) {
		p.fail(name, string(text), "there is no such word", "use "+strings.Join(texts(known), ", "))
		return known[0]
	}
	return text
}

func texts[T ~string](values []T) []string {
	var all []string
	for _, v := range values {
		all = append(all, string(v))
	}
	return all
}

func upper(values []string) []string {
	for i, v := range values {
		values[i] = strings.ToUpper(v)
	}
	return values
}
