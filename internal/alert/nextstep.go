package alert

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// expect gives the first entry of each dossier the step that is expected next.
func (s *Service) expect(ctx context.Context, entries []entry) error {
	seen := map[string]bool{"": true}
	for i := range entries {
		e := &entries[i]
		if seen[e.Thread] {
			continue
		}
		seen[e.Thread] = true
		events, err := s.Record.Events(ctx, e.Thread)
		if errors.Is(err, policy.ErrNotFound) || errors.Is(err, policy.ErrGone) {
			continue
		}
		if err != nil {
			return err
		}
		for _, event := range events { // oldest first
			if event.Ahead && s.eventEntry(event).Path != e.Path {
				e.Next, e.NextDate = stepWords(event), shortDate(event.Date, s.now())
				break
			}
		}
	}
	return nil
}

// longestStep is in runes.
const longestStep = 48

// stepWords names a coming step in a few words: its title as far as its first clause.
func stepWords(e policy.DossierEvent) string {
	text := strings.TrimPrefix(oneLine(cmp.Or(e.Title, e.Stage.Label())), "Next ") // we say that already
	if end := strings.IndexAny(text, ",;:("); end > 0 {
		text = text[:end]
	}
	words := strings.Fields(text)
	text = ""
	for _, word := range words {
		longer := strings.TrimSpace(text + " " + word)
		if len([]rune(longer)) > longestStep {
			return text + "…"
		}
		text = longer
	}
	return text
}

// shortDate is a date as it fits into a subject: without the year where that is this one.
func shortDate(d policy.Date, now time.Time) string {
	year := ""
	if d.Start().Year() != now.Year() {
		year = d.Start().Format(" 2006")
	}
	switch d.Precision() {
	case policy.PrecisionDay, policy.PrecisionMoment:
		return d.Start().Format("2 Jan") + year
	case policy.PrecisionMonth:
		return d.Start().Format("Jan") + year
	}
	return d.Words()
}
