package store_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// generated returns the n-th of a row of entries as a crawl brings them: 400
// words, one in four relevant, from 200 sources, over five years.
func generated(n int) store.Entry {
	random := rand.New(rand.NewPCG(uint64(n), 7))
	var body strings.Builder
	for range 400 {
		// Few words are frequent and many are rare, as in a language.
		fmt.Fprintf(&body, "w%d ", int(random.ExpFloat64()*1500))
	}
	code := []string{"GB", "FR", "EU", "US-CA", "DE", "IN", "AU"}[random.IntN(7)]
	return entry(fmt.Sprintf("s%d", n%200), fmt.Sprint(n), func(e *store.Entry) {
		e.Document.Text = body.String()
		e.Document.Published = policy.Moment(time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(random.IntN(5*365*24*60)) * time.Minute))
		e.Signature = make([]uint64, 128)
		for i := range e.Signature {
			e.Signature[i] = random.Uint64()
		}
		if n%4 != 0 {
			irrelevant(e)
			return
		}
		jurisdictions(code)(e)
		e.Tags.Measures = []policy.Tag{{Value: "traceability", Confidence: .8}}
	})
}

func fill(b *testing.B, w world, from, to int) {
	b.Helper()
	for start := from; start < to; start += 100 {
		err := w.InTx(b.Context(), func(ctx context.Context, tx *store.Tx) error {
			for n := start; n < min(start+100, to); n++ {
				if _, err := tx.Save(ctx, generated(n)); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkSave saves new items, 40 in a transaction as one feed brings them.
func BenchmarkSave(b *testing.B) {
	for name, database := range map[string]func(b *testing.B) string{
		"sqlite":   func(b *testing.B) string { return filepath.Join(b.TempDir(), "bench.db") },
		"postgres": func(b *testing.B) string { return prerequisite.Postgres(b) },
	} {
		b.Run(name, func(b *testing.B) {
			w := open(b, database(b))
			entries := make([]store.Entry, b.N)
			for n := range entries {
				entries[n] = generated(n)
			}
			b.ResetTimer()
			for start := 0; start < len(entries); start += 40 {
				err := w.InTx(b.Context(), func(ctx context.Context, tx *store.Tx) error {
					for _, e := range entries[start:min(start+40, len(entries))] {
						if _, err := tx.Save(ctx, e); err != nil {
							return err
						}
					}
					return nil
				})
				if err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "items/s")
		})
	}
}

// BenchmarkQuestions asks a database of 100,000 items (10,000 with -short).
func BenchmarkQuestions(b *testing.B) {
	items := 100_000
	if testing.Short() {
		items = 10_000
	}
	w := open(b, filepath.Join(b.TempDir(), "bench.db"))
	fill(b, w, 0, items)
	page := func(f policy.Filter) func(context.Context) error {
		f.Limit = 20
		return func(ctx context.Context) error {
			_, err := w.Items(ctx, f)
			return err
		}
	}
	for _, q := range []struct {
		name string
		ask  func(context.Context) error
	}{
		{"newest", page(policy.Filter{})},
		{"one tag", page(policy.Filter{Jurisdictions: []string{"GB"}})},
		{"three tags of two fields", page(policy.Filter{Jurisdictions: []string{"GB", "EU"}, Measures: []policy.Measure{"traceability"}})},
		{"one month", page(policy.Filter{From: policy.Month(2023, 5), To: policy.Month(2023, 5)})},
		{"frequent word", page(policy.Filter{Query: "w100"})},
		{"rare word", page(policy.Filter{Query: "w9000"})},
		{"two words", page(policy.Filter{Query: "w100 w900"})},
		{"phrase", page(policy.Filter{Query: `"w10 w20"`})},
		{"word and tag", page(policy.Filter{Query: "w100", Jurisdictions: []string{"GB"}})},
		{"facets", func(ctx context.Context) error { _, err := w.Facets(ctx, policy.Filter{}); return err }},
		{"facets of a tag", func(ctx context.Context) error {
			_, err := w.Facets(ctx, policy.Filter{Jurisdictions: []string{"GB"}})
			return err
		}},
		{"stats", func(ctx context.Context) error { _, err := w.Stats(ctx); return err }},
		{"sources", func(ctx context.Context) error { _, err := w.Sources(ctx); return err }},
		{"item", func(ctx context.Context) error { _, err := w.Item(ctx, 5000); return err }},
	} {
		b.Run(q.name, func(b *testing.B) {
			for b.Loop() {
				if err := q.ask(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
