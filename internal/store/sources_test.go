package store_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

func source(id string) policy.Source {
	return policy.Source{
		ID: id, Name: "Name of " + id, Home: "https://" + id + ".example/", Host: id + ".example", Jurisdiction: "GB", Language: "en",
		Kind: policy.KindNews, Grade: "press", Licence: "CC BY 4.0", Attribution: "by " + id, Interval: 15 * time.Minute,
	}
}

func (w world) visit(t testing.TB, v store.SourceVisit) {
	t.Helper()
	err := w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error { return tx.SaveVisit(ctx, v) })
	if err != nil {
		t.Fatal(err)
	}
}

func (w world) sync(t testing.TB, sources ...policy.Source) {
	t.Helper()
	if err := w.SyncSources(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
}

func TestSources(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		off := source("off")
		off.Disabled = "it asked us not to"
		w.sync(t, source("b"), source("a"), off, source("leaving"))
		w.saved(t, entry("a", "1"), store.New)
		w.saved(t, entry("a", "2", irrelevant), store.New)
		w.saved(t, entry("ab", "3"), store.New)
		w.sync(t, source("a"), source("b"), off)

		all, err := w.Sources(t.Context())
		if err != nil || len(all) != 3 {
			t.Fatalf("got %d sources, %v", len(all), err)
		}
		want := policy.SourceStatus{Source: source("a"), Health: policy.HealthNew, Items: 2, Relevant: 1}
		if all[0] != want {
			t.Errorf("got\n%+v, want\n%+v", all[0], want)
		}
		if all[2].Health != policy.HealthDisabled {
			t.Errorf("got %s for a source that is switched off", all[2].Health)
		}
		if one, err := w.Source(t.Context(), "a"); err != nil || one != want {
			t.Errorf("got %+v, %v", one, err)
		}
		if _, err := w.Source(t.Context(), "nobody"); !errors.Is(err, policy.ErrNotFound) {
			t.Errorf("got error %v, want ErrNotFound", err)
		}
		due, err := w.DueSources(t.Context(), w.clock.Now())
		if err != nil || len(due) != 2 || due[0].ID != "a" || due[1].Host != "b.example" {
			t.Errorf("got %+v, %v", due, err)
		}
	})
}

func TestVisits(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.sync(t, source("a"))
		start := w.clock.Now()
		at := func(minutes int) time.Time { return start.Add(time.Duration(minutes) * time.Minute) }
		w.visit(t, store.SourceVisit{Source: "a", At: at(0), Health: policy.HealthOK, NextAt: at(15), NewestAt: at(-5)})
		w.visit(t, store.SourceVisit{Source: "a", At: at(15), Health: policy.HealthTimeout, Detail: "no answer", NextAt: at(45)})
		w.visit(t, store.SourceVisit{Source: "a", At: at(45), Health: policy.HealthGone, Detail: "404", NextAt: at(90), MovedTo: "https://new.example/"})
		w.visit(t, store.SourceVisit{Source: "a", At: at(90), Health: policy.HealthGone, Detail: "404", NextAt: at(180), MovedTo: "https://new.example/"})
		got, err := w.Source(t.Context(), "a")
		want := policy.SourceStatus{
			Source: source("a"), Health: policy.HealthGone, Detail: "404", TriedAt: at(90), SucceededAt: at(0), NextAt: at(180),
			NewestAt: at(-5), Failures: 3, MovedTo: "https://new.example/", MovedSeen: 2,
		}
		if err != nil || got != want {
			t.Errorf("got\n%+v, %v, want\n%+v", got, err, want)
		}
		for minutes, due := range map[int]int{179: 0, 180: 1} {
			if found, err := w.DueSources(t.Context(), at(minutes)); err != nil || len(found) != due {
				t.Errorf("after %d minutes: got %d sources, %v, want %d", minutes, len(found), err, due)
			}
		}
		w.visit(t, store.SourceVisit{Source: "a", At: at(180), Health: policy.HealthNotModified, NextAt: at(195)})
		if got, err = w.Source(t.Context(), "a"); err != nil || got.Failures != 0 || !got.SucceededAt.Equal(at(180)) || got.MovedTo != "" || got.MovedSeen != 0 {
			t.Errorf("got %+v, %v", got, err)
		}
		err = w.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			return tx.SaveVisit(ctx, store.SourceVisit{Source: "nobody"})
		})
		if !errors.Is(err, policy.ErrNotFound) {
			t.Errorf("got error %v, want ErrNotFound", err)
		}
	})
}

func TestMemory(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.sync(t, source("a"))
		url := "https://a.example/feed"
		if got, err := w.Validators(t.Context(), url); err != nil || got != (policy.Validators{}) {
			t.Errorf("got %+v, %v of an address never read", got, err)
		}
		for _, etag := range []string{`"1"`, `"2"`} {
			want := policy.Validators{ETag: etag, LastModified: "Wed, 20 May 2026 12:00:00 GMT", Digest: "sha256:1"}
			w.visit(t, store.SourceVisit{Source: "a", At: w.clock.Now(), Health: policy.HealthOK, Validators: map[string]policy.Validators{url: want}})
			if got, err := w.Validators(t.Context(), url); err != nil || got != want {
				t.Errorf("got %+v, %v, want %+v", got, err, want)
			}
		}
		want := map[string]string{}
		ids := []string{"never seen"}
		for i := range 3 {
			e := entry("a", fmt.Sprint(i))
			w.saved(t, e, store.New)
			want[e.Document.EntryID] = e.Digest
		}
		for i := range 1000 {
			ids = append(ids, fmt.Sprint(i))
		}
		if got, err := w.Seen(t.Context(), "a", ids); err != nil || !maps.Equal(got, want) {
			t.Errorf("got %v, %v, want %v", got, err, want)
		}
		if got, err := w.Seen(t.Context(), "b", ids); err != nil || len(got) != 0 {
			t.Errorf("got %v, %v of another source", got, err)
		}
	})
}
