package ingest

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/backdoorwatch/backdoorwatch/crawler"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Tally accounts for what went in: every response, every document, and the reason
// wherever nothing came out.
type Tally struct {
	Responses  int            `json:"responses"`
	Documents  int            `json:"documents"`
	Relevant   int            `json:"relevant"`
	Partial    int            `json:"partial"`
	Stored     map[string]int `json:"stored"` // by outcome
	Failed     int            `json:"failed"` // documents that could not be stored
	Unread     map[string]int `json:"unread"` // responses without a document, by reason
	Formats    map[string]int `json:"formats"`
	Sources    map[string]int `json:"sources"`    // visits by health
	Problems   map[string]int `json:"problems"`   // of partly read documents, by kind
	Failures   []string       `json:"failures"`   // in words
	Unreadable int            `json:"unreadable"` // damaged records of an archive

	Linked     int `json:"linked"`     // documents that are about a dossier of the record
	Candidates int `json:"candidates"` // bills found by machine that were opened
	Events     int `json:"events"`     // steps of dossiers that official sources stated
	Suggested  int `json:"suggested"`  // steps that others reported

	FailedSources int `json:"failed_sources"` // visits that brought nothing because of an error
}

// NewTally returns an empty tally.
func NewTally() *Tally {
	return &Tally{Stored: map[string]int{}, Unread: map[string]int{}, Formats: map[string]int{}, Sources: map[string]int{}, Problems: map[string]int{}}
}

func (t *Tally) document(doc policy.Document, tags policy.Tags) {
	t.Documents++
	if tags.IsRelevant() {
		t.Relevant++
	}
	if doc.Partial() {
		t.Partial++
	}
	for _, problem := range doc.Problems {
		t.Problems[problem]++
	}
}

func (t *Tally) kept(all []kept) {
	for _, k := range all {
		t.Stored[string(k.saved.Outcome)]++
		t.Candidates += k.noticed.Opened
		t.Events += k.noticed.Crawled
		t.Suggested += k.noticed.Suggested
		if k.linked > 0 {
			t.Linked++
		}
	}
}

func (t *Tally) lost(doc policy.Document, err error) {
	t.Failed++
	t.Failures = append(t.Failures, doc.URL+": "+err.Error())
}

func (t *Tally) unread(url, reason string) {
	t.Unread[reason]++
	t.Failures = append(t.Failures, url+": "+reason)
}

// visit accounts for the responses of one visit.
func (t *Tally) visit(v crawler.Visit) {
	t.Responses += v.Requests
	t.Sources[string(v.Health)]++
	if v.Health.Failed() {
		t.FailedSources++
		t.unread(v.Source, policy.Healths.Label(v.Health)+": "+v.Detail)
	}
}

// add counts another tally into this one.
func (t *Tally) add(other *Tally) {
	t.Responses += other.Responses
	t.Documents += other.Documents
	t.Relevant += other.Relevant
	t.Partial += other.Partial
	t.Failed += other.Failed
	t.Unreadable += other.Unreadable
	t.FailedSources += other.FailedSources
	t.Linked += other.Linked
	t.Candidates += other.Candidates
	t.Events += other.Events
	t.Suggested += other.Suggested
	t.Failures = append(t.Failures, other.Failures...)
	for into, from := range map[*map[string]int]map[string]int{
		&t.Stored: other.Stored, &t.Unread: other.Unread, &t.Formats: other.Formats, &t.Problems: other.Problems, &t.Sources: other.Sources,
	} {
		for value, n := range from {
			(*into)[value] += n
		}
	}
}

// Complete reports whether everything that was there could be read and stored. A
// response that holds no document is no failure.
func (t *Tally) Complete() bool { return t.Failed == 0 && t.Unreadable == 0 && t.FailedSources == 0 }

// Print writes the tally for a person.
func (t *Tally) Print(w io.Writer, verbose bool) error {
	table := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(table, "responses read\t%d\t%s\n", t.Responses, counts(t.Formats))
	if len(t.Sources) > 0 {
		fmt.Fprintf(table, "sources visited\t%d\t%s\n", total(t.Sources), counts(t.Sources))
	}
	if t.Unreadable > 0 {
		fmt.Fprintf(table, "records unreadable\t%d\t\n", t.Unreadable)
	}
	fmt.Fprintf(table, "documents found\t%d\t\n", t.Documents)
	fmt.Fprintf(table, "  stored\t%d\t%s\n", t.Documents-t.Failed, counts(t.Stored))
	fmt.Fprintf(table, "  relevant\t%d\t\n", t.Relevant)
	fmt.Fprintf(table, "  linked to a dossier\t%d\t%d steps noticed, %d suggested\n", t.Linked, t.Events, t.Suggested)
	fmt.Fprintf(table, "  new bills opened\t%d\t\n", t.Candidates)
	fmt.Fprintf(table, "  partly read\t%d\t\n", t.Partial)
	fmt.Fprintf(table, "  not stored\t%d\t\n", t.Failed)
	fmt.Fprintf(table, "without a document\t%d\t\n", total(t.Unread))
	if err := table.Flush(); err != nil {
		return err
	}
	for _, c := range sorted(t.Unread) {
		fmt.Fprintf(w, "  %4d  %s\n", c.Count, c.Value)
	}
	if !verbose {
		return nil
	}
	fmt.Fprintln(w, "what was lost or guessed in partly read documents")
	for _, c := range sorted(t.Problems) {
		fmt.Fprintf(w, "  %4d  %s\n", c.Count, c.Value)
	}
	for _, f := range t.Failures {
		fmt.Fprintln(w, "  "+f)
	}
	return nil
}

func total(m map[string]int) int {
	sum := 0
	for _, n := range m {
		sum += n
	}
	return sum
}

// counts writes "12 feed, 3 html", the most frequent first.
func counts(m map[string]int) string {
	text := ""
	for i, c := range sorted(m) {
		if i > 0 {
			text += ", "
		}
		text += fmt.Sprintf("%d %s", c.Count, c.Value)
	}
	return text
}

func sorted(m map[string]int) []policy.Count {
	var all []policy.Count
	for value, n := range m {
		all = append(all, policy.Count{Value: value, Count: n})
	}
	slices.SortFunc(all, func(a, b policy.Count) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		if a.Value < b.Value {
			return -1
		}
		return 1
	})
	return all
}
