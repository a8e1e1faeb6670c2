package policy

import "time"

// ItemPage is one page of items.
type ItemPage struct {
	Items []Item
	Next  string // the cursor of the next page; empty on the last one
}

// Count is how often a value occurs.
type Count struct {
	Value string
	Count int
}

// Facets counts, for each field of a Filter, the items behind each of its values.
// A field's own choice does not narrow its counts, so that people see what else
// they could choose.
type Facets struct {
	Total         int
	Jurisdictions []Count
	Stances       []Count
	Kinds         []Count
	Measures      []Count
	Dossiers      []Count
	Sources       []Count
	Languages     []Count
	ByMonth       []Count // by the month of ShownAt, "2026-05", oldest first; not narrowed by From and To
}

// Stats says how much there is and how fresh it is.
type Stats struct {
	Items          int
	Relevant       int
	Sources        int
	SourcesHealthy int
	Jurisdictions  int // with at least one relevant item
	NewestAt       time.Time
	ByMonth        []Count // relevant items per month, "2026-05", oldest first
}
