package main

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// TestCorrectionOutlivesReclassify corrects an item as an operator does, runs the
// classifier again and expects the person's word to stand.
func TestCorrectionOutlivesReclassify(t *testing.T) {
	data := t.TempDir()
	inStore(t, data, func(s *store.Store) {
		entry := store.Entry{Document: policy.Document{Source: "test", EntryID: "1", URL: "https://example.org/1", Title: "A recipe", Text: "Mix flour and water."}}
		err := s.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
			_, err := tx.Save(ctx, entry)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	})
	for _, tc := range []struct {
		want int
		args []string
	}{
		{exitOK, []string{"correct", "1", "relevant", "yes", "--note", "it is about the law"}},
		{exitOK, []string{"correct", "1", "jurisdiction", "FR", "--add"}},
		{exitNotFound, []string{"correct", "1", "dossier", "xx-nothing"}},
		{exitNotFound, []string{"correct", "99", "stance", "neutral"}},
		{exitUsage, []string{"correct", "1", "stance", "angry"}},
		{exitUsage, []string{"correct", "1", "stance", "neutral", "--add", "--remove"}},
		{exitOK, []string{"reclassify", "--quiet"}},
	} {
		if got := run(append(tc.args, "--data", data)); got != tc.want {
			t.Errorf("%v: exit code %d, want %d", tc.args, got, tc.want)
		}
	}
	inStore(t, data, func(s *store.Store) {
		item, err := s.Item(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if !item.Tags.IsRelevant() || len(item.Tags.Jurisdictions) != 1 || item.Tags.Jurisdictions[0].Value != "FR" || len(item.Corrections) != 2 {
			t.Errorf("got %+v with corrections %+v", item.Tags, item.Corrections)
		}
	})
}

func inStore(t *testing.T, data string, do func(*store.Store)) {
	t.Helper()
	s, err := store.Open(t.Context(), store.Options{Database: filepath.Join(data, "backdoorwatch.db")})
	if err != nil {
		t.Fatal(err)
	}
	do(s)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}
