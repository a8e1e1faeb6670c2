//go:build !sqlite_fts5

package store

// SQLite is compiled with full-text search only by a build tag. Without it the
// binary could not search, so the build stops here with a name that says what to do.
var _ = build_with_make_or_with_the_tag_sqlite_fts5
