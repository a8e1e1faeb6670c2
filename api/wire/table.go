package wire

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// columns are the columns of a table of items, in order. New ones come at the end.
var columns = []struct {
	name  string
	value func(ItemRow) string
}{
	{"id", func(i ItemRow) string { return strconv.FormatInt(i.ID, 10) }},
	{"occurred_at", func(i ItemRow) string { return textOf(i.OccurredAt) }},
	{"first_seen_at", func(i ItemRow) string { return i.FirstSeenAt.Format(time.RFC3339) }},
	{"content_changed_at", func(i ItemRow) string { return i.ContentChangedAt.Format(time.RFC3339) }},
	{"verified_at", func(i ItemRow) string { return timeOf(i.VerifiedAt) }},
	{"title", func(i ItemRow) string { return i.Title }},
	{"link", func(i ItemRow) string { return i.Link }},
	{"page", func(i ItemRow) string { return i.Page }},
	{"source", func(i ItemRow) string { return i.Source.ID }},
	{"grade", func(i ItemRow) string { return i.Source.Grade }},
	{"language", func(i ItemRow) string { return i.Language }},
	{"relevant", func(i ItemRow) string { return valueOf(i.Tags.Relevant) }},
	{"kind", func(i ItemRow) string { return valueOf(i.Tags.Kind) }},
	{"stance", func(i ItemRow) string { return valueOf(i.Tags.Stance) }},
	{"jurisdictions", func(i ItemRow) string { return valuesOf(i.Tags.Jurisdictions) }},
	{"measures", func(i ItemRow) string { return valuesOf(i.Tags.Measures) }},
	{"dossiers", func(i ItemRow) string { return valuesOf(i.Tags.Dossiers) }},
	{"actors", func(i ItemRow) string { return valuesOf(i.Tags.Actors) }},
}

// CSV writes items as a table (RFC 4180) with a line of names; several values in
// a cell are parted by spaces.
func CSV(items []ItemRow) ([]byte, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	row := make([]string, len(columns))
	for n, c := range columns {
		row[n] = c.name
	}
	_ = w.Write(row) // a failure is kept, see Error
	for _, i := range items {
		for n, c := range columns {
			row[n] = inert(c.value(i))
		}
		_ = w.Write(row)
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

// NDJSON writes items as one JSON object a line.
func NDJSON(items []ItemRow) ([]byte, error) {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	for _, i := range items {
		if err := encoder.Encode(i); err != nil {
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
