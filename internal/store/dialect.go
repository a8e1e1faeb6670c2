package store

import (
	"strconv"
	"strings"
)

// dialect is what differs between the databases. SQL is written with $1, $2 …
// as PostgreSQL has it.
type dialect struct {
	name    string                     // goose's and our folder's name
	rewrite func(sql string) string    // from our SQL to the database's
	month   func(column string) string // "2026-05" of a column of epoch milliseconds
	now     string                     // the database's clock, epoch milliseconds; one clock for all processes
	search  searchDialect
}

var sqliteDialect = dialect{
	name:    "sqlite",
	rewrite: numberedParameters,
	month:   func(column string) string { return "strftime('%Y-%m', " + column + " / 1000, 'unixepoch')" },
	now:     "CAST(unixepoch('subsec') * 1000 AS INTEGER)",
	search:  sqliteSearch{},
}

var postgresDialect = dialect{
	name:    "postgres",
	rewrite: func(sql string) string { return sql },
	month: func(column string) string {
		return "to_char(to_timestamp(" + column + " / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM')"
	},
	now:    "CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)",
	search: postgresSearch{},
}

// numberedParameters turns $1 into ?1 outside of literals. In SQLite $1 is a
// name, and names are bound in the order in which they first appear: "$2 … $1"
// would silently swap the two values.
func numberedParameters(sql string) string {
	var out strings.Builder
	out.Grow(len(sql))
	quoted := false
	for i := range len(sql) {
		c := sql[i]
		if c == '\'' {
			quoted = !quoted
		}
		if c == '$' && !quoted && i+1 < len(sql) && sql[i+1] >= '0' && sql[i+1] <= '9' {
			c = '?'
		}
		out.WriteByte(c)
	}
	return out.String()
}

// arguments collects the values of a statement and hands out their places.
type arguments []any

// add returns the placeholder of a new value.
func (a *arguments) add(value any) string {
	*a = append(*a, value)
	return "$" + strconv.Itoa(len(*a))
}

// list returns the placeholders of several values, parted by commas.
func list[T any](a *arguments, values []T) string {
	places := make([]string, len(values))
	for i, v := range values {
		places[i] = a.add(v)
	}
	return strings.Join(places, ", ")
}
