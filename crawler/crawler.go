package crawler

import (
	"context"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Memory is what is known from earlier visits.
type Memory interface {
	// Validators returns what was kept under an address by an earlier Visit;
	// zero where nothing was.
	Validators(ctx context.Context, url string) (policy.Validators, error)
	// Seen returns the digests of those of a source's entries that are kept, by
	// entry id.
	Seen(ctx context.Context, source string, entryIDs []string) (map[string]string, error)
}

// Fetcher asks a server; *fetch.Fetcher is one. Its failures are *fetch.Error.
type Fetcher interface {
	Get(ctx context.Context, request fetch.Request) (*fetch.Response, error)
}

// PDF turns a PDF into text; *parse.PDF is one.
type PDF interface {
	Text(ctx context.Context, body []byte) (text string, problems []string, err error)
}

// The defaults of Options.
const (
	DefaultMaxPages    = 10
	DefaultMaxDetails  = 25
	DefaultStaleFactor = 10
)

// Options say what a Crawler works with.
type Options struct {
	Fetcher     Fetcher
	Memory      Memory                   // nil: nothing is known
	PDF         PDF                      // nil: PDFs are not read
	Sources     []catalogue.Source       // whose descriptions Read may use
	Getenv      func(name string) string // where API keys are; nil: there are none
	MaxPages    int                      // of one list in one visit; DefaultMaxPages where 0
	MaxDetails  int                      // requests for pages of entries in one visit; DefaultMaxDetails where 0, none where negative
	StaleFactor int                      // a source is stale when its newest entry is older than so many of its usual gaps; DefaultStaleFactor where 0
	Now         func() time.Time         // time.Now where nil
}

// Crawler visits sources. It is safe for concurrent use.
type Crawler struct{ options Options }

// New returns a Crawler. Options.Fetcher is needed for Crawl, not for Read.
func New(options Options) *Crawler {
	o := &options
	o.MaxPages = orDefault(o.MaxPages, DefaultMaxPages)
	o.MaxDetails = max(orDefault(o.MaxDetails, DefaultMaxDetails), 0)
	o.StaleFactor = orDefault(o.StaleFactor, DefaultStaleFactor)
	if o.Memory == nil {
		o.Memory = noMemory{}
	}
	if o.Getenv == nil {
		o.Getenv = func(string) string { return "" }
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	return &Crawler{options: options}
}

func orDefault(value, usual int) int {
	if value == 0 {
		return usual
	}
	return value
}

// Entry is a document that is new or changed. Digest stands for what the list
// says of it and is to be kept with it: Memory.Seen returns it next time.
type Entry struct {
	Document policy.Document
	Digest   string
}

// Visit is how a visit went. Its Validators are to be kept only after all
// entries that were given out are: kept earlier, a crash would hide the lost
// ones behind a "not modified".
type Visit struct {
	Source     string
	StartedAt  time.Time
	FinishedAt time.Time
	Health     policy.Health
	Detail     string // the last problem in words; empty when all is well
	Requests   int
	Entries    int // found in the list
	Emitted    int
	Partial    int // of those emitted
	Unchanged  int
	Problems   []string
	NewestAt   time.Time     // of the newest entry that is not in the future
	MovedTo    string        // where the list moved for good
	RetryAfter time.Duration // how long the host asked us to stay away
	Validators map[string]policy.Validators
}

type noMemory struct{}

func (noMemory) Validators(context.Context, string) (policy.Validators, error) {
	return policy.Validators{}, nil
}

func (noMemory) Seen(context.Context, string, []string) (map[string]string, error) { return nil, nil }
