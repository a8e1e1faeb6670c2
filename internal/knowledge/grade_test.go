package knowledge_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/backdoorwatch/backdoorwatch/crawler/catalogue"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestGradeOfAnAddress(t *testing.T) {
	base := load(t)
	for _, tc := range []struct {
		name, address string
		want          policy.Grade
	}{
		{"a body's own site", "https://www.bundestag.de/presse", policy.GradeOfficial},
		{"a part of an official domain", "https://eur-lex.europa.eu/legal-content/EN/TXT/", policy.GradeOfficial},
		{"the domain itself", "http://europa.eu", policy.GradeOfficial},
		{"an ending of public bodies", "https://wyden.senate.gov/news", policy.GradeOfficial},
		{"an ending of a country's bodies", "https://www.aph.gov.au/x", policy.GradeOfficial},
		{"an ending with a dot, a port and capitals", "https://WWW.Legislation.GOV.UK.:443/ukpga", policy.GradeOfficial},
		{"an NGO", "https://edri.org/our-work", policy.GradeFirstHand},
		{"a company's blog", "https://tuta.com/blog", policy.GradeFirstHand},
		{"a magazine", "https://www.heise.de/news", policy.GradePress},
		{"a court's rulings elsewhere", "https://beta.bailii.org/eu/cases", policy.GradeSecondary},
		{"a forum within a first-hand domain", "https://discuss.privacyguides.net/t/1", policy.GradeSecondary},
		{"a wiki within a first-hand domain", "https://wiki.openrightsgroup.org/wiki/RIPA", policy.GradeSecondary},
		{"its first-hand domain", "https://action.openrightsgroup.org/node/381", policy.GradeFirstHand},
		{"a name that only ends with the same letters", "https://noteuropa.eu/", ""},
		{"an official name in front of another", "https://europa.eu.example.org/", ""},
		{"an official name in the path", "https://example.org/europa.eu", ""},
		{"an official name as the user", "https://europa.eu@example.org/", ""},
		{"an ending alone", "https://com/", ""},
		{"nobody's", "https://example.org/", ""},
		{"an IP address", "https://192.0.2.1/", ""},
		{"no address", "europa.eu", ""},
		{"unreadable", "https://europa.eu:port/", ""},
		{"nothing", "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := base.Grade(tc.address); got != tc.want {
				t.Errorf("%s: got %q, want %q", tc.address, got, tc.want)
			}
		})
	}
}

// graded is a record with one source of each sort.
const graded = `
jurisdictions: [{code: ZZ, name: Nowhere, level: country}]
dossiers:
- id: zz-graded
  jurisdiction: ZZ
  title: Lantern Act
  kind: bill
  status: committee
  effect: weakens
  summary: A made-up bill.
  confidence: high
  links: {official: "https://lanterns.example/bill"}
  events:
  - {date: 2025-01, stage: introduced, title: By its host, source: "https://www.europarl.europa.eu/1"}
  - {date: 2025-02, stage: committee, title: A letter on a newspaper's site, source: "https://www.heise.de/2", grade: official}
  - {date: 2025-03, stage: committee, title: Nobody's, source: "https://example.org/3"}
  - {date: 2025-04, stage: committee, title: No source yet}
  positions:
  - {actor: signal, position: opposes, on: 2025-03, claim: By its host., source: "https://www.heise.de/4"}
  - {actor: signal, position: opposes, on: 2025-04, claim: Worse than its host., source: "https://edri.org/5", grade: secondary}
`

func TestSourcesAreGraded(t *testing.T) {
	base, err := knowledge.Load(fstest.MapFS{"zz.yaml": {Data: []byte(graded)}})
	if err != nil {
		t.Fatal(err)
	}
	if got := gradesOf(base, "zz-graded"); got != "official official - - press secondary" {
		t.Errorf("got %s", got)
	}
	if e, ok := base.Event("zz-graded.2025-02.committee"); !ok || e.Grade != policy.GradeOfficial {
		t.Errorf("on the timeline: got %+v", e)
	}
	standing := base.PositionsOn("zz-graded", policy.Date{})[0]
	if standing.Grade != policy.GradeSecondary || standing.Replaced.Grade != policy.GradePress {
		t.Errorf("standing: got %+v, which replaced %+v", standing.Position, standing.Replaced)
	}
	if placed := base.PositionsOf("signal"); !slices.ContainsFunc(placed, func(p knowledge.Placed) bool {
		return p.Dossier == "zz-graded" && p.Grade == policy.GradePress
	}) {
		t.Error("the actor's positions have no grades")
	}
}

