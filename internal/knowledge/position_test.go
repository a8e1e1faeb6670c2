package knowledge_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"pgregory.net/rapid"
)

func TestPositionsOnADay(t *testing.T) {
	d := policy.Dossier{Positions: []policy.Position{
		{Actor: "lamp", Side: policy.SideSupports, On: date(t, "2025-06-10")},
		{Actor: "lamp", Side: policy.SideOpposes, On: date(t, "2025"), Claim: "vague"},
		{Actor: "lamp", Side: policy.SideNeutral, On: date(t, "2025-08")},
		{Actor: "oil", Side: policy.SideOpposes, On: date(t, "2025-07-01"), Claim: "in the morning"},
		{Actor: "oil", Side: policy.SideSupports, On: date(t, "2025-07-01"), Claim: "in the evening"},
	}}
	for _, tc := range []struct{ name, on, want string }{
		{"before all", "2024-12-31", ""},
		{"within the vague year", "2025-01-01", "lamp opposes?"},
		{"the day itself", "2025-06-10", "lamp supports from opposes"},
		{"the later of one day", "2025-07-31", "lamp supports from opposes, oil supports from opposes"},
		{"within the month", "2025-08-15", "lamp neutral? from supports, oil supports from opposes"},
		{"the month's last day", "2025-08-31", "lamp neutral from supports, oil supports from opposes"},
		{"a month means its end", "2025-08", "lamp neutral from supports, oil supports from opposes"},
		{"a year means its end", "2025", "lamp neutral from supports, oil supports from opposes"},
		{"a moment", "2025-06-10T00:00:00Z", "lamp supports? from opposes"},
		{"whenever", "", "lamp neutral from supports, oil supports from opposes"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := standings(knowledge.PositionsOn(d, date(t, tc.on))); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func standings(all []knowledge.Standing) string {
	words := make([]string, len(all))
	for i, s := range all {
		words[i] = s.Actor + " " + string(s.Side)
		if s.Uncertain {
			words[i] += "?"
		}
		if s.Replaced != nil {
			words[i] += " from " + string(s.Replaced.Side)
		}
	}
	return strings.Join(words, ", ")
}

func date(t testing.TB, text string) policy.Date {
	t.Helper()
	d, err := policy.ParseDate(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestPositionsOnShippedDossier(t *testing.T) {
	base := load(t)
	if got := base.PositionsOn("none", policy.Year(2025)); len(got) != 0 {
		t.Errorf("a dossier that is not there has %d positions", len(got))
	}
	d, _ := base.Dossier("eu-csa-regulation")
	before := base.PositionsOn(d.ID, policy.Year(2021))
	now := base.PositionsOn(d.ID, policy.Date{})
	if len(before) != 0 || len(now) == 0 || len(now) > len(d.Positions) {
		t.Errorf("got %d positions before the proposal and %d now", len(before), len(now))
	}
}

// Whatever is asked of whichever ledger: each actor appears once, nothing of
// the future counts, nothing later that counts was left out, and the day after
// never forgets an actor.
func TestPositionsOnAnyLedgerAndDay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := policy.Dossier{Positions: rapid.SliceOfN(positions(), 0, 12).Draw(t, "positions")}
		on := dates().Draw(t, "on")
		got := knowledge.PositionsOn(d, on)
		actors := map[string]bool{}
		for _, s := range got {
			if actors[s.Actor] {
				t.Fatalf("%s stands twice", s.Actor)
			}
			actors[s.Actor] = true
			if !s.On.Start().Before(on.End()) {
				t.Fatalf("%v lies after %v", s.On, on)
			}
			if s.Uncertain != s.On.End().After(on.End()) {
				t.Fatalf("%v on %v: uncertain is %v", s.On, on, s.Uncertain)
			}
			if s.Replaced != nil && (s.Replaced.Actor != s.Actor || s.Replaced.On.Compare(s.On) > 0) {
				t.Fatalf("%v replaced %v", s.Position, *s.Replaced)
			}
		}
		for _, p := range d.Positions {
			if !p.On.Start().Before(on.End()) {
				continue
			}
			i := slices.IndexFunc(got, func(s knowledge.Standing) bool { return s.Actor == p.Actor })
			if i < 0 || got[i].On.Compare(p.On) < 0 {
				t.Fatalf("%v counts on %v and was left out", p, on)
			}
		}
		later := knowledge.PositionsOn(d, policy.Moment(on.End().AddDate(0, 0, 1)))
		if len(later) < len(got) {
			t.Fatalf("%d actors stood on %v, %d a day later", len(got), on, len(later))
		}
	})
}

func positions() *rapid.Generator[policy.Position] {
	return rapid.Custom(func(t *rapid.T) policy.Position {
		return policy.Position{
			Actor: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "actor"),
			Side:  rapid.SampledFrom(policy.Sides.Values()).Draw(t, "side"),
			On:    dates().Draw(t, "on"),
			Claim: fmt.Sprint(rapid.Int().Draw(t, "claim")),
		}
	})
}

func dates() *rapid.Generator[policy.Date] {
	return rapid.Custom(func(t *rapid.T) policy.Date {
		y, m, d := rapid.IntRange(2024, 2026).Draw(t, "year"), rapid.IntRange(1, 12).Draw(t, "month"), rapid.IntRange(1, 28).Draw(t, "day")
		return []policy.Date{
			policy.Year(y), policy.Month(y, time.Month(m)), policy.Day(y, time.Month(m), d),
			policy.Moment(time.Date(y, time.Month(m), d, 12, 0, 0, 0, time.UTC)),
		}[rapid.IntRange(0, 3).Draw(t, "precision")]
	})
}

func TestHistoryMarksChangesOfSide(t *testing.T) {
	base, err := knowledge.Load(os.DirFS("testdata/history"))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range base.History("zz-lamplighters") {
		text := fmt.Sprintf("%s %s %s", s.On, s.Dossier, s.Side)
		if s.ChangedSide() {
			text += " from " + string(s.From)
		}
		got = append(got, text)
	}
	want := []string{
		"2024 zz-lantern-act supports", "2024-02 zz-candle-act opposes", "2024-03-01 zz-lantern-act supports",
		"2025-01-05 zz-lantern-act opposes from supports", "2025-02 zz-candle-act opposes", "2025-03 zz-lantern-act neutral from opposes",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if len(base.History("nobody")) != 0 {
		t.Error("an unknown actor has a history")
	}
}
