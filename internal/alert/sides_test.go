package alert_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const zebra = `dossiers:
- id: xa-zebra
  jurisdiction: GB
  title: The Zebra Crossing Bill
  official_ids: []
  kind: bill
  status: introduced
  effect: weakens
  measures: [backdoor-mandate]
  summary: A bill of the tests.
  confidence: low
  events: [{date: '2026-03-04', stage: introduced, title: It is tabled, source: 'https://example.org/bill'}]
  positions:
`

// takeIn takes in a record in which Signal took these positions, "side date" each.
func (w *world) takeIn(t *testing.T, positions ...string) {
	t.Helper()
	yaml := zebra
	for _, p := range positions {
		side, date, _ := strings.Cut(p, " ")
		yaml += "  - {actor: signal, position: " + side + ", on: '" + date + "', claim: Says what it says, source: 'https://example.org/said'}\n"
	}
	base, err := knowledge.Load(fstest.MapFS{"ours.yaml": {Data: []byte(yaml)}})
	if err != nil {
		t.Fatal(err)
	}
	w.base = base
	if err := w.store.SyncRecord(t.Context(), base, func(_ policy.Document, tags policy.Tags) policy.Tags { return tags }); err != nil {
		t.Fatal(err)
	}
	w.service = w.open()
}

func TestChangesOfSideAreTold(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.takeIn(t, "opposes 2026-03-05")
		actor := func(ids ...string) func(*policy.Alert) { return func(a *policy.Alert) { a.Filter.Actors = ids } }
		stance := func(a *policy.Alert) { a.Filter.Stances = []policy.Stance{policy.StanceWeakens} }
		words := func(text string) func(*policy.Alert) { return func(a *policy.Alert) { a.Filter.Query = text } }
		yes := map[string]policy.Alert{
			"all": wish(policy.AlertSides), "place": wish(policy.AlertSides, place("GB")), "actor": wish(policy.AlertSides, actor("apple", "signal")),
			"words": wish(policy.AlertSides, words("zebra")), "everything": wish(policy.AlertEverything, place("GB")),
		}
		no := map[string]policy.Alert{
			"elsewhere": wish(policy.AlertSides, place("EU")), "another": wish(policy.AlertSides, actor("apple")), "stance": wish(policy.AlertSides, stance),
			"otherwords": wish(policy.AlertSides, words("giraffe")), "texts": wish(policy.AlertTexts), "dates": wish(policy.AlertDates, func(a *policy.Alert) { a.Filter.Dossiers = []string{"xa-zebra"} }),
		}
		for _, wishes := range []map[string]policy.Alert{yes, no} {
			for name, a := range wishes {
				w.subscribe(name+"@mail.example", a)
			}
			w.clock.Add(2 * time.Hour) // nobody subscribes more often from one network
		}
		w.clock.Add(24 * time.Hour)
		today := policy.Day(w.clock.Now().Date()).String()
		w.takeIn(t, "opposes 2026-03-05", "supports "+today)
		for range 3 {
			w.clock.Add(alertGroup)
			w.run()
		}
		got := map[string]received{}
		for _, m := range w.server.all() {
			if _, again := got[m.to]; again {
				t.Errorf("%s was told twice", m.to)
			}
			got[m.to] = m
		}
		for name := range yes {
			if _, ok := got[name+"@mail.example"]; !ok {
				t.Errorf("%s was not told", name)
			}
		}
		if len(got) != len(yes) {
			t.Errorf("%d were told, want %d", len(got), len(yes))
		}
		m := got["all@mail.example"]
		if subject := m.header("Subject"); subject != "[GB] The Zebra Crossing Bill: Signal Foundation now supports it, and opposed it before" {
			t.Errorf("got subject %q", subject)
		}
		for _, want := range []string{"Change of side, 21 May 2026 – Says what it says", "https://watch.example.org/dossiers/xa-zebra#positions"} {
			if !strings.Contains(m.text(), want) {
				t.Errorf("it does not say %q:\n%s", want, m.text())
			}
		}
		p, err := w.service.Preview(t.Context(), wish(policy.AlertSides, actor("signal")))
		if err != nil || p.Things != 1 || p.Mails != 1 || p.Examples[0].Label != "Change of side" {
			t.Errorf("the preview: %+v, %v", p, err)
		}
		w.server.clear()
		w.clock.Add(24 * time.Hour)
		w.subscribe("late@mail.example", wish(policy.AlertSides))
		w.takeIn(t, "opposes 2026-03-05")
		w.takeIn(t, "opposes 2026-03-05", "supports "+today)
		w.clock.Add(time.Hour)
		w.run()
		if n := len(w.server.all()); n != 0 {
			t.Errorf("%d mails tell what was told before", n)
		}
	})
}
