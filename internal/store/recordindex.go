package store

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The record is searched as items are: the same folding, the same language, the
// same two kinds of index. They differ from those of items in their names alone.
const recordIndex = "record_search"

func recordCondition(d dialect, q wordQuery, args *arguments) string {
	items, _ := d.search.table()
	return strings.ReplaceAll(d.search.condition(q, args), items, recordIndex)
}

// recordKey is the column of the index that is record_texts.number.
func (s *Store) recordKey() string {
	if s.pool != nil {
		return recordIndex + ".number"
	}
	return recordIndex + ".rowid"
}

// indexed is an entry as the index takes it: in folded words.
type indexed struct {
	number      int64
	names, said []string
}

// putRecord indexes entries: their names and what is said of them.
func (tx *Tx) putRecord(ctx context.Context, entries ...indexed) error {
	var args arguments
	rows := make([]string, len(entries))
	for i, e := range entries {
		rows[i] = tx.recordRow(e, &args)
	}
	text := "INSERT INTO record_search (rowid, title, summary, body, marks) VALUES "
	if tx.postgres != nil {
		text = "INSERT INTO record_search (number, words, title, body) VALUES "
	}
	if _, err := tx.exec(ctx, text+strings.Join(rows, ", "), args...); err != nil {
		return fmt.Errorf("indexing the words: %w", err)
	}
	return nil
}

func (tx *Tx) recordRow(e indexed, args *arguments) string {
	title, said := strings.Join(e.names, " "), strings.Join(e.said, " ")
	if tx.postgres == nil {
		return "(" + args.add(e.number) + ", " + args.add(title) + ", '', " + args.add(said) + ", 'all')"
	}
	distinct := slices.Concat(e.names, e.said)
	slices.Sort(distinct)
	return "(" + args.add(e.number) + ", " + args.add(slices.Compact(distinct)) + ", " + args.add(" "+title+" ") + ", " + args.add(" "+title+between+said+" ") + ")"
}

func (tx *Tx) removeRecord(ctx context.Context, number int64) error {
	_, err := tx.exec(ctx, "DELETE FROM record_search WHERE "+strings.TrimPrefix(tx.store.recordKey(), recordIndex+".")+" = $1", number)
	if err != nil {
		return fmt.Errorf("taking the words out of the index: %w", err)
	}
	return nil
}

// SearchRecord returns the entries of the record that hold the words of a search,
// the best first. It reads the search as Items does; of the terms that name a field
// it looks at "title" alone, which here means an entry's names: the others are for
// those who have the record in memory. A search without words finds nothing. No
// kinds means all of them.
func (s *Store) SearchRecord(ctx context.Context, text string, kinds ...policy.RecordKind) ([]policy.RecordHit, error) {
	var chosen selection
	if err := chosen.search(text); err != nil {
		return nil, err
	}
	if !chosen.searched() {
		return nil, nil
	}
	if len(kinds) == 0 {
		kinds = policy.RecordKinds.Values()
	}
	chosen.words.relevance = policy.AnyRelevance
	hits, err := s.searchRecord(ctx, chosen.words, textsOf(kinds))
	if err != nil {
		return nil, fmt.Errorf("searching the record: %w", err)
	}
	return hits, nil
}

func (s *Store) searchRecord(ctx context.Context, words wordQuery, kinds []string) ([]policy.RecordHit, error) {
	inNames := wordQuery{not: words.not, relevance: words.relevance}
	for _, p := range words.phrases {
		p.title = true
		inNames.phrases = append(inNames.phrases, p)
	}
	var args arguments
	found := func(q wordQuery) string {
		return "number IN (SELECT " + s.recordKey() + " FROM record_search WHERE " + recordCondition(s.dialect, q, &args) + ")"
	}
	query := "SELECT kind, id, CASE WHEN " + found(inNames) + " THEN 1 ELSE 2 END AS rank FROM record_texts WHERE " +
		found(words) + " AND kind IN (" + list(&args, kinds) + ") ORDER BY rank, number"
	var hits []policy.RecordHit
	rows, err := s.query(ctx, query, args...)
	err = each(rows, err, func(rows *sql.Rows) error {
		var hit policy.RecordHit
		err := rows.Scan(&hit.Kind, &hit.ID, &hit.Rank)
		hits = append(hits, hit)
		return err
	})
	slices.SortStableFunc(hits, func(a, b policy.RecordHit) int {
		if a.Rank != b.Rank {
			return a.Rank - b.Rank
		}
		kinds := policy.RecordKinds.Values()
		return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind)
	})
	return hits, err
}
