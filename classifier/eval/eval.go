// Package eval measures the classifier on labelled texts: JSON lines with id,
// lang, url, date, title, text and labels. A label of null was not read and is
// left out of its figure.
package eval

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Classifier is what is measured.
type Classifier interface {
	Classify(policy.Document) policy.Tags
	Version() string
}

// Case is one labelled text.
type Case struct {
	ID     string `json:"id"`
	Lang   string `json:"lang"`
	URL    string `json:"url"`
	Date   string `json:"date"`
	Title  string `json:"title"`
	Text   string `json:"text"`
	Labels Labels `json:"labels"`
}

// Labels are what is right; nil means that nobody decided it.
type Labels struct {
	Relevant      *bool     `json:"relevant"`
	Jurisdictions *[]string `json:"jurisdictions"`
	Stance        *string   `json:"stance"`
	Kind          *string   `json:"kind"`
	Dossiers      *[]string `json:"dossiers"`
	Measures      *[]string `json:"measures"`
	Event         *string   `json:"event"`
}

// Document returns the case as a document without priors of a source.
func (c Case) Document() policy.Document {
	d := policy.Document{URL: c.URL, CanonicalURL: c.URL, Title: c.Title, Text: c.Text, Language: c.Lang}
	for _, layout := range []string{time.RFC3339, "2006-01-02", time.RFC1123Z, time.RFC1123, "2006-01-02 15:04:05-07:00"} {
		if t, err := time.Parse(layout, c.Date); err == nil {
			d.Published = policy.Moment(t)
			break
		}
	}
	return d
}

// MaxLine bounds one line of a file of cases, in bytes.
const MaxLine = 16 << 20

// Read reads all cases. It reports the first line that is none, wrapping
// policy.ErrInvalid.
func Read(in io.Reader) ([]Case, error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(make([]byte, 0, 1<<16), MaxLine)
	var cases []Case
	for n := 1; lines.Scan(); n++ {
		if strings.TrimSpace(lines.Text()) == "" {
			continue
		}
		var c Case
		if err := json.Unmarshal(lines.Bytes(), &c); err != nil {
			return nil, fmt.Errorf("%w: line %d is no labelled text: %w", policy.ErrInvalid, n, err)
		}
		cases = append(cases, c)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("reading labelled texts: %w", err)
	}
	if len(cases) == 0 {
		return nil, errors.Join(policy.ErrInvalid, errors.New("the file holds no labelled text"))
	}
	return cases, nil
}

// Run reads labelled texts and measures the classifier on them.
func Run(c Classifier, in io.Reader) (Report, error) {
	cases, err := Read(in)
	if err != nil {
		return Report{}, err
	}
	return Measure(c, cases), nil
}

// Measure measures the classifier on cases.
func Measure(c Classifier, cases []Case) Report {
	return MeasureEach(c.Version(), cases, func(one Case) policy.Tags { return c.Classify(one.Document()) })
}

// MeasureEach measures what judge says of each case, where not one classifier
// judges all of them.
func MeasureEach(version string, cases []Case, judge func(Case) policy.Tags) Report {
	m := newMeasuring(version)
	start := time.Now()
	for _, one := range cases {
		m.bytes += len(one.Title) + len(one.Text)
		m.add(one, judge(one))
	}
	m.seconds = time.Since(start).Seconds()
	return m.report(len(cases))
}

func values(tags []policy.Tag) []string {
	out := make([]string, 0, len(tags))
	for _, t := range tags {
		out = append(out, t.Value)
	}
	return out
}

func sorted(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}
