package catalogue_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// good is an entry without mistakes; its last line is 9.
const good = `- id: good
  name: Good
  home: https://example.org
  jurisdiction: FR
  language: fr
  kind: news
  grade: press
  interval: 1h
  feed: https://example.org/feed
`

func TestMistakes(t *testing.T) {
	json := strings.Replace(good, "  feed: https://example.org/feed\n", "", 1)
	tests := []struct {
		name, text string
		line       int
		key, says  string
	}{
		{"unknown key", good + "  fede: x\n", 10, "good.fede", "unknown key"},
		{"unknown key of a block", json + "  json:\n    url: https://example.org/api\n    lsit: .x\n    fields: {title: .t}\n", 11, "good.json.lsit", "unknown key"},
		{"key given twice", good + "  feed: https://example.org/other\n", 10, "good.feed", "twice"},
		{"missing id", strings.Replace(good, "id: good", "name: x", 1), 0, "id", "missing"},
		{"wrong id", strings.Replace(good, "id: good", "id: Good One", 1), 1, "Good One.id", "no id"},
		{"duplicate id", good + good, 10, "good.id", "taken"},
		{"unknown kind", strings.Replace(good, "kind: news", "kind: gossip", 1), 6, "good.kind", "gossip"},
		{"unknown grade", strings.Replace(good, "grade: press", "grade: best", 1), 7, "good.grade", "best"},
		{"unknown jurisdiction", strings.Replace(good, "jurisdiction: FR", "jurisdiction: XX", 1), 4, "good.jurisdiction", "XX"},
		{"jurisdiction in small letters", strings.Replace(good, "jurisdiction: FR", "jurisdiction: fr", 1), 4, "good.jurisdiction", "ISO"},
		{"unknown language", strings.Replace(good, "language: fr", "language: klingonese!", 1), 5, "good.language", "language"},
		{"interval that is none", strings.Replace(good, "interval: 1h", "interval: often", 1), 8, "good.interval", "length of time"},
		{"interval too short", strings.Replace(good, "interval: 1h", "interval: 1s", 1), 8, "good.interval", "between"},
		{"interval missing", strings.Replace(good, "  interval: 1h\n", "", 1), 1, "good.interval", "between"},
		{"no form", json, 1, "good", "exactly one"},
		{"two forms", good + "  sitemap: {url: https://example.org/sitemap.xml}\n", 1, "good", "exactly one"},
		{"feed that is no address", strings.Replace(good, "https://example.org/feed", "file:///etc/passwd", 1), 9, "good.feed", "address"},
		{"list where a value belongs", strings.Replace(good, "name: Good", "name: [a, b]", 1), 2, "good.name", "a list"},
		{"bad jq", json + "  json:\n    url: https://example.org/api\n    list: .[\n    fields: {title: .t}\n", 11, "good.json.list", "jq"},
		{"bad jq in a field", json + "  json:\n    url: https://example.org/api\n    fields:\n      title: .t |\n", 12, "good.json.fields.title", "jq"},
		{"bad regular expression", json + "  json:\n    url: https://example.org/api\n    fields:\n      title: {at: .t, find: '('}\n", 12, "good.json.fields.title", "missing closing"},
		{"bad XPath", json + "  xml:\n    url: https://example.org/api\n    list: //a[\n    fields: {title: t}\n", 11, "good.xml.list", "XPath"},
		{"bad selector", json + "  html:\n    url: https://example.org/\n    list: 'div['\n    fields: {title: h2}\n", 11, "good.html.list", "CSS"},
		{"no title", json + "  html:\n    url: https://example.org/\n    fields: {url: a @href}\n", 11, "good.html.fields.title", "title or text"},
		{"unknown stage", json + "  json:\n    url: https://example.org/api\n    fields: {title: .t}\n    steps:\n      text: .s\n      stages:\n        - {stage: won, words: [x]}\n", 15, "good.json.steps.stages.0.stage", "won"},
		{"unknown paging", json + "  json:\n    url: https://example.org/api\n    paging: {by: magic}\n    fields: {title: .t}\n", 11, "good.json.paging.by", "magic"},
		{"offset without size", json + "  json:\n    url: https://example.org/api\n    paging: {by: offset, param: skip}\n    fields: {title: .t}\n", 11, "good.json.paging.size", "step"},
		{"cursor without place", json + "  json:\n    url: https://example.org/api\n    paging: {by: cursor, param: c}\n    fields: {title: .t}\n", 11, "good.json.paging.at", "missing"},
		{"key in the file", json + "  json:\n    url: https://example.org/api\n    key: {env: secret-value, query: k}\n    fields: {title: .t}\n", 11, "good.json.key.env", "environment"},
		{"key in two places", json + "  json:\n    url: https://example.org/api\n    key: {env: KEY, query: k, header: H}\n    fields: {title: .t}\n", 11, "good.json.key", "either"},
		{"braces that mean nothing", json + "  json:\n    url: https://example.org/{yesterday}\n    fields: {title: .t}\n", 10, "good.json.url", "yesterday"},
		{"detail without addresses", good + "  details:\n    - json: {fields: {title: .t}}\n", 11, "good.details.0.match", "missing"},
		{"pattern without host", good + "  match: ['/feed']\n", 10, "good.match.0", "host"},
		{"official ids beside json", json + "  official: [{at: url, find: x}]\n  json:\n    url: https://example.org/api\n    fields: {title: .t}\n", 9, "good.official", "feeds"},
		{"no YAML", "- id: [\n", 1, "", "YAML"},
		{"no list", "id: x\n", 1, "", "list of sources"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := catalogue.LoadFrom(fstest.MapFS{"own.yaml": {Data: []byte(test.text)}}, nil)
			var problems catalogue.Problems
			if !errors.As(err, &problems) || !errors.Is(err, policy.ErrConfig) {
				t.Fatalf("error %v", err)
			}
			found := slices.ContainsFunc(problems, func(p catalogue.Problem) bool {
				return p.File == "own.yaml" && (test.line == 0 || p.Line == test.line) && p.Key == test.key && strings.Contains(p.Message, test.says)
			})
			if !found {
				t.Errorf("want line %d, key %q, %q; got\n%v", test.line, test.key, test.says, err)
			}
		})
	}
}

