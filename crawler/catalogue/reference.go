package catalogue

import (
	"reflect"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
)

// Block is a block of keys that a file of sources may hold.
type Block struct {
	Name  string // where the block stands, in words
	Intro string
	Keys  []Key
}

// Key is one key of a block.
type Key struct {
	Name  string
	Type  string // what is written after it
	About string
}

// Reference lists every key that a file of sources may hold, block by block,
// taken from the very structs that are read.
func Reference() []Block {
	return []Block{
		block("A source", "One entry of the list.", entry{}),
		block("`json`, `xml`, `html` of a source", "The three differ only in the language of their expressions.", listing.Spec{}),
		block("`fields`", "Each is an expression, a list of choices, or a choice with more to say.", listing.Fields{}),
		block("A field written as a block", "A field may also be a list of these, of which the first that yields something wins.", listing.Choice{}),
		block("`steps`", "", listing.Steps{}),
		block("`steps.stages`", "A list of these.", listing.StageWords{}),
		block("`paging`", "", listing.Paging{}),
		block("`key`", "", listing.Key{}),
		block("`details`", "A list of these.", detailEntry{}),
		block("`sitemap`", "", Sitemap{}),
		block("`official`", "A list of these.", OfficialID{}),
	}
}

func block(name, intro string, of any) Block {
	return Block{Name: name, Intro: intro, Keys: keysIn(reflect.TypeOf(of))}
}

func keysIn(of reflect.Type) (keys []Key) {
	for i := range of.NumField() {
		field := of.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if options == "inline" {
			keys = append(keys, keysIn(field.Type)...)
			continue
		}
		if name != "" {
			keys = append(keys, Key{Name: name, Type: typeName(field.Type), About: field.Tag.Get("about")})
		}
	}
	return keys
}

func typeName(t reflect.Type) string {
	switch {
	case t == durationType:
		return "length of time"
	case t == fieldType:
		return "field"
	case t.Kind() == reflect.Pointer, t.Kind() == reflect.Struct:
		return "block"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Struct:
		return "list of blocks"
	case t.Kind() == reflect.Slice:
		return "list"
	case t.Kind() == reflect.Map:
		return "names and values"
	case t.Kind() == reflect.Bool:
		return "true or false"
	case t.Kind() == reflect.Int:
		return "number"
	}
	return "text"
}
