package store_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// stands is the made-up dossier with these positions, "actor side date" each.
func stands(positions ...string) string {
	yaml := aDossier("xa-zebra", "GB", "First.")
	var all []string
	for _, p := range positions {
		word := strings.Fields(p)
		on := ""
		if len(word) > 2 {
			on = ", on: '" + word[2] + "'"
		}
		all = append(all, "{actor: "+word[0]+", position: "+word[1]+on+", claim: Said so, source: 'https://example.org/said'}")
	}
	before, _, _ := strings.Cut(yaml, "positions: [")
	return before + "positions: [" + strings.Join(all, ", ") + "]}\n"
}

// sides are the changes of side among what nobody was told yet.
func (w world) sides(t *testing.T) []string {
	t.Helper()
	news, err := w.News(t.Context(), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, n := range news {
		if id, is := strings.CutPrefix(n.Ref, store.NewsSide); is {
			all = append(all, id)
		}
	}
	return all
}

func (w world) forget(t *testing.T) {
	t.Helper()
	news, err := w.News(t.Context(), 1000)
	if err == nil {
		err = w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.DropNews(ctx, news) })
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestChangesOfSide takes in one version of the record after another; the clock shows
// 20 May 2026.
func TestChangesOfSide(t *testing.T) {
	cases := []struct {
		name     string
		versions [][]string
		want     []string
	}{
		{"the first import, whatever it says", [][]string{{"signal opposes 2026-03-05", "signal supports 2026-05-19"}}, nil},
		{"a new dated position", [][]string{{"signal opposes 2026-03-05"}, {"signal opposes 2026-03-05", "signal supports 2026-05-19"}}, []string{"signal.2026-05-19.supports"}},
		{"the former one is no longer written down", [][]string{{"signal opposes 2026-03-05"}, {"signal supports 2026-05"}}, []string{"signal.2026-05.supports"}},
		{"to no side", [][]string{{"signal opposes 2026-03-05"}, {"signal neutral 2026-05-19"}}, []string{"signal.2026-05-19.neutral"}},
		{"the same side again", [][]string{{"signal opposes 2026-03-05"}, {"signal opposes 2026-05-19"}}, nil},
		{"another date", [][]string{{"signal opposes 2026-03-05"}, {"signal opposes 2026-03-06"}}, nil},
		{"a correction", [][]string{{"signal opposes 2026-03-05"}, {"signal supports 2026-03-05"}}, nil},
		{"an older position found", [][]string{{"signal opposes 2026-03-05"}, {"signal supports 2026-01-05", "signal opposes 2026-03-05"}}, nil},
		{"a back-fill", [][]string{{"signal opposes 2019"}, {"signal opposes 2019", "signal supports 2021-05"}}, nil},
		{"somebody new", [][]string{{"signal opposes 2026-03-05"}, {"signal opposes 2026-03-05", "apple supports 2026-05-19"}}, nil},
		{"somebody new who changed lately", [][]string{{}, {"apple opposes 2024", "apple supports 2026-05-19"}}, []string{"apple.2026-05-19.supports"}},
		{"somebody new who changed long ago", [][]string{{}, {"apple opposes 2024", "apple supports 2026-03-19"}}, nil},
		{"taken back and told again", [][]string{{"signal opposes 2026-03-05"}, {"signal opposes 2026-03-05", "signal supports 2026-05-19"}, {"signal opposes 2026-03-05"}, {"signal supports 2026-05-19"}}, []string{"signal.2026-05-19.supports"}},
		{"twice", [][]string{{"signal opposes 2026-03-05"}, {"signal supports 2026-05-18"}, {"signal opposes 2026-05-19"}}, []string{"signal.2026-05-18.supports", "signal.2026-05-19.opposes"}},
	}
	// Each case is a dossier of its own, and all are in one record: reading one is what
	// takes time.
	var bases []*knowledge.Base
	for version := range 4 {
		yaml := "dossiers:\n"
		for i, tc := range cases {
			_, one, _ := strings.Cut(stands(tc.versions[min(version, len(tc.versions)-1)]...), "\n")
			yaml += strings.Replace(one, "xa-zebra", fmt.Sprintf("xa-zebra-%d", i), 1)
		}
		bases = append(bases, ofRecord(t, yaml))
	}
	onBoth(t, func(t *testing.T, w world) {
		for _, base := range bases {
			for range 2 {
				w.syncRecord(t, base, plain)
			}
			w.clock.Add(time.Minute)
		}
		got := w.sides(t)
		for i, tc := range cases {
			var own []string
			for _, id := range got {
				if rest, is := strings.CutPrefix(id, fmt.Sprintf("xa-zebra-%d.", i)); is {
					own = append(own, rest)
				}
			}
			if !slices.Equal(own, tc.want) {
				t.Errorf("%s: got %v, want %v", tc.name, own, tc.want)
			}
		}
	})
}

// TestSidesReadInTexts: a text tells it before the record does, and then it is one.
func TestSidesReadInTexts(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.syncRecord(t, ofRecord(t, stands("signal opposes 2026-03-05", "apple neutral 2026-03-05")), plain)
		save := func(id string, grade policy.Grade, claims ...policy.Claim) {
			t.Helper()
			e := entry("test", id, published(policy.Moment(w.clock.Now())), func(e *store.Entry) {
				e.Document.Grade, e.Tags.Positions = grade, claims
			})
			err := w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
				saved, err := tx.Save(ctx, e)
				if err == nil {
					_, err = tx.NoteNews(ctx, saved, store.Noticed{})
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		claim := func(actor string, side policy.Side, confidence float64) policy.Claim {
			return policy.Claim{Actor: actor, Side: side, Dossier: "xa-zebra", Confidence: confidence}
		}
		contrary := claim("signal", policy.SideSupports, .8)
		save("press", policy.GradePress, contrary)
		save("unsure", policy.GradeOfficial, claim("signal", policy.SideSupports, .65))
		save("same", policy.GradeFirstHand, claim("signal", policy.SideOpposes, .8))
		save("no side before", policy.GradeFirstHand, claim("apple", policy.SideOpposes, .8))
		save("nobody we know", policy.GradeFirstHand, claim("nobody", policy.SideOpposes, .8))
		if got := w.sides(t); got != nil {
			t.Fatalf("got %v, want none", got)
		}
		save("own word", policy.GradeFirstHand, contrary)
		save("again", policy.GradeFirstHand, contrary)
		if got := w.sides(t); !slices.Equal(got, []string{"xa-zebra.signal.supports.read"}) {
			t.Fatalf("got %v", got)
		}
		read, err := w.SideChangesRead(t.Context(), w.clock.Now().Add(-time.Hour))
		if err != nil || len(read) != 1 || read[0].Before != policy.SideOpposes || read[0].Item == 0 || read[0].On.String() != "2026-05-20" {
			t.Errorf("got %+v, %v", read, err)
		}
		news, err := w.News(t.Context(), 1000)
		if err != nil {
			t.Fatal(err)
		}
		thing := news[slices.IndexFunc(news, func(n store.News) bool { return strings.HasPrefix(n.Ref, store.NewsSide) })].Thing
		w.forget(t)
		w.clock.Add(24 * time.Hour)
		w.syncRecord(t, ofRecord(t, stands("signal supports 2026-05-20")), plain)
		news, err = w.News(t.Context(), 1000)
		if err != nil || len(news) != 1 || news[0].Thing != thing {
			t.Errorf("the record tells another thing than the text: %+v, %v", news, err)
		}
	})
}
