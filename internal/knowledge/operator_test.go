package knowledge_test

import (
	"os"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestOperatorAddsAndOverrides(t *testing.T) {
	shipped := load(t)
	base, err := knowledge.Load(os.DirFS("testdata/operator"))
	if err != nil {
		t.Fatal(err)
	}
	if len(base.Dossiers) != len(shipped.Dossiers)+1 || len(base.Actors) != len(shipped.Actors)+1 ||
		len(base.Jurisdictions) != len(shipped.Jurisdictions)+2 {
		t.Errorf("got %d dossiers, %d actors, %d jurisdictions", len(base.Dossiers), len(base.Actors), len(base.Jurisdictions))
	}
	added, ok := base.Dossier("zz-lantern-act")
	if !ok || added.Title != "Lantern Act" || len(added.Events) != 2 || added.Events[0].Date != policy.Month(2025, 3) {
		t.Errorf("the added dossier: got %+v", added)
	}
	changed, _ := base.Dossier("eu-csa-regulation")
	if changed.Effect != policy.EffectUnclear || len(changed.Events) != 0 || len(changed.OfficialIDs) != 0 {
		t.Errorf("the overridden dossier is not wholly the operator's: %+v", changed)
	}
	if _, ok := base.ByOfficialID("2022/0155(COD)"); ok {
		t.Error("an official id that the operator took away still leads to the dossier")
	}
	if signal, _ := base.Actor("signal"); signal.Name != "Signal in other words" {
		t.Errorf("the overridden actor: got %+v", signal)
	}
	if base.Version == shipped.Version {
		t.Error("the version does not tell the operator's record from the shipped one")
	}
}

func TestOnlyChangedEntriesHaveNewDigests(t *testing.T) {
	shipped := load(t)
	base, err := knowledge.Load(os.DirFS("testdata/operator"))
	if err != nil {
		t.Fatal(err)
	}
	for _, d := range shipped.Dossiers {
		now, _ := base.Dossier(d.ID)
		changed := knowledge.Digest(now) != knowledge.Digest(d)
		if want := d.ID == "eu-csa-regulation"; changed != want {
			t.Errorf("%s: digest changed: got %v, want %v", d.ID, changed, want)
		}
	}
}

func TestOperatorAddsAliases(t *testing.T) {
	base, err := knowledge.Load(fstest.MapFS{"names.yaml": {Data: []byte(`
aliases:
- {dossier: eu-csa-regulation, add: {de: [Laternengesetz, Chatkontrolle], xx: [lampo]}}
- {actor: signal, add: [The Lantern]}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	before, _ := load(t).Dossier("eu-csa-regulation")
	after, _ := base.Dossier("eu-csa-regulation")
	if want := append(slices.Clone(before.Aliases["de"]), "Laternengesetz"); !slices.Equal(after.Aliases["de"], want) {
		t.Errorf("got %v, want %v", after.Aliases["de"], want)
	}
	if !slices.Equal(after.Aliases["xx"], []string{"lampo"}) || !slices.Equal(after.Aliases["en"], before.Aliases["en"]) {
		t.Errorf("got %v", after.Aliases)
	}
	if len(before.Aliases["xx"]) != 0 || len(after.Events) != len(before.Events) {
		t.Error("more changed than the aliases of the loaded record")
	}
	if signal, _ := base.Actor("signal"); !slices.Contains(signal.Aliases, "The Lantern") || !slices.Contains(signal.Aliases, "Signal") {
		t.Errorf("got %v", signal.Aliases)
	}
}

func TestLaterFolderWins(t *testing.T) {
	named := func(name string) fstest.MapFS {
		return fstest.MapFS{"a.yml": {Data: []byte("actors:\n- {id: signal, name: " + name +
			", kind: company, jurisdiction: US, stance: protects}\n")}}
	}
	base, err := knowledge.Load(named("First"), named("Second"))
	if err != nil {
		t.Fatal(err)
	}
	if signal, _ := base.Actor("signal"); signal.Name != "Second" {
		t.Errorf("got %q", signal.Name)
	}
}

func TestEmptyFilesAddNothing(t *testing.T) {
	folder := fstest.MapFS{
		"empty.yaml": {}, "comment.yaml": {Data: []byte("# nothing yet\n")}, "null.yaml": {Data: []byte("~\n")},
		"lists.yaml": {Data: []byte("dossiers:\nactors: []\n")}, ".hidden.yaml": {Data: []byte("[")}, ".git/x.yaml": {Data: []byte("[")},
	}
	base, err := knowledge.Load(folder)
	if err != nil || len(base.Dossiers) != 210 {
		t.Errorf("got error %v", err)
	}
}