// gradesOf lists the grades of a dossier's events and positions.
func gradesOf(base *knowledge.Base, id string) string {
	d, _ := base.Dossier(id)
	var words []string
	for _, e := range d.Events {
		words = append(words, or(e.Grade))
	}
	for _, p := range d.Positions {
		words = append(words, or(p.Grade))
	}
	return strings.Join(words, " ")
}

func or(grade policy.Grade) string {
	if grade == "" {
		return "-"
	}
	return string(grade)
}

func TestOperatorGradesHosts(t *testing.T) {
	base, err := knowledge.Load(os.DirFS("testdata/operator"))
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name, address string
		want          policy.Grade
	}{
		{"a new host", "https://www.lanterns.example/1", policy.GradeFirstHand},
		{"a part of a shipped one", "https://leaks.europa.eu/1", policy.GradeSecondary},
		{"the rest of it", "https://eur-lex.europa.eu/1", policy.GradeOfficial},
		{"a shipped one in another way", "https://netzpolitik.org/1", policy.GradeFirstHand},
		{"any other", "https://www.heise.de/1", policy.GradePress},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := base.Grade(tc.address); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

// Grades judge the evidence; what an entry says stays the same, and with it the
// time at which readers are told that it changed.
func TestGradesLeaveDigestsAlone(t *testing.T) {
	event := policy.Event{Date: policy.Month(2025, 3), Stage: policy.StageIntroduced, Title: "Introduced", Source: "https://example.org/1"}
	d := policy.Dossier{ID: "zz-a", Jurisdiction: "ZZ", Title: "Lantern Act", Events: []policy.Event{event}, Positions: []policy.Position{
		{Actor: "signal", Side: policy.SideOpposes, On: policy.Year(2025), Claim: "No.", Source: "https://example.org/2"}}}
	entry := knowledge.Entry{ID: "zz-a.2025-03.introduced", Dossier: "zz-a", Jurisdiction: "ZZ", Event: event}
	// As they were before there were grades: databases of that time hold them.
	const before, entryBefore = "5d1df41ed5cafaf8e5f46b15704ee957", "422ebdbaddda6891d19bf71f347d12bf"
	for _, grade := range []policy.Grade{"", policy.GradePress, policy.GradeOfficial} {
		d.Events[0].Grade, d.Positions[0].Grade, entry.Grade = grade, grade, grade
		if got := knowledge.Digest(d); got != before {
			t.Errorf("the dossier's digest with grade %q: got %s, want %s", grade, got, before)
		}
		if got := knowledge.Digest(entry); got != entryBefore {
			t.Errorf("the event's digest with grade %q: got %s, want %s", grade, got, entryBefore)
		}
		if d.Events[0].Grade != grade || d.Positions[0].Grade != grade {
			t.Fatal("taking the digest took the grade away")
		}
	}
}

// A source without a grade is shown as not graded, which is better than a guess; most
// shall have one.
func TestMostSourcesOfTheShippedRecordAreGraded(t *testing.T) {
	g := load(t).Grading()
	t.Logf("%d of %d sources are graded (%.1f %%): %v; not graded are %d hosts",
		g.Graded(), g.Sources, 100*float64(g.Graded())/float64(g.Sources), g.ByGrade, len(g.Ungraded))
	if g.Sources != 1811 || g.Graded()*100 < g.Sources*85 {
		t.Errorf("%d of %d sources are graded; grade some of %v", g.Graded(), g.Sources, slices.Sorted(maps.Keys(g.Ungraded)))
	}
	ungraded := 0
	for _, n := range g.Ungraded {
		ungraded += n
	}
	if g.Graded()+ungraded != g.Sources {
		t.Errorf("%d graded and %d ungraded are not all %d", g.Graded(), ungraded, g.Sources)
	}
	for grade := range g.ByGrade {
		if !policy.Grades.Has(grade) {
			t.Errorf("there is no grade %q", grade)
		}
	}
}

// What the crawler reads and what the record cites is the same web: a host that
// both know has one grade.
func TestCatalogueAndRecordGradeAlike(t *testing.T) {
	sources, err := catalogue.Load(nil)
	if err != nil {
		t.Fatal(err)
	}
	base := load(t)
	for _, s := range sources {
		if got := base.Grade(s.Home); got != "" && got != s.Grade {
			t.Errorf("%s (%s): the record says %s, the catalogue %s", s.ID, s.Home, got, s.Grade)
		}
	}
}
