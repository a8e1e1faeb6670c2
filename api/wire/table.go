package wire

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"
)

// Column is one column of a table.
type Column[T any] struct {
	Name  string
	Value func(T) string
}

// Sheet writes rows one by one as a table (RFC 4180) with a line of names; several
// values in a cell are parted by spaces.
type Sheet[T any] struct {
	columns []Column[T]
	writer  *csv.Writer
	line    []string
}

// NewSheet begins a table with its line of names.
func NewSheet[T any](to io.Writer, columns []Column[T]) *Sheet[T] {
	s := &Sheet[T]{columns, csv.NewWriter(to), make([]string, len(columns))}
	s.writer.UseCRLF = true
	for n, c := range columns {
		s.line[n] = c.Name
	}
	_ = s.writer.Write(s.line) // a failure is kept, see Flush
	return s
}

// Write adds a row.
func (s *Sheet[T]) Write(row T) error {
	for n, c := range s.columns {
		s.line[n] = inert(c.Value(row))
	}
	return s.writer.Write(s.line)
}

// Flush writes out what is held back.
func (s *Sheet[T]) Flush() error {
	s.writer.Flush()
	return s.writer.Error()
}

// CSV writes all rows as one table.
func CSV[T any](columns []Column[T], rows []T) ([]byte, error) {
	var b bytes.Buffer
	sheet := NewSheet(&b, columns)
	for _, row := range rows {
		_ = sheet.Write(row) // a failure is kept, see Flush
	}
	if err := sheet.Flush(); err != nil {
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
