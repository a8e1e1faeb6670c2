package store

import (
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// merged is a known document after its source served it again.
type merged struct {
	document policy.Document
	meaning  bool // title, text or date say something else than before
	shorter  bool // the fuller text that we had was kept, and with it its tags
}

// teaserShare is the share of the text that we have below which a new text is
// taken for a mere teaser of it, and not for a corrected version.
const teaserShare = 0.6

// merge brings a known document up to date. What the new one leaves out stays as
// it was: feeds drop bodies, and detail pages fail.
func merge(old, fresh policy.Document) merged {
	m := merged{document: fresh}
	d := &m.document
	if float64(len(fresh.Text)) < teaserShare*float64(len(old.Text)) {
		d.Text, m.shorter = old.Text, true
		d.Problems, d.Attachments = old.Problems, old.Attachments
	}
	for _, field := range []struct{ now, before *string }{
		{&d.Title, &old.Title}, {&d.Byline, &old.Byline}, {&d.Summary, &old.Summary}, {&d.URL, &old.URL},
		{&d.CanonicalURL, &old.CanonicalURL}, {&d.Language, &old.Language}, {&d.Jurisdiction, &old.Jurisdiction},
	} {
		if *field.now == "" {
			*field.now = *field.before
		}
	}
	d.OfficialIDs = orElse(d.OfficialIDs, old.OfficialIDs)
	d.Steps = orElse(d.Steps, old.Steps)
	d.Attachments = orElse(d.Attachments, old.Attachments)
	d.Published = preciser(old.Published, fresh.Published)
	d.Updated = preciser(old.Updated, fresh.Updated)
	m.meaning = !within(d.Published, old.Published) || !contentOf(old).equal(contentOf(*d)) || !slices.Equal(old.Steps, d.Steps)
	return m
}

func orElse[T any](now, before []T) []T {
	if len(now) == 0 {
		return before
	}
	return now
}

// preciser returns the newer date, unless it only says less than the older one.
func preciser(old, fresh policy.Date) policy.Date {
	if fresh.IsZero() || (!old.IsZero() && within(old, fresh)) {
		return old
	}
	return fresh
}

// within reports whether inner can be meant by outer; a date that becomes known,
// or known better, is no news about the world.
func within(inner, outer policy.Date) bool {
	if outer.IsZero() {
		return true
	}
	return !inner.Start().Before(outer.Start()) && !inner.End().After(outer.End())
}
