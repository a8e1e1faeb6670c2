package crawler

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/crawler/fetch"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Crawl visits a source and hands what is new or changed to emit, in the order
// of the source. A source that fails is no error: the Visit says how it did.
// An error means that the visit was broken off, by the context, by Memory or by
// emit; the Visit then holds no Validators.
func (c *Crawler) Crawl(ctx context.Context, src catalogue.Source, emit func(Entry) error) (Visit, error) {
	v := &visit{
		crawler: c, source: src, emit: emit, given: map[string]bool{},
		report: Visit{Source: src.ID, StartedAt: c.options.Now().UTC(), Validators: map[string]policy.Validators{}},
	}
	err := v.run(ctx)
	v.report.FinishedAt = c.options.Now().UTC()
	if err != nil {
		v.report.Validators = map[string]policy.Validators{}
		return v.report, fmt.Errorf("visiting %s: %w", src.ID, err)
	}
	v.judge()
	return v.report, nil
}

// visit is one visit under way.
type visit struct {
	crawler *Crawler
	source  catalogue.Source
	emit    func(Entry) error
	key     string
	report  Visit

	sitemaps  []string        // named by an index and still to be read
	given     map[string]bool // ids that were seen in this visit
	dates     []time.Time     // of all entries
	dated     int
	undatable int
	lost      int // entries that were found and could not be read
	partial   bool
	details   int  // requests made for pages of entries
	resting   bool // the host asked for a pause: no more details
	unwhole   bool // some entry's page is still to be read: ask for the list again next time
	notNew    bool // the list had not changed
}

func (v *visit) fail(health policy.Health, format string, args ...any) {
	v.report.Health, v.report.Detail = health, fmt.Sprintf(format, args...)
}

func (v *visit) problem(format string, args ...any) {
	if len(v.report.Problems) < 50 {
		v.report.Problems = append(v.report.Problems, fmt.Sprintf(format, args...))
	}
}

func (v *visit) run(ctx context.Context) error {
	if v.source.Disabled != "" {
		v.fail(policy.HealthDisabled, "%s", v.source.Disabled)
		return nil
	}
	if name := v.source.KeyEnv(); name != "" {
		if v.key = v.crawler.options.Getenv(name); v.key == "" {
			v.fail(policy.HealthDisabled, "it needs a key: set %s", name)
			return nil
		}
	}
	request, err := v.first()
	if err != nil {
		v.fail(policy.HealthUnreadable, "%v", err)
		return nil
	}
	asked := map[string]bool{}
	for n := 0; n < v.maxPages(); n++ {
		if asked[request.identity()] {
			v.problem("page %d leads back to one that was read", n+1)
			break
		}
		asked[request.identity()] = true
		next, goOn, err := v.page(ctx, request, n)
		if err != nil || !goOn {
			return err
		}
		request = next
	}
	return nil
}

func (v *visit) maxPages() int {
	limit := v.crawler.options.MaxPages
	if list := v.source.Listing(); list != nil && list.MaxPages() > 0 {
		limit = min(limit, list.MaxPages())
	}
	return limit
}

// page asks for one page, gives out what is new in it and returns the request
// for the next one.
func (v *visit) page(ctx context.Context, request pageRequest, n int) (next pageRequest, goOn bool, err error) {
	response, err := v.ask(ctx, request, n == 0)
	if err != nil {
		return next, false, v.refused(ctx, err, n)
	}
	if n == 0 {
		v.report.MovedTo = response.MovedTo
		v.report.Validators[v.source.Address()] = response.Validators
	}
	if response.NotModified {
		v.notNew = n == 0
		return next, false, nil
	}
	read, err := v.read(response, n)
	if err != nil {
		return next, false, nil // the report says why
	}
	known, err := v.entries(ctx, read, response)
	if v.unwhole {
		delete(v.report.Validators, v.source.Address())
	}
	if err != nil || known {
		return next, false, err
	}
	return v.following(request, read)
}

// refused turns a failure of fetching into the state of the source. Only the
// end of the context breaks the visit off.
func (v *visit) refused(ctx context.Context, err error, n int) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	var failure *fetch.Error
	if !errors.As(err, &failure) {
		return err
	}
	if n > 0 { // what the earlier pages gave is good; the later ones come next time
		v.problem("page %d: %v", n+1, err)
		v.partial = true
		delete(v.report.Validators, v.source.Address())
		v.report.RetryAfter = failure.RetryAfter
		return nil
	}
	health := failure.Health
	if health == "" {
		health = policy.HealthUnreachable
	}
	v.fail(health, "%v", failure.Err)
	v.report.RetryAfter = failure.RetryAfter
	return nil
}

// ask makes a request; with the validators of the last visit for the first page.
func (v *visit) ask(ctx context.Context, request pageRequest, conditional bool) (*fetch.Response, error) {
	r := request.fetch()
	if conditional {
		known, err := v.crawler.options.Memory.Validators(ctx, v.source.Address())
		if err != nil {
			return nil, fmt.Errorf("remembering the last visit: %w", err)
		}
		r.Validators = known
	}
	v.report.Requests++
	response, err := v.crawler.options.Fetcher.Get(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("asking for the list: %w", err)
	}
	return response, nil
}
