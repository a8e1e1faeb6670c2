package knowledge

import (
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func (d *decoder) actor(f fields, id string) policy.Actor {
	if !isSlug(id) {
		d.fail(f.value("id"), f.path("id"), "an id is made of a-z, 0-9 and single hyphens, like access-now")
	}
	return policy.Actor{
		ID:           id,
		Name:         f.required("name", "write the name in English"),
		Kind:         word(f, "kind", policy.ActorKinds),
		Jurisdiction: d.reference(f, "jurisdiction", markJurisdiction, "write a code like GB, US-FL or INT"),
		Aliases:      d.namesIn(f, "aliases"),
		Stance:       word(f, "stance", policy.Stances),
	}
}

func (d *decoder) namesIn(f fields, name string) []string {
	names, lines := f.texts(name)
	for i, alias := range names {
		d.mark(markAlias, alias, lines[i], f.path(name))
	}
	return names
}

func (d *decoder) jurisdiction(f fields, code string) policy.Jurisdiction {
	if !jurisdictionCode.MatchString(code) {
		d.fail(f.value("code"), f.path("code"), "write an ISO 3166 code like GB or US-FL, or EU, COE, UN, INT")
	}
	ambiguous, _ := f.texts("ambiguous")
	j := policy.Jurisdiction{
		Code:       code,
		Name:       f.required("name", "write the name in English"),
		Level:      oneOf(f, "level", levels),
		Names:      f.byLanguage("names"),
		Demonyms:   f.byLanguage("demonyms"),
		Capital:    f.byLanguage("capital"),
		Parliament: f.byLanguage("parliament"),
		Government: f.byLanguage("government"),
		Agencies:   f.byLanguage("agencies"),
		Ambiguous:  ambiguous,
	}
	if strings.Contains(code, "-") && j.Level != policy.LevelSubnational && j.Level != "" {
		d.fail(f.value("code"), f.path("code"), "this is the code of a part of a country; set level: subnational and a parent")
	}
	if j.Level == policy.LevelSubnational {
		j.Parent = d.reference(f, "parent", markJurisdiction, "a sub-national jurisdiction needs the code of its country")
	} else if node := f.value("parent"); node != nil {
		d.fail(node, f.path("parent"), "only a sub-national jurisdiction has a parent; take it out or set level: subnational")
	}
	return j
}
