package store_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// ofRecord loads the shipped record with an operator's file over it.
func ofRecord(t testing.TB, yaml string) *knowledge.Base {
	t.Helper()
	base, err := knowledge.Load(fstest.MapFS{"ours.yaml": {Data: []byte(yaml)}})
	if err != nil {
		t.Fatal(err)
	}
	return base
}

// aDossier is an operator's entry in YAML.
func aDossier(id, jurisdiction, summary string, officialIDs ...string) string {
	return "dossiers:\n- {id: " + id + ", jurisdiction: " + jurisdiction + ", title: The Zebra Crossing Bill, official_ids: [" +
		strings.Join(officialIDs, ", ") + "], kind: bill, status: introduced, effect: weakens, measures: [backdoor-mandate], " +
		"aliases: {de: [Zebrastreifengesetz]}, summary: " + summary + ", confidence: low, " +
		"events: [{date: '2026-03-04', stage: introduced, title: The minister tables the quagga text, source: 'https://example.org/bill'}], " +
		"positions: [{actor: signal, position: opposes, on: '2026-03-05', claim: Says it would rather leave than build an okapi, source: 'https://example.org/signal'}]}\n"
}

func plain(_ policy.Document, tags policy.Tags) policy.Tags { return tags }

func (w world) syncRecord(t testing.TB, base *knowledge.Base, link store.Linker) {
	t.Helper()
	if err := w.SyncRecord(t.Context(), base, link); err != nil {
		t.Fatal(err)
	}
}

func (w world) state(t testing.TB, kind policy.RecordKind, id string) policy.RecordState {
	t.Helper()
	state, err := w.RecordState(t.Context(), kind, id)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func TestRecordMovesTheClockOfWhatChangedAlone(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		start := w.clock.Now()
		w.syncRecord(t, ofRecord(t, aDossier("xa-zebra", "GB", "First.")), plain)
		w.clock.Add(time.Hour)
		w.syncRecord(t, ofRecord(t, aDossier("xa-zebra", "GB", "First.")), plain)
		if got := w.state(t, policy.RecordDossier, "xa-zebra").ContentChangedAt; !got.Equal(start) {
			t.Errorf("the same record moved the clock to %v", got)
		}
		w.clock.Add(time.Hour)
		changed := w.clock.Now()
		w.syncRecord(t, ofRecord(t, aDossier("xa-zebra", "GB", "Second.")), plain)
		var moved []string
		states, err := w.RecordStates(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range states {
			if s.ContentChangedAt.Equal(changed) {
				moved = append(moved, s.ID)
			}
		}
		if !slices.Equal(moved, []string{"xa-zebra"}) || len(states) < 600 {
			t.Errorf("of %d entries %v moved", len(states), moved)
		}
		w.clock.Add(time.Hour)
		gone := w.clock.Now()
		w.syncRecord(t, shipped(t), plain)
		if s := w.state(t, policy.RecordDossier, "xa-zebra"); !s.RemovedAt.Equal(gone) || !s.ContentChangedAt.Equal(gone) {
			t.Errorf("no tombstone: %+v", s)
		}
		w.found(t, "zebra crossing")
		w.clock.Add(time.Hour)
		w.syncRecord(t, ofRecord(t, aDossier("xa-zebra", "GB", "Second.")), plain)
		if s := w.state(t, policy.RecordDossier, "xa-zebra"); !s.RemovedAt.IsZero() || !s.ContentChangedAt.Equal(w.clock.Now()) {
			t.Errorf("it came back as %+v", s)
		}
		if _, err := w.RecordState(t.Context(), policy.RecordDossier, "xa-none"); !errors.Is(err, policy.ErrNotFound) {
			t.Errorf("got %v, want ErrNotFound", err)
		}
	})
}

// found expects what a search of the record finds, "kind:id:rank".
func (w world) found(t testing.TB, query string, want ...string) {
	t.Helper()
	hits, err := w.SearchRecord(t.Context(), query)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, h := range hits {
		got = append(got, string(h.Kind)+":"+h.ID+":"+string(rune('0'+h.Rank)))
	}
	if !slices.Equal(got, want) {
		t.Errorf("%s: got %v, want %v", query, got, want)
	}
}

func TestSearchRecord(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.syncRecord(t, ofRecord(t, aDossier("xa-zebra", "GB", "Weighs what a gnu and a Σίσυφος see in 端到端加密法案.", "ZZ 4711/2026")), plain)
		dossier, event := "dossier:xa-zebra:", "event:xa-zebra.2026-03-04.introduced:"
		for _, tc := range []struct {
			query string
			want  []string
		}{
			{"zebra crossing", []string{dossier + "1", event + "2"}},
			{"ZEBRASTREIFENGESETZ", []string{dossier + "1", event + "2"}},
			{`"crossing zebra"`, nil},
			{"zebra -quagga", nil},
			{"zebra -okapi", []string{event + "2"}},
			{"title:zebra", []string{dossier + "1"}},
			{"quagga", []string{event + "1", dossier + "2"}},
			{"okapi", []string{dossier + "2", "actor:signal:2"}},
			{"gnu", []string{dossier + "2"}},
			{"σισυφος", []string{dossier + "2"}},
			{"端到端加密", []string{dossier + "2"}},
			{"密加", nil},
			{"zz 4711/2026", []string{dossier + "1", event + "2"}},
			{`"bill zebrastreifengesetz"`, nil},
			{"okapi measure:backdoor-mandate", []string{dossier + "2", "actor:signal:2"}},
			{"measure:backdoor-mandate", nil},
			{"", nil},
		} {
			t.Run(tc.query, func(t *testing.T) { w.found(t, tc.query, tc.want...) })
		}
		hits, err := w.SearchRecord(t.Context(), "zebra", policy.RecordEvent)
		if err != nil || len(hits) != 1 || hits[0].Kind != policy.RecordEvent {
			t.Errorf("events alone: %v, %v", hits, err)
		}
		_, err = w.SearchRecord(t.Context(), "colour:red")
		invalid(t, err, "colour")
	})
}

// TestShippedRecordIsFound asks for well-known names in several languages.
func TestShippedRecordIsFound(t *testing.T) {
	base := shipped(t)
	onBoth(t, func(t *testing.T, w world) {
		w.syncRecord(t, base, plain)
		for query, want := range map[string]string{
			"chatkontrolle": "eu-csa-regulation", "chattkontroll": "eu-csa-regulation", "kontrola czatow": "eu-csa-regulation",
			"2022/0155(COD)": "eu-csa-regulation", "COM(2022) 209": "eu-csa-regulation", "online safety act": "gb-online-safety-act-2023",
		} {
			hits, err := w.SearchRecord(t.Context(), query, policy.RecordDossier)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.ContainsFunc(hits, func(h policy.RecordHit) bool { return h.ID == want && h.Rank == 1 }) {
				t.Errorf("%s: got %v, want %s", query, hits, want)
			}
		}
	})
}
