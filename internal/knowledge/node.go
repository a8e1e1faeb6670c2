package knowledge

import (
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"gopkg.in/yaml.v3"
)

// reader turns the nodes of one file into values and notes what is wrong with
// them, so that one look shows every mistake with its line. It reads the text
// of a scalar as it is written, never YAML's idea of its type: the date 2026-05
// and the code NO stay what they are.
type reader struct {
	file     string
	layer    int
	problems Problems
}

func (r *reader) at(line int) place { return place{r.file, line, r.layer} }

func (r *reader) fail(node *yaml.Node, key, message string) { r.failAt(node.Line, key, message) }

func (r *reader) failAt(line int, key, message string) {
	r.problems = append(r.problems, r.at(line).problem(key, message))
}

func (r *reader) warn(node *yaml.Node, key, message string) {
	r.problems = append(r.problems, r.at(node.Line).warning(key, message))
}

// fields is a mapping of which every key is known.
type fields struct {
	*reader
	node   *yaml.Node
	key    string
	values map[string]*yaml.Node
}

// mapping reads node as a mapping of the known keys.
func (r *reader) mapping(node *yaml.Node, key string, known ...string) (fields, bool) {
	if node.Kind != yaml.MappingNode {
		r.fail(node, key, "this is "+kindOf(node)+"; write `key: value` lines with the keys "+strings.Join(known, ", "))
		return fields{}, false
	}
	f := fields{reader: r, node: node, key: key, values: make(map[string]*yaml.Node, len(known))}
	for i := 0; i+1 < len(node.Content); i += 2 {
		name := node.Content[i]
		switch {
		case !slices.Contains(known, name.Value):
			r.fail(name, f.path(name.Value), "there is no such key; use "+strings.Join(known, ", "))
		case f.values[name.Value] != nil:
			r.fail(name, f.path(name.Value), "this key was given before; keep one of them")
		default:
			f.values[name.Value] = node.Content[i+1]
		}
	}
	return f, true
}

func (f fields) path(name string) string {
	if f.key == "" {
		return name
	}
	return f.key + "/" + name
}

// value returns the node of a key; nil where it is absent or null.
func (f fields) value(name string) *yaml.Node {
	node := f.values[name]
	if node == nil || isNull(node) {
		return nil
	}
	return node
}

func isNull(node *yaml.Node) bool { return node.Kind == yaml.ScalarNode && node.Tag == "!!null" }

// text returns a scalar as it is written, without the blanks around it.
func (f fields) text(name string) string {
	node := f.value(name)
	if node == nil {
		return ""
	}
	return f.scalar(node, f.path(name))
}

// required returns a text that must not be empty.
func (f fields) required(name, hint string) string {
	node := f.value(name)
	if node == nil {
		f.fail(f.node, f.path(name), "this is missing; "+hint)
		return ""
	}
	text := f.scalar(node, f.path(name))
	if text == "" && node.Kind == yaml.ScalarNode {
		f.fail(node, f.path(name), "this is empty; "+hint)
	}
	return text
}

func (r *reader) scalar(node *yaml.Node, key string) string {
	if node.Kind != yaml.ScalarNode {
		r.fail(node, key, "this is "+kindOf(node)+"; write a text")
		return ""
	}
	if isNull(node) {
		return ""
	}
	return strings.TrimSpace(node.Value)
}

// list returns the nodes of a sequence; none where the key is absent.
func (f fields) list(name string) []*yaml.Node {
	node := f.value(name)
	if node == nil {
		return nil
	}
	return f.items(node, f.path(name))
}

func (r *reader) items(node *yaml.Node, key string) []*yaml.Node {
	if node.Kind != yaml.SequenceNode {
		r.fail(node, key, "this is "+kindOf(node)+"; write a list")
		return nil
	}
	return node.Content
}

// texts returns a list of texts and, beside it, the line of each.
func (f fields) texts(name string) ([]string, []int) {
	node := f.value(name)
	if node == nil {
		return nil, nil
	}
	return f.allTexts(node, f.path(name))
}