func TestAllMistakesAreReportedAtOnce(t *testing.T) {
	wrong := strings.NewReplacer("kind: news", "kind: gossip", "grade: press", "grade: best", "interval: 1h", "interval: 1s").Replace(good)
	sources, err := catalogue.LoadFrom(fstest.MapFS{
		"a.yaml": {Data: []byte(wrong)},
		"b.yaml": {Data: []byte(strings.Replace(good, "id: good", "id: fine", 1) + "- id: other\n")},
	}, nil)
	var problems catalogue.Problems
	if !errors.As(err, &problems) || len(problems) < 10 {
		t.Fatalf("%d problems: %v", len(problems), err)
	}
	if problems[0].File != "a.yaml" || problems[0].Line != 6 {
		t.Errorf("the first problem is %v", problems[0])
	}
	if len(sources) != 1 || sources[0].ID != "fine" {
		t.Errorf("the source that is right is missing: %v", sources)
	}
}

func TestAnOperatorReplacesASource(t *testing.T) {
	operator := fstest.MapFS{
		"mine.yaml":  {Data: []byte(strings.NewReplacer("id: good", "id: edri", "name: Good", "name: My EDRi").Replace(good))},
		"notes.txt":  {Data: []byte("not YAML: [")},
		"empty.yaml": {Data: nil},
	}
	before, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	after, err := catalogue.Load(operator)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(after, func(s catalogue.Source) bool { return s.ID == "edri" })
	if len(after) != len(before) || after[i].Name != "My EDRi" || after[i].Feed != "https://example.org/feed" {
		t.Errorf("%d sources, %+v", len(after), after[i].Source)
	}
}

func TestFind(t *testing.T) {
	sources, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, url, source string
		fit               catalogue.Fit
	}{
		{"a feed by its own address", "https://edri.org/feed/", "edri", catalogue.ListFit},
		{"another scheme and www", "http://www.edri.org/feed", "edri", catalogue.ListFit},
		{"a page of the host", "https://edri.org/our-work/some-article/", "edri", catalogue.HostFit},
		{"a list with other parameters", "https://bills-api.parliament.uk/api/v1/Bills?Skip=40", "gb-bills", catalogue.ListFit},
		{"a detail", "https://bills-api.parliament.uk/api/v1/Bills/12?x=1", "gb-bills", catalogue.DetailFit},
		{"a feed that parameters tell apart", "https://www.patrick-breyer.de/en/", "patrick-breyer", catalogue.HostFit},
		{"a page of a host that sources share", "https://www.gov.uk/some/page", "", catalogue.NoFit},
		{"nobody's", "https://nobody.example/feed", "", catalogue.NoFit},
		{"no address", "::::", "", catalogue.NoFit},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if s, fit := catalogue.Find(sources, test.url); s.ID != test.source || fit != test.fit {
				t.Errorf("%q with fit %d, want %q with %d", s.ID, fit, test.source, test.fit)
			}
		})
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(good)
	f.Add("- &a [*a]\n")
	f.Add("- id: x\n  json: {fields: {title: [{at: .x, find: '('}]}}\n")
	f.Fuzz(func(t *testing.T, text string) {
		_, err := catalogue.LoadFrom(fstest.MapFS{"x.yaml": {Data: []byte(text)}}, nil)
		if err != nil && !errors.Is(err, policy.ErrConfig) {
			t.Errorf("error %v", err)
		}
	})
}
