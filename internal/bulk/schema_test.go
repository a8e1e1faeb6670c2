package bulk_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

func written(t *testing.T) (string, *bulk.Exporter) {
	t.Helper()
	w := open(t, filepath.Join(t.TempDir(), "test.db"))
	x := w.exporter(t, w.whole)
	return filepath.Join(w.folder, publish(t, x).Set), x
}

func jsonOf(t *testing.T, path string) object {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return decode(t, content)
}

// TestEachLineFollowsItsSchema lets another implementation of JSON Schema judge, also
// of the fields that nobody described.
func TestEachLineFollowsItsSchema(t *testing.T) {
	t.Parallel()
	folder, x := written(t)
	for _, table := range x.Tables() {
		document := jsonOf(t, filepath.Join(folder, table+".schema.json"))
		if document["$schema"] != "https://json-schema.org/draft/2020-12/schema" || document["$id"] != base+"/bulk/latest/"+table+".schema.json" {
			t.Errorf("%s: got %v, %v", table, document["$schema"], document["$id"])
		}
		for _, strict := range []bool{false, true} {
			if strict {
				for _, shape := range document["$defs"].(object) {
					shape.(object)["additionalProperties"] = false
				}
			}
			compiler := jsonschema.NewCompiler()
			compiler.AssertFormat()
			if err := compiler.AddResource("mem:/"+table, any(document)); err != nil {
				t.Fatal(err)
			}
			schema, err := compiler.Compile("mem:/" + table)
			if err != nil {
				t.Fatal(err)
			}
			all := lines(t, filepath.Join(folder, table+".ndjson.gz"))
			if len(all) == 0 {
				t.Errorf("%s is empty, so that nothing is judged", table)
			}
			for _, line := range all {
				value, err := jsonschema.UnmarshalJSON(bytes.NewReader(line))
				if err != nil {
					t.Fatal(err)
				}
				if err := schema.Validate(value); err != nil {
					t.Errorf("%s: %v in %s", table, err, line)
				}
			}
			if err := schema.Validate(object{"id": true}); err == nil {
				t.Errorf("the schema of %s takes anything", table)
			}
		}
	}
}

// TestSchemasAreThoseOfTheAPI compares them with the committed OpenAPI document.
func TestSchemasAreThoseOfTheAPI(t *testing.T) {
	t.Parallel()
	folder, x := written(t)
	content, err := os.ReadFile(filepath.Join(prerequisite.Root(t), "api", "testdata", "openapi.json"))
	if err != nil {
		t.Fatal(err)
	}
	known := decode(t, bytes.ReplaceAll(content, []byte("#/components/schemas/"), []byte("#/$defs/")))["components"].(object)["schemas"].(object)
	for _, table := range x.Tables() {
		for name, shape := range jsonOf(t, filepath.Join(folder, table+".schema.json"))["$defs"].(object) {
			if !reflect.DeepEqual(shape, known[name]) {
				t.Errorf("%s: %s is not what the API says", table, name)
			}
		}
	}
}

// TestCellsAreWhatTheMetadataSay reads each table as its CSVW metadata describe it,
// and finds the rows of the other form.
func TestCellsAreWhatTheMetadataSay(t *testing.T) {
	t.Parallel()
	folder, x := written(t)
	for _, table := range x.Tables() {
		var metadata struct {
			URL         string
			TableSchema struct {
				Columns []struct{ Name, Datatype, Separator string }
				Key     string `json:"primaryKey"`
			}
		}
		content, err := os.ReadFile(filepath.Join(folder, table+".csv-metadata.json"))
		if err == nil {
			err = json.Unmarshal(content, &metadata)
		}
		if err != nil || metadata.URL != table+".csv" {
			t.Fatalf("%s: %+v, %v", table, metadata, err)
		}
		lines, err := csv.NewReader(bytes.NewReader(unzipped(t, filepath.Join(folder, table+".csv.gz")))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		objects := rows(t, folder, table)
		if len(lines) != len(objects)+1 {
			t.Errorf("%s has %d lines for %d rows", table, len(lines)-1, len(objects))
		}
		for n, column := range metadata.TableSchema.Columns {
			if lines[0][n] != column.Name {
				t.Errorf("%s: column %d is %s, described as %s", table, n, lines[0][n], column.Name)
			}
			for row, line := range lines[1:] {
				if fault := faultOf(column.Datatype, column.Separator, line[n], objects[row][column.Name]); fault != "" {
					t.Errorf("%s: row %d: %s is %q: %s", table, row, column.Name, line[n], fault)
				}
			}
		}
		if len(lines[0]) != len(metadata.TableSchema.Columns) {
			t.Errorf("%s has %d columns, described are %d", table, len(lines[0]), len(metadata.TableSchema.Columns))
		}
		if key := metadata.TableSchema.Key; key != "" {
			n, seen := slices.Index(lines[0], key), map[string]bool{}
			for _, line := range lines[1:] {
				if seen[line[n]] || line[n] == "" {
					t.Errorf("%s has two rows %q", table, line[n])
				}
				seen[line[n]] = true
			}
		}
	}
}

// faultOf compares a cell with its type and, where the other form has a field of that
// name, with its value.
func faultOf(datatype, separator, cell string, field any) string {
	var err error
	want, compared := "", true
	switch value := field.(type) {
	case string:
		want = value
	case float64:
		want = strconv.FormatFloat(value, 'f', -1, 64)
	case bool:
		want = strconv.FormatBool(value)
	case []any:
		var parts []string
		for _, part := range value {
			text, plain := part.(string)
			compared = compared && plain
			parts = append(parts, text)
		}
		want = strings.Join(parts, separator)
	default:
		compared = field == nil && cell == ""
	}
	switch {
	case cell == "":
	case datatype == "integer":
		_, err = strconv.ParseInt(cell, 10, 64)
	case datatype == "boolean":
		_, err = strconv.ParseBool(cell)
	case datatype == "dateTime":
		var a, b time.Time
		a, err = time.Parse(time.RFC3339, cell)
		if b, _ = time.Parse(time.RFC3339, want); err == nil && a.Equal(b.Truncate(time.Second)) {
			return ""
		}
	}
	if err != nil {
		return err.Error()
	}
	if strings.HasPrefix(cell, "'=") {
		cell = cell[1:]
	}
	if _, isText := field.(string); (compared && isText || field != nil && compared && separator != "") && cell != want {
		return "the other form has " + want
	}
	return ""
}
