package listing

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/itchyny/gojq"
)

// exprTime is the most that one jq expression may take on one row, so that a
// runaway program in an operator's file cannot hold the crawler.
const exprTime = 5 * time.Second

// maxResults is the most values that one expression may yield on one row.
const maxResults = 20_000

type jsonEngine struct{}

func (jsonEngine) compile(text string) (expression, error) {
	query, err := gojq.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("no jq expression: %w", err)
	}
	// No loader of environment, modules or input is given: the expression sees
	// the answer and nothing else.
	code, err := gojq.Compile(query)
	if err != nil {
		return nil, fmt.Errorf("no jq expression: %w", err)
	}
	return code, nil
}

func (jsonEngine) open(body []byte, _ string) (row, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber() // ids beyond 2^53 keep their digits
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("no readable JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("more follows after the end of the JSON")
	}
	return jsonRow{value}, nil
}

type jsonRow struct{ value any }

// rows opens an array that the expression yields, so that an answer with one
// object where others have an array reads the same.
func (r jsonRow) rows(e expression) ([]row, error) {
	if e == nil {
		return []row{r}, nil
	}
	values, err := run(e, r.value)
	var out []row
	for _, v := range values {
		switch v := v.(type) {
		case nil:
		case []any:
			for _, element := range v {
				out = append(out, jsonRow{element})
			}
		default:
			out = append(out, jsonRow{v})
		}
	}
	return out, err
}

func (r jsonRow) texts(e expression) ([]string, error) {
	values, err := run(e, r.value)
	var out []string
	for _, v := range values {
		out = appendTexts(out, v)
	}
	return out, err
}

func appendTexts(out []string, v any) []string {
	switch v := v.(type) {
	case string:
		return append(out, v)
	case bool:
		return append(out, strconv.FormatBool(v))
	case json.Number:
		return append(out, v.String())
	case int:
		return append(out, strconv.Itoa(v))
	case float64:
		return append(out, strconv.FormatFloat(v, 'f', -1, 64))
	case []any:
		for _, element := range v {
			out = appendTexts(out, element)
		}
	}
	return out
}

func run(e expression, input any) ([]any, error) {
	code, ok := e.(*gojq.Code)
	if !ok {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), exprTime)
	defer cancel()
	iter := code.RunWithContext(ctx, input)
	var out []any
	for len(out) < maxResults {
		v, ok := iter.Next()
		if !ok {
			return out, nil
		}
		if err, failed := v.(error); failed {
			var halt *gojq.HaltError
			if errors.As(err, &halt) && halt.Value() == nil {
				return out, nil
			}
			return out, err
		}
		out = append(out, v)
	}
	return out, fmt.Errorf("the expression yields more than %d values", maxResults)
}

// table turns rows that are arrays into objects with the names of the header.
func table(rows []row, names []string) []row {
	out := make([]row, 0, len(rows))
	for _, r := range rows {
		cells, ok := r.(jsonRow).value.([]any)
		if !ok {
			out = append(out, r)
			continue
		}
		object := make(map[string]any, len(names))
		for i, name := range names {
			if i < len(cells) {
				object[name] = cells[i]
			}
		}
		out = append(out, jsonRow{object})
	}
	return out
}
