package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// maxOfficialIDs is how many ids one bill may have. A document that states more is an
// agenda or a digest, and about none of them in particular.
const maxOfficialIDs = 4

// noticeCandidate lets a relevant official document that belongs to no dossier open
// a candidate, or join the one that has one of its ids. It reports whether that has
// become a dossier, to which the item is now linked.
func (tx *Tx) noticeCandidate(ctx context.Context, row itemRow, doc policy.Document, noticed *Noticed) (linked bool, _ error) {
	place, ids := homeOf(row, doc), officialIDs(doc)
	if place == "" || len(ids) == 0 || len(ids) > maxOfficialIDs || !row.Tags.IsRelevant() || len(row.Tags.Dossiers) > 0 {
		return false, nil
	}
	c, err := tx.candidateOf(ctx, place, ids)
	if err != nil {
		return false, err
	}
	if c.ID == 0 {
		noticed.Opened = 1
		if c, err = tx.openCandidate(ctx, row, doc, place); err != nil {
			return false, err
		}
	}
	noticed.Candidate = c.ID
	if err := tx.joinCandidate(ctx, c, row, doc, place, ids); err != nil {
		return false, err
	}
	if c.Dossier == "" {
		return false, nil
	}
	return true, tx.linkItem(ctx, row, c.Dossier)
}

// homeOf is the jurisdiction of what a document states: that of its source, or, of a
// source that reports of all places, the one that the text is about.
func homeOf(row itemRow, doc policy.Document) string {
	if doc.Jurisdiction != "" && doc.Jurisdiction != "INT" || len(row.Tags.Jurisdictions) == 0 {
		return doc.Jurisdiction
	}
	return row.Tags.Jurisdictions[0].Value
}

type officialID struct{ normal, written string }

func officialIDs(doc policy.Document) []officialID {
	var ids []officialID
	for _, written := range doc.OfficialIDs {
		written = strings.TrimSpace(clean(written))
		id := officialID{knowledge.NormalOfficialID(written), written}
		if id.normal != "" && !slices.ContainsFunc(ids, func(o officialID) bool { return o.normal == id.normal }) {
			ids = append(ids, id)
		}
	}
	return ids
}

// candidateOf returns the oldest candidate that has one of the ids; one without a
// number where there is none.
func (tx *Tx) candidateOf(ctx context.Context, place string, ids []officialID) (policy.Candidate, error) {
	normal := make([]string, len(ids))
	for i, id := range ids {
		normal[i] = id.normal
	}
	var args arguments
	found, err := candidatesWhere(ctx, tx, "c.id = (SELECT min(o.candidate) FROM candidate_ids o WHERE o.jurisdiction = "+
		args.add(place)+" AND o.official_id IN ("+list(&args, normal)+"))", args)
	if err != nil || len(found) == 0 {
		return policy.Candidate{}, err
	}
	return found[0], nil
}

// openCandidate makes a candidate, still without ids and items.
func (tx *Tx) openCandidate(ctx context.Context, row itemRow, doc policy.Document, place string) (policy.Candidate, error) {
	var last int64
	rows, err := tx.query(ctx, "SELECT coalesce(max(id), 0) FROM candidates")
	if _, err := first(rows, err, &last); err != nil {
		return policy.Candidate{}, fmt.Errorf("numbering a candidate: %w", err)
	}
	now := tx.store.now().UTC()
	c := policy.Candidate{
		ID: policy.CandidateID(last + 1), Jurisdiction: place, Title: doc.Title,
		FirstStage: firstStage(doc.Steps), FirstSeenAt: now, ChangedAt: now,
	}
	_, err = tx.exec(ctx, `INSERT INTO candidates
		(id, jurisdiction, title, first_stage, stage, stage_date, stage_text, measures, first_seen_at, changed_at, dossier, resolved_at)
		VALUES ($1, $2, $3, $4, '', '', '', '', $5, $5, '', 0)`, last+1, place, doc.Title, string(c.FirstStage), millis(now))
	if err != nil {
		return policy.Candidate{}, fmt.Errorf("opening a candidate: %w", err)
	}
	return c, nil
}

func firstStage(steps []policy.Step) policy.Stage {
	var earliest policy.Step
	for _, step := range steps {
		if mapped(step) && (earliest.Stage == "" || step.Date.Compare(earliest.Date) < 0) {
			earliest = step
		}
	}
	return earliest.Stage
}

func mapped(step policy.Step) bool {
	_, known := step.Stage.Words()
	return known && !step.Date.IsZero()
}

