// Package store keeps what Backdoor Watch knows, in SQLite (one file, the
// default) or in PostgreSQL. It holds all SQL of the project but the job
// library's own.
//
// One SQL text serves both databases wherever it can; what differs is in the
// dialect and in the two folders of migrations. Three ideas carry the rest:
//
//   - sort_key is one number that orders items by (date shown, id). Lists, tags
//     and the full-text index are all kept in its order, so a page is read off an
//     index from the cursor on, and nothing is sorted.
//   - item_tags holds every word by which a list can be narrowed as
//     "facet:value": the classifier's tags, people's corrections, the sources and
//     the language alike. A sub-national jurisdiction is there with its parent.
//   - Search words are folded in Go, the same for text and question, so that both
//     databases find the same items in every script.
package store
