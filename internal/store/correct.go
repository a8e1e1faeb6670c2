package store

import (
	"context"
	"fmt"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Correct keeps what a person said about a tag and applies it at once. The
// classifier never undoes it. An unknown item wraps policy.ErrNotFound, a word that
// the facet does not have policy.ErrInvalid.
func (s *Store) Correct(ctx context.Context, c policy.Correction) error {
	c.Value, c.By, c.Note = clean(c.Value), clean(c.By), clean(c.Note)
	if err := checkCorrection(c); err != nil {
		return err
	}
	if c.At.IsZero() {
		c.At = s.now()
	}
	err := s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
		if err := tx.lockItems(ctx); err != nil {
			return err
		}
		before, err := tx.load(ctx, c.Item)
		if err != nil {
			return err
		}
		_, err = tx.exec(ctx, `INSERT INTO corrections (item, facet, value, verdict, made_by, note, made_at)
			VALUES ($1, $2, $3, $4, $5, $6, $7)`,
			int64(c.Item), string(c.Facet), c.Value, string(c.Verdict), c.By, c.Note, millis(c.At))
		if err != nil {
			return err
		}
		after := before
		after.Corrections = append(slices.Clone(before.Corrections), c)
		after.VerifiedAt = c.At
		return tx.retag(ctx, before, after)
	})
	if err != nil {
		return fmt.Errorf("correcting %s of item %d: %w", c.Facet, c.Item, err)
	}
	return nil
}

// retag writes the tags of an item whose words stayed as they were.
func (tx *Tx) retag(ctx context.Context, before, after itemRow) error {
	after.Tags = policy.Apply(after.machine, after.Corrections)
	if err := tx.updateItem(ctx, after); err != nil {
		return err
	}
	if err := tx.rewriteTags(ctx, before, after); err != nil {
		return err
	}
	if before.Tags.IsRelevant() == after.Tags.IsRelevant() {
		return nil
	}
	search := tx.store.dialect.search
	if err := search.remove(ctx, tx, before.key()); err != nil {
		return err
	}
	return search.put(ctx, tx, after.key(), contentOf(after.Document), after.Tags.IsRelevant())
}

func checkCorrection(c policy.Correction) error {
	var mistakes policy.FieldErrors
	if !slices.Contains([]policy.Verdict{policy.VerdictSet, policy.VerdictAdd, policy.VerdictRemove}, c.Verdict) {
		mistakes = append(mistakes, policy.FieldError{Field: "verdict", Value: string(c.Verdict), Problem: "there is no such verdict", Hint: "use set, add or remove"})
	}
	if !hasWord(c.Facet, c.Value) {
		mistakes = append(mistakes, policy.FieldError{Field: "value", Value: c.Value, Problem: fmt.Sprintf("the facet %q has no such word", c.Facet)})
	}
	return mistakes.OrNil()
}

// hasWord reports whether a facet is one and can have a value. The ids of the
// record are not known here.
func hasWord(facet policy.Facet, value string) bool {
	switch facet {
	case policy.FacetRelevant:
		return value == "yes" || value == "no"
	case policy.FacetKind:
		return policy.Kinds.Has(policy.Kind(value))
	case policy.FacetStance:
		return policy.Stances.Has(policy.Stance(value))
	case policy.FacetMeasure:
		return policy.Measures.Has(policy.Measure(value))
	case policy.FacetEvent:
		_, known := policy.Stage(value).Words()
		return known
	case policy.FacetJurisdiction, policy.FacetDossier, policy.FacetActor:
		return value != ""
	}
	return false
}
