package catalogue

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"gopkg.in/yaml.v3"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
)

// decoder fills structs from YAML nodes. Other than the library's own decoder
// it goes on after a mistake, so that all are found at once, and remembers the
// line of every key, so that what later proves wrong can be shown where it
// stands.
type decoder struct {
	file     string
	source   string         // the id under which problems are reported
	lines    map[string]int // by the path of the key
	problems Problems
}

func (d *decoder) fail(line int, key, format string, args ...any) {
	name := strings.Trim(d.source+"."+key, ".")
	d.problems = append(d.problems, Problem{d.file, line, name, fmt.Sprintf(format, args...)})
}

// at reports a mistake at a key that was read before, or at its closest parent.
func (d *decoder) at(key, format string, args ...any) {
	line := 0
	for path := key; line == 0; {
		line = d.lines[path]
		if path == "" {
			break
		}
		if i := strings.LastIndexByte(path, '.'); i >= 0 {
			path = path[:i]
		} else {
			path = ""
		}
	}
	d.fail(line, key, format, args...)
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

var (
	durationType = reflect.TypeFor[time.Duration]()
	fieldType    = reflect.TypeFor[listing.Field]()
)

// decode fills into from node.
func (d *decoder) decode(node *yaml.Node, path string, into reflect.Value) {
	if node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	d.lines[path] = node.Line
	switch {
	case into.Type() == durationType:
		d.duration(node, path, into)
	case into.Type() == fieldType:
		into.Set(reflect.ValueOf(d.field(node, path)))
	case into.Kind() == reflect.Pointer:
		into.Set(reflect.New(into.Type().Elem()))
		d.decode(node, path, into.Elem())
	case into.Kind() == reflect.Struct:
		d.mapping(node, path, into)
	case into.Kind() == reflect.Slice:
		d.list(node, path, into)
	case into.Kind() == reflect.Map:
		d.texts(node, path, into)
	default:
		d.scalar(node, path, into)
	}
}

func (d *decoder) mapping(node *yaml.Node, path string, into reflect.Value) {
	if node.Kind != yaml.MappingNode {
		d.fail(node.Line, path, "%s stands where keys and values belong", what(node))
		return
	}
	known := keysOf(into)
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key, value := node.Content[i], node.Content[i+1]
		target, ok := known[key.Value]
		switch {
		case !ok:
			d.fail(key.Line, join(path, key.Value), "unknown key; known here are %s", strings.Join(slices.Sorted(maps.Keys(known)), ", "))
		case seen[key.Value]:
			d.fail(key.Line, join(path, key.Value), "given twice")
		default:
			d.decode(value, join(path, key.Value), target)
			d.lines[join(path, key.Value)] = key.Line
		}
		seen[key.Value] = true
	}
}

// keysOf returns the fields of a struct by their YAML keys, those of embedded
// structs included.
func keysOf(value reflect.Value) map[string]reflect.Value {
	keys := map[string]reflect.Value{}
	for i := range value.NumField() {
		name, options, _ := strings.Cut(value.Type().Field(i).Tag.Get("yaml"), ",")
		if options == "inline" {
			maps.Copy(keys, keysOf(value.Field(i)))
			continue
		}
		if name != "" {
			keys[name] = value.Field(i)
		}
	}
	return keys
}

func (d *decoder) list(node *yaml.Node, path string, into reflect.Value) {
	if node.Kind == yaml.ScalarNode && into.Type().Elem().Kind() == reflect.String && node.Tag != "!!null" {
		into.Set(reflect.Append(into, reflect.ValueOf(node.Value).Convert(into.Type().Elem())))
		return // one value may be written without the list around it
	}
	if node.Kind != yaml.SequenceNode {
		d.fail(node.Line, path, "%s stands where a list belongs", what(node))
		return
	}
	for i, element := range node.Content {
		value := reflect.New(into.Type().Elem()).Elem()
		d.decode(element, join(path, strconv.Itoa(i)), value)
		into.Set(reflect.Append(into, value))
	}
}

func (d *decoder) texts(node *yaml.Node, path string, into reflect.Value) {
	if node.Kind != yaml.MappingNode {
		d.fail(node.Line, path, "%s stands where names and values belong", what(node))
		return
	}
	into.Set(reflect.MakeMap(into.Type()))
	for i := 0; i+1 < len(node.Content); i += 2 {
		value := reflect.New(into.Type().Elem()).Elem()
		d.decode(node.Content[i+1], join(path, node.Content[i].Value), value)
		into.SetMapIndex(reflect.ValueOf(node.Content[i].Value), value)
	}
}

// field reads an expression, or a list of choices.
func (d *decoder) field(node *yaml.Node, path string) listing.Field {
	switch node.Kind {
	case yaml.ScalarNode:
		return listing.Field{{At: node.Value}}
	case yaml.MappingNode:
		var choice listing.Choice
		d.mapping(node, path, reflect.ValueOf(&choice).Elem())
		return listing.Field{choice}
	case yaml.SequenceNode:
		var out listing.Field
		for i, element := range node.Content {
			d.lines[join(path, strconv.Itoa(i))] = element.Line
			out = append(out, d.field(element, join(path, strconv.Itoa(i)))...)
		}
		return out
	}
	d.fail(node.Line, path, "%s stands where an expression belongs", what(node))
	return nil
}

func (d *decoder) duration(node *yaml.Node, path string, into reflect.Value) {
	text := node.Value
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.Atoi(days); err == nil {
			into.SetInt(int64(time.Duration(n) * 24 * time.Hour))
			return
		}
	}
	length, err := time.ParseDuration(text)
	if err != nil || node.Kind != yaml.ScalarNode {
		d.fail(node.Line, path, "%q is no length of time: write 30m, 2h or 1d", text)
		return
	}
	into.SetInt(int64(length))
}

func (d *decoder) scalar(node *yaml.Node, path string, into reflect.Value) {
	if node.Kind != yaml.ScalarNode {
		d.fail(node.Line, path, "%s stands where one value belongs", what(node))
		return
	}
	switch into.Kind() {
	case reflect.String:
		if node.Tag == "!!null" {
			d.fail(node.Line, path, "the value is empty")
			return
		}
		into.SetString(node.Value)
	case reflect.Bool:
		value, err := strconv.ParseBool(node.Value)
		if err != nil {
			d.fail(node.Line, path, "%q is neither true nor false", node.Value)
		}
		into.SetBool(value)
	case reflect.Int:
		value, err := strconv.Atoi(node.Value)
		if err != nil {
			d.fail(node.Line, path, "%q is no whole number", node.Value)
		}
		into.SetInt(int64(value))
	}
}

func what(node *yaml.Node) string {
	switch node.Kind {
	case yaml.SequenceNode:
		return "a list"
	case yaml.MappingNode:
		return "a block of keys"
	}
	if node.Tag == "!!null" {
		return "nothing"
	}
	return strconv.Quote(node.Value)
}
