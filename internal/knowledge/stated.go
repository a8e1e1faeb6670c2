package knowledge

import (
	"unicode"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Stated returns the dossier that a source at home in a jurisdiction means by an
// official id, and whether there is one. Many ids say nothing by themselves:
// "SB 868" is a bill in several states, "Section 69" a part of many acts. So an id
// counts at home; elsewhere it counts only for a dossier of a body above states, or
// of a part or the whole of the same country, and only where it is long enough to
// be no other's.
func (b *Base) Stated(officialID, jurisdiction string) (policy.Dossier, bool) {
	d, ok := b.ByOfficialID(officialID)
	if !ok {
		return policy.Dossier{}, false
	}
	if d.Jurisdiction == jurisdiction || distinctive(officialID) && b.reaches(d.Jurisdiction, jurisdiction) {
		return d, true
	}
	return policy.Dossier{}, false
}

// reaches reports whether a source at home in one place may well mean a dossier of
// another: that of a body above states, of a part of its country, of the country
// that it is a part of; any, where it is at home nowhere.
func (b *Base) reaches(dossier, source string) bool {
	if source == "" || b.above(source) || b.above(dossier) {
		return true
	}
	return b.covers(dossier, source) || b.covers(source, dossier)
}

func (b *Base) above(code string) bool {
	j, ok := b.Jurisdiction(code)
	return ok && j.Level == policy.LevelSupranational
}

// The least length of an id that is one dossier's alone, in letters and digits, and
// how many of them must be digits: "2022/0155(COD)", "44715/20".
const (
	leastSigns  = 7
	leastDigits = 4
)

func distinctive(officialID string) bool {
	signs, digits := 0, 0
	for _, r := range officialID {
		if unicode.IsDigit(r) {
			digits++
		}
		if unicode.IsDigit(r) || unicode.IsLetter(r) {
			signs++
		}
	}
	return signs >= leastSigns && digits >= leastDigits
}