// joinCandidate adds what a document states to a candidate.
func (tx *Tx) joinCandidate(ctx context.Context, c policy.Candidate, row itemRow, doc policy.Document, place string, ids []officialID) error {
	changed := int64(0)
	for i, id := range ids {
		n, err := tx.exec(ctx, `INSERT INTO candidate_ids (jurisdiction, official_id, written, candidate, place)
			VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING`, place, id.normal, id.written, int64(c.ID), len(c.OfficialIDs)+i)
		if err != nil {
			return fmt.Errorf("keeping the id %s of candidate %d: %w", id.written, c.ID, err)
		}
		changed += n
	}
	n, err := tx.exec(ctx, "INSERT INTO candidate_items (candidate, item) VALUES ($1, $2) ON CONFLICT DO NOTHING", int64(c.ID), int64(row.ID))
	if err != nil {
		return fmt.Errorf("noting the item of candidate %d: %w", c.ID, err)
	}
	if moved, more := advance(&c, doc.Steps), gather(&c, row.Tags.Measures); moved || more {
		n++
	}
	if changed += n; changed == 0 {
		return nil
	}
	_, err = tx.exec(ctx, `UPDATE candidates SET stage = $1, stage_date = $2, stage_text = $3, measures = $4, changed_at = $5 WHERE id = $6`,
		string(c.Stage), c.StageDate.String(), c.StageText, strings.Join(textsOf(c.Measures), " "), millis(tx.store.now()), int64(c.ID))
	if err != nil {
		return fmt.Errorf("updating candidate %d: %w", c.ID, err)
	}
	return nil
}

// advance moves a candidate to the latest step and reports whether it moved.
func advance(c *policy.Candidate, steps []policy.Step) (moved bool) {
	for _, step := range steps {
		if mapped(step) && (c.Stage == "" || step.Date.Compare(c.StageDate) > 0) {
			c.Stage, c.StageDate, c.StageText = step.Stage, step.Date, short(step.Text)
			moved = true
		}
	}
	return moved
}

// gather adds measures and reports whether there were new ones.
func gather(c *policy.Candidate, tags []policy.Tag) (more bool) {
	for _, tag := range tags {
		if m := policy.Measure(tag.Value); !slices.Contains(c.Measures, m) {
			c.Measures = append(c.Measures, m)
			more = true
		}
	}
	return more
}

// candidatesWhere reads candidates with their ids and items, the newest first.
func candidatesWhere(ctx context.Context, db asker, where string, args []any) ([]policy.Candidate, error) {
	var all []policy.Candidate
	rows, err := db.query(ctx, `SELECT c.id, c.jurisdiction, c.title, c.first_stage, c.stage, c.stage_date, c.stage_text, c.measures,
		c.first_seen_at, c.changed_at, c.dossier, c.resolved_at FROM candidates c WHERE `+where, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		c, err := scanCandidate(rows)
		all = append(all, c)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("reading candidates: %w", err)
	}
	return all, addParts(ctx, db, all)
}

func scanCandidate(rows *sql.Rows) (policy.Candidate, error) {
	var c policy.Candidate
	var date, measures string
	var seen, changed, resolved int64
	err := rows.Scan(&c.ID, &c.Jurisdiction, &c.Title, &c.FirstStage, &c.Stage, &date, &c.StageText, &measures, &seen, &changed, &c.Dossier, &resolved)
	if err != nil {
		return c, err
	}
	for word := range strings.FieldsSeq(measures) {
		c.Measures = append(c.Measures, policy.Measure(word))
	}
	c.FirstSeenAt, c.ChangedAt, c.ResolvedAt = moment(seen), moment(changed), moment(resolved)
	c.StageDate, err = policy.ParseDate(date)
	return c, err
}

// addParts fills in the official ids and the items of candidates.
func addParts(ctx context.Context, db asker, all []policy.Candidate) error {
	if len(all) == 0 {
		return nil
	}
	byID, numbers := map[policy.CandidateID]*policy.Candidate{}, make([]int64, len(all))
	for i := range all {
		byID[all[i].ID], numbers[i] = &all[i], int64(all[i].ID)
	}
	var args arguments
	in := list(&args, numbers)
	rows, err := db.query(ctx, "SELECT candidate, written FROM candidate_ids WHERE candidate IN ("+in+") ORDER BY candidate, place, official_id", args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var id policy.CandidateID
		var written string
		err := rows.Scan(&id, &written)
		byID[id].OfficialIDs = append(byID[id].OfficialIDs, written)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the ids of candidates: %w", err)
	}
	rows, err = db.query(ctx, "SELECT candidate, item FROM candidate_items WHERE candidate IN ("+in+") ORDER BY candidate, item", args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var id policy.CandidateID
		var item policy.ItemID
		err := rows.Scan(&id, &item)
		byID[id].Items = append(byID[id].Items, item)
		return err
	})
	if err != nil {
		return fmt.Errorf("reading the items of candidates: %w", err)
	}
	return nil
}
