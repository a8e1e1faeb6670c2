package knowledge_test

import (
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"gopkg.in/yaml.v3"
)

// plain is the record as yaml.v3 decodes it by itself, to compare with what our
// own reading of the nodes makes of it.
type plain struct {
	Dossiers []struct {
		ID            string
		Jurisdiction  string
		Title         string
		OriginalTitle string   `yaml:"original_title"`
		ShortTitle    string   `yaml:"short_title"`
		OfficialIDs   []string `yaml:"official_ids"`
		Kind          policy.DossierKind
		Status        policy.Stage
		Effect        policy.Effect
		Measures      []policy.Measure
		Summary       string
		Aliases       map[string][]string
		Links         map[string]string
		Events        []struct{ Date, Stage, Title, Source string }
		Positions     []struct{ Actor, Position, On, Claim, Source string }
		Confidence    policy.Sureness
	}
	Actors []struct {
		ID           string
		Name         string
		Kind         policy.ActorKind
		Jurisdiction string
		Aliases      []string
		Stance       policy.Stance
	}
	Jurisdictions []policy.Jurisdiction
}

func TestRecordIsWhatItsFilesSay(t *testing.T) {
	base, files := load(t), decodePlain(t)
	if len(files.Dossiers) != len(base.Dossiers) || len(files.Actors) != len(base.Actors) {
		t.Fatalf("the files hold %d dossiers and %d actors", len(files.Dossiers), len(files.Actors))
	}
	for _, want := range files.Dossiers {
		got, _ := base.Dossier(want.ID)
		compare(t, want.ID, map[string][2]any{
			"jurisdiction": {got.Jurisdiction, want.Jurisdiction}, "title": {got.Title, want.Title},
			"original_title": {got.OriginalTitle, want.OriginalTitle}, "short_title": {got.ShortTitle, want.ShortTitle},
			"official_ids": {some(got.OfficialIDs), some(want.OfficialIDs)}, "kind": {got.Kind, want.Kind},
			"status": {got.Status, want.Status}, "effect": {got.Effect, want.Effect},
			"measures": {some(got.Measures), some(want.Measures)}, "summary": {got.Summary, want.Summary},
			"aliases": {full(got.Aliases), full(want.Aliases)}, "links": {got.Links, stated(want.Links)},
			"confidence": {got.Confidence, want.Confidence},
			"events":     {len(got.Events), len(want.Events)}, "positions": {len(got.Positions), len(want.Positions)},
		})
		for i, e := range got.Events {
			if wanted := want.Events[i]; [4]string{e.Date.String(), string(e.Stage), e.Title, e.Source} !=
				[4]string{wanted.Date, wanted.Stage, wanted.Title, wanted.Source} {
				t.Errorf("%s: event %d: got %v, want %v", want.ID, i, e, wanted)
			}
		}
		for i, p := range got.Positions {
			if wanted := want.Positions[i]; [5]string{p.Actor, string(p.Side), p.On.String(), p.Claim, p.Source} !=
				[5]string{wanted.Actor, wanted.Position, wanted.On, wanted.Claim, wanted.Source} {
				t.Errorf("%s: position %d: got %v, want %v", want.ID, i, p, wanted)
			}
		}
	}
	for _, want := range files.Actors {
		got, _ := base.Actor(want.ID)
		compare(t, want.ID, map[string][2]any{
			"name": {got.Name, want.Name}, "kind": {got.Kind, want.Kind}, "jurisdiction": {got.Jurisdiction, want.Jurisdiction},
			"aliases": {some(got.Aliases), some(want.Aliases)}, "stance": {got.Stance, want.Stance},
		})
	}
	for _, want := range files.Jurisdictions {
		got, _ := base.Jurisdiction(want.Code)
		compare(t, want.Code, map[string][2]any{
			"name": {got.Name, want.Name}, "level": {got.Level, want.Level}, "parent": {got.Parent, want.Parent},
			"names": {full(got.Names), full(want.Names)}, "demonyms": {full(got.Demonyms), full(want.Demonyms)},
			"capital": {full(got.Capital), full(want.Capital)}, "parliament": {full(got.Parliament), full(want.Parliament)},
			"government": {full(got.Government), full(want.Government)}, "agencies": {full(got.Agencies), full(want.Agencies)},
			"ambiguous": {some(got.Ambiguous), some(want.Ambiguous)},
		})
	}
}

func compare(t *testing.T, id string, fields map[string][2]any) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(fields)) {
		if pair := fields[name]; !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s: %s: got %#v, want %#v", id, name, pair[0], pair[1])
		}
	}
}

// some and full make absent and empty the same.
func some[T any](values []T) []T {
	if len(values) == 0 {
		return nil
	}
	return values
}

func full(byLanguage map[string][]string) map[string][]string {
	all := map[string][]string{}
	for language, texts := range byLanguage {
		if len(texts) > 0 {
			all[language] = texts
		}
	}
	return all
}

// stated leaves out the links that a file names without an address.
func stated(links map[string]string) map[string]string {
	maps.DeleteFunc(links, func(_, address string) bool { return address == "" })
	return links
}

func decodePlain(t *testing.T) (all plain) {
	t.Helper()
	err := fs.WalkDir(knowledge.Record(), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := fs.ReadFile(knowledge.Record(), name)
		if err != nil {
			return err
		}
		var one plain
		if err := yaml.Unmarshal(data, &one); err != nil {
			return err
		}
		all.Dossiers = append(all.Dossiers, one.Dossiers...)
		all.Actors = append(all.Actors, one.Actors...)
		all.Jurisdictions = append(all.Jurisdictions, one.Jurisdictions...)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestLoadingIsIdempotent(t *testing.T) {
	first := load(t)
	second, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	if first.Version == "" || !reflect.DeepEqual(first, second) {
		t.Errorf("two loads differ (versions %s and %s)", first.Version, second.Version)
	}
}

// What the shipped record still has to mend is a list that may only shrink.
func TestShippedRecordHasOnlyKnownWarnings(t *testing.T) {
	var lines string
	for _, p := range knowledge.Check() {
		lines += p.String() + "\n"
	}
	compareGolden(t, "testdata/shipped.problems", lines)
}
