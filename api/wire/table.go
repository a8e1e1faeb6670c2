package wire

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Column is one column of a table.
type Column[T any] struct {
	Name  string
	Value func(T) string
}

// CSV writes rows as a table (RFC 4180) with a line of names; several values in a
// cell are parted by spaces.
func CSV[T any](columns []Column[T], rows []T) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	line := make([]string, len(columns))
	for n, c := range columns {
		line[n] = c.Name
	}
	_ = w.Write(line) // a failure is kept, see Error
	for _, row := range rows {
		for n, c := range columns {
			line[n] = inert(c.Value(row))
		}
		_ = w.Write(line)
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("writing CSV: %w", err)
	}
	return b.Bytes(), nil
}

// inert keeps a spreadsheet from taking a foreign text for a formula, which could
// send what else is in the sheet to anybody.
func inert(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// NDJSON writes rows as one JSON object a line.
func NDJSON[T any](rows []T) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, row := range rows {
		if err := encoder.Encode(row); err != nil {
			return nil, fmt.Errorf("writing NDJSON: %w", err)
		}
	}
	return b.Bytes(), nil
}

func textOf(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

func timeOf(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

func valueOf(t *TagRow) string {
	if t == nil {
		return ""
	}
	return t.Value
}

func valuesOf(tags []TagRow) string {
	return strings.Join(each(tags, func(t TagRow) string { return t.Value }), " ")
}
