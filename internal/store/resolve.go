package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// resolveCandidates lets candidates become the dossiers that have their ids, and
// opens those again whose dossier the record no longer has.
func (tx *Tx) resolveCandidates(ctx context.Context, base *knowledge.Base, link Linker) error {
	all, err := candidatesWhere(ctx, tx, "1 = 1 ORDER BY c.id", nil)
	if err != nil {
		return err
	}
	for _, c := range all {
		dossier := dossierOf(c, base)
		if dossier != c.Dossier {
			if err := tx.resolve(ctx, c, dossier); err != nil {
				return err
			}
		}
		if dossier == "" {
			continue
		}
		for _, item := range c.Items {
			if err := tx.becomes(ctx, item, dossier, base, link); err != nil {
				return fmt.Errorf("linking item %d of candidate %d: %w", item, c.ID, err)
			}
		}
	}
	return nil
}

func dossierOf(c policy.Candidate, base *knowledge.Base) string {
	for _, id := range c.OfficialIDs {
		if d, ok := base.Stated(id, c.Jurisdiction); ok {
			return d.ID
		}
	}
	return ""
}

func (tx *Tx) resolve(ctx context.Context, c policy.Candidate, dossier string) error {
	now, at := millis(tx.store.now()), int64(0)
	if dossier != "" {
		at = now
	}
	_, err := tx.exec(ctx, "UPDATE candidates SET dossier = $1, resolved_at = $2, changed_at = $3 WHERE id = $4", dossier, at, now, int64(c.ID))
	if err != nil {
		return fmt.Errorf("resolving candidate %d: %w", c.ID, err)
	}
	return nil
}

// becomes links an item of a candidate to its dossier, and takes in the steps that
// it states.
func (tx *Tx) becomes(ctx context.Context, item policy.ItemID, dossier string, base *knowledge.Base, link Linker) error {
	before, err := tx.load(ctx, item)
	if err != nil {
		return err
	}
	after := before
	after.machine = link(before.Document, before.machine)
	if has(after.machine.Dossiers, dossier) && !has(before.machine.Dossiers, dossier) {
		if err := tx.retag(ctx, before, after); err != nil {
			return err
		}
	} else if err := tx.linkItem(ctx, before, dossier); err != nil {
		return err
	}
	if after, err = tx.load(ctx, item); err != nil {
		return err
	}
	_, err = tx.notice(ctx, after, after.Document, base)
	return err
}

// joined is why an item is linked whose own id the record does not have, but whose
// candidate has another one that it has.
const joined = "states an official id of the same bill"

// linkItem links an item to the dossier that its candidate became.
func (tx *Tx) linkItem(ctx context.Context, before itemRow, dossier string) error {
	if has(before.machine.Dossiers, dossier) {
		return nil
	}
	after := before
	reason := joined + ", " + strings.Join(before.Document.OfficialIDs, ", ")
	tag := policy.Tag{Value: dossier, Confidence: 1, Reasons: []string{reason}}
	after.machine.Dossiers = append([]policy.Tag{tag}, before.machine.Dossiers...)
	return tx.retag(ctx, before, after)
}

// joinedBy reports whether a tag is one of linkItem's.
func joinedBy(tag policy.Tag) bool {
	return len(tag.Reasons) > 0 && strings.HasPrefix(tag.Reasons[0], joined)
}

func has(tags []policy.Tag, value string) bool {
	return slices.ContainsFunc(tags, func(t policy.Tag) bool { return t.Value == value })
}

// noticeBatch is how many items are looked at in one transaction.
const noticeBatch = 200

// NoticeAll takes in what all items tell about dossiers, as Notice does for one. It
// is for after the items were classified again, or when an older database meets a
// program that notices more.
func (s *Store) NoticeAll(ctx context.Context, base *knowledge.Base) (total Noticed, _ error) {
	for last := int64(0); ; {
		items, err := loadWhere(ctx, s, fmt.Sprintf(`i.id IN (SELECT id FROM items WHERE id > $1 AND relevant
			AND (grade = 'official' OR tags LIKE '%%"event"%%') ORDER BY id LIMIT %d)`, noticeBatch), last)
		if err != nil || len(items) == 0 {
			return total, err
		}
		last = int64(items[len(items)-1].ID)
		var batch []Noticed
		err = s.InTx(ctx, func(ctx context.Context, tx *Tx) error {
			batch = batch[:0]
			for _, item := range items {
				if !tells(item.Document, item.Tags) {
					continue
				}
				noticed, err := tx.Notice(ctx, item.ID, item.Document, base)
				if err != nil {
					return err
				}
				batch = append(batch, noticed)
			}
			return nil
		})
		if err != nil {
			return total, fmt.Errorf("noticing what the items tell: %w", err)
		}
		for _, n := range batch {
			total.Opened += n.Opened
			total.Crawled += n.Crawled
			total.Suggested += n.Suggested
		}
	}
}
