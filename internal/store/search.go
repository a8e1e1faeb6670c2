package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// searchDialect is full-text search in one of the databases. Both index the same
// folded words, so both find the same items.
type searchDialect interface {
	// put indexes an item under its sort key.
	put(ctx context.Context, tx *Tx, key int64, c content, relevant bool) error
	// remove takes an item out of the index.
	remove(ctx context.Context, tx *Tx, key int64) error
	// table is the index, with its column "sort_key" under the name that key gives.
	table() (name, key string)
	// condition returns what must hold of the index for an item to be found.
	condition(q wordQuery, args *arguments) string
}

// wordQuery is the part of a search that looks at words. All phrases must be there
// and none of those in not.
type wordQuery struct {
	phrases, not []phrase
	relevance    policy.Relevance
}

// phrase is a run of folded words.
type phrase struct {
	words []string
	title bool // only in the title
}

// mark is a word that stands for the relevance of an item. No folded word holds a
// sign like it.
func mark(relevant bool) string {
	if relevant {
		return "yes"
	}
	return "no"
}

type sqliteSearch struct{}

func (sqliteSearch) table() (name, key string) { return "item_search", "item_search.rowid" }

func (sqliteSearch) put(ctx context.Context, tx *Tx, key int64, c content, relevant bool) error {
	_, err := tx.exec(ctx, "INSERT INTO item_search (rowid, title, summary, body, marks) VALUES ($1, $2, $3, $4, $5)",
		key, strings.Join(c.title, " "), strings.Join(c.summary, " "), strings.Join(c.text, " "), "all "+mark(relevant))
	if err != nil {
		return fmt.Errorf("indexing the words: %w", err)
	}
	return nil
}

func (sqliteSearch) remove(ctx context.Context, tx *Tx, key int64) error {
	if _, err := tx.exec(ctx, "DELETE FROM item_search WHERE rowid = $1", key); err != nil {
		return fmt.Errorf("taking the words out of the index: %w", err)
	}
	return nil
}

// condition writes FTS5's own language. Folded words hold letters, digits and
// marks only, so none can end the quotation that it stands in.
func (sqliteSearch) condition(q wordQuery, args *arguments) string {
	terms := []string{"marks : all"}
	if q.relevance != policy.AnyRelevance {
		terms[0] = "marks : " + mark(q.relevance != policy.Irrelevant)
	}
	for _, p := range q.phrases {
		terms = append(terms, p.fts5())
	}
	text := "(" + strings.Join(terms, " AND ") + ")"
	for _, p := range q.not {
		text += " NOT " + p.fts5()
	}
	return "item_search MATCH " + args.add(text)
}

func (p phrase) fts5() string {
	columns := "{title summary body}"
	if p.title {
		columns = "{title}"
	}
	return columns + ` : "` + strings.Join(p.words, " ") + `"`
}

type postgresSearch struct{}

func (postgresSearch) table() (name, key string) { return "item_search", "item_search.sort_key" }

// A phrase is looked for in the words in their order, parted by spaces. A phrase
// does not go on from the title into the text: this sign stands between them.
const between = " | "

func (postgresSearch) put(ctx context.Context, tx *Tx, key int64, c content, relevant bool) error {
	distinct := slices.Concat(c.title, c.summary, c.text, []string{"=" + mark(relevant)})
	slices.Sort(distinct)
	title := strings.Join(c.title, " ")
	body := title + between + strings.Join(c.summary, " ") + between + strings.Join(c.text, " ")
	_, err := tx.exec(ctx, "INSERT INTO item_search (sort_key, words, title, body) VALUES ($1, $2, $3, $4)",
		key, slices.Compact(distinct), " "+title+" ", " "+body+" ")
	if err != nil {
		return fmt.Errorf("indexing the words: %w", err)
	}
	return nil
}

func (postgresSearch) remove(ctx context.Context, tx *Tx, key int64) error {
	if _, err := tx.exec(ctx, "DELETE FROM item_search WHERE sort_key = $1", key); err != nil {
		return fmt.Errorf("taking the words out of the index: %w", err)
	}
	return nil
}

// condition narrows by the index of single words first and then reads on for
// phrases and titles.
func (postgresSearch) condition(q wordQuery, args *arguments) string {
	needed := []string{} // not nil, which would be NULL
	var conditions []string
	if q.relevance != policy.AnyRelevance {
		needed = append(needed, "="+mark(q.relevance != policy.Irrelevant))
	}
	for _, p := range q.phrases {
		needed = append(needed, p.words...)
		if p.title || len(p.words) > 1 {
			conditions = append(conditions, p.position(args))
		}
	}
	for _, p := range q.not {
		conditions = append(conditions, "NOT (words @> "+args.add(p.words)+" AND "+p.position(args)+")")
	}
	conditions = append(conditions, "words @> "+args.add(needed))
	return strings.Join(conditions, " AND ")
}

func (p phrase) position(args *arguments) string {
	column := "item_search.body"
	if p.title {
		column = "item_search.title"
	}
	return "position(" + args.add(" "+strings.Join(p.words, " ")+" ") + " IN " + column + ") > 0"
}
