package store

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Parts of a text stand apart, so that no phrase is found across two of them: no
// folded word holds a line break, but a phrase of words on both sides of one would
// match. A word that nobody types keeps them apart.
const apartWord = " \uE000 "

func inTurn(parts ...[]string) string {
	return strings.Join(slices.DeleteFunc(slices.Concat(parts...), func(part string) bool { return part == "" }), apartWord)
}

// recordTexts returns the words of every entry of the record.
func recordTexts(base *knowledge.Base) map[recordID]recordText {
	all := map[recordID]recordText{}
	for _, d := range base.Dossiers {
		all[recordID{policy.RecordDossier, d.ID}] = dossierText(base, d)
	}
	for _, a := range base.Actors {
		var claims []string
		for _, p := range base.PositionsOf(a.ID) {
			claims = append(claims, p.Claim)
		}
		all[recordID{policy.RecordActor, a.ID}] = recordText{inTurn([]string{a.Name}, a.Aliases), inTurn(claims)}
	}
	for _, j := range base.Jurisdictions {
		all[recordID{policy.RecordJurisdiction, j.Code}] = recordText{
			inTurn([]string{j.Name}, byLanguage(j.Names)),
			inTurn(byLanguage(j.Demonyms), byLanguage(j.Capital), byLanguage(j.Parliament), byLanguage(j.Government), byLanguage(j.Agencies)),
		}
	}
	for _, e := range base.Events(policy.Filter{}) {
		d, _ := base.Dossier(e.Dossier)
		all[recordID{policy.RecordEvent, e.ID}] = eventText(e.Title, d)
	}
	return all
}

func dossierText(base *knowledge.Base, d policy.Dossier) recordText {
	said := []string{d.Summary}
	for _, e := range d.Events {
		said = append(said, e.Title)
	}
	for _, p := range d.Positions {
		actor, _ := base.Actor(p.Actor)
		said = append(said, actor.Name, p.Claim)
	}
	return recordText{dossierNames(d), inTurn(said)}
}

func dossierNames(d policy.Dossier) string {
	return inTurn([]string{d.Title, d.ShortTitle, d.OriginalTitle}, d.OfficialIDs, byLanguage(d.Aliases))
}

// eventText lets an event be found by its own words and by its dossier's names.
func eventText(title string, d policy.Dossier) recordText {
	return recordText{title, dossierNames(d)}
}

// byLanguage returns the words of all languages, in the order of their codes.
func byLanguage(words map[string][]string) []string {
	var all []string
	for _, language := range slices.Sorted(maps.Keys(words)) {
		all = append(all, words[language]...)
	}
	return all
}

func compareIDs(a, b recordID) int {
	return cmp.Or(cmp.Compare(a.kind, b.kind), cmp.Compare(a.id, b.id))
}

// recordText is an entry of the record as search sees it.
type recordText struct {
	names string // what it is called
	said  string // what is said of it
}

func (t recordText) digest() string {
	sum := sha256.Sum256([]byte(t.names + "\x00" + t.said))
	return hex.EncodeToString(sum[:16])
}

func (t recordText) indexed(number int64) indexed {
	return indexed{number, foldedWords(clean(t.names)), foldedWords(clean(t.said))}
}