func (r *reader) allTexts(node *yaml.Node, key string) (texts []string, lines []int) {
	items := r.items(node, key)
	if len(items) == 0 {
		return nil, nil
	}
	texts, lines = make([]string, 0, len(items)), make([]int, 0, len(items))
	for i, item := range items {
		text := r.scalar(item, key)
		if text == "" {
			if item.Kind == yaml.ScalarNode {
				r.fail(item, index(key, i), "this is empty; write a text or take it out")
			}
			continue
		}
		texts, lines = append(texts, text), append(lines, item.Line)
	}
	return texts, lines
}

// eachLanguage calls do for every language of a mapping from language to list.
func (f fields) eachLanguage(name string, do func(language string, texts []string, lines []int)) {
	f.eachPair(name, func(language, value *yaml.Node) {
		if !isLanguage(language.Value) {
			f.fail(language, f.path(name), strconv.Quote(language.Value)+" is no language code; write one like en, de or pt-BR")
			return
		}
		texts, lines := f.allTexts(value, f.path(name)+"/"+language.Value)
		do(language.Value, texts, lines)
	})
}

func (f fields) byLanguage(name string) map[string][]string {
	var all map[string][]string
	f.eachLanguage(name, func(language string, texts []string, _ []int) {
		if all == nil {
			all = map[string][]string{}
		}
		all[language] = texts
	})
	return all
}

func (f fields) eachPair(name string, do func(key, value *yaml.Node)) {
	node := f.value(name)
	if node == nil {
		return
	}
	if node.Kind != yaml.MappingNode {
		f.fail(node, f.path(name), "this is "+kindOf(node)+"; write `key: value` lines")
		return
	}
	seen := map[string]bool{}
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		if seen[key.Value] {
			f.fail(key, f.path(name)+"/"+key.Value, "this key was given before; keep one of them")
			continue
		}
		seen[key.Value] = true
		do(key, node.Content[i+1])
	}
}

// date returns a date that must be there.
func (f fields) date(name string) policy.Date {
	text := f.required(name, "write 2026, 2026-05 or 2026-05-12")
	date, err := policy.ParseDate(text)
	if err != nil {
		f.fail(f.value(name), f.path(name), strconv.Quote(text)+" is no date; write 2026, 2026-05 or 2026-05-12")
	}
	return date
}

// address returns an absolute web address that must be there.
func (f fields) address(name string) string {
	text := f.required(name, "write the address of the evidence, https://…")
	if text != "" {
		f.checkAddress(f.value(name), f.path(name), text)
	}
	return text
}

func (r *reader) checkAddress(node *yaml.Node, key, text string) {
	u, err := url.Parse(text)
	if err != nil || (u.Scheme != "https" && u.Scheme != "http") || u.Hostname() == "" {
		r.fail(node, key, strconv.Quote(text)+" is no web address; write it in full, https://…")
	}
}

// word returns a word of a closed list that must be there.
func word[T ~string](f fields, name string, known policy.List[T]) T {
	return oneOf(f, name, known.Values())
}

func oneOf[T ~string](f fields, name string, known []T) T {
	value := T(f.required(name, "use "+join(known)))
	if value != "" && !slices.Contains(known, value) {
		f.fail(f.value(name), f.path(name), "there is no such word as "+strconv.Quote(string(value))+"; use "+join(known))
	}
	return value
}

func join[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, ", ")
}

func index(key string, i int) string { return key + "[" + strconv.Itoa(i) + "]" }

func kindOf(node *yaml.Node) string {
	switch node.Kind {
	case yaml.MappingNode:
		return "a group of keys"
	case yaml.SequenceNode:
		return "a list"
	case yaml.AliasNode:
		return "a YAML alias (*name), which is not read here"
	}
	return "a single value"
}

// isLanguage reports whether a key looks like a BCP 47 language tag.
func isLanguage(text string) bool {
	primary, _, _ := strings.Cut(text, "-")
	if len(primary) < 2 || len(primary) > 3 || len(text) > 20 {
		return false
	}
	for _, c := range text {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '-' {
			return false
		}
	}
	return true
}
