package ingest

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Link returns the tags of a document with the dossiers added whose official id it
// states. Such a link is certain, whatever the classifier said: an id is no matter
// of style. Likewise an official document that states one is relevant, and where the
// classifier found no jurisdiction in it, the dossier's is its own. It is a pure
// function and changes none of its arguments.
func Link(base *knowledge.Base, doc policy.Document, tags policy.Tags) policy.Tags {
	var certain []policy.Tag
	for _, id := range doc.OfficialIDs {
		dossier, ok := base.Stated(id, doc.Jurisdiction)
		if !ok || slices.ContainsFunc(certain, func(t policy.Tag) bool { return t.Value == dossier.ID }) {
			continue
		}
		certain = append(certain, certainly(dossier.ID, "states the official id "+id, find(doc, id), tags.Dossiers))
	}
	if len(certain) == 0 {
		return tags
	}
	for _, t := range tags.Dossiers {
		if !slices.ContainsFunc(certain, func(c policy.Tag) bool { return c.Value == t.Value }) {
			certain = append(certain, t)
		}
	}
	tags.Dossiers = certain
	if !tags.IsRelevant() && doc.Grade == policy.GradeOfficial {
		first := certain[0]
		tags.Relevant = policy.Tag{Value: "yes", Confidence: 1, Evidence: first.Evidence, Reasons: first.Reasons[:1]}
	}
	if len(tags.Jurisdictions) == 0 && tags.IsRelevant() {
		tags.Jurisdictions = []policy.Tag{homeOf(base, certain[0])}
	}
	return tags
}

// homeOf makes the tag of the jurisdiction of a dossier that a document is linked to
// without doubt.
func homeOf(base *knowledge.Base, link policy.Tag) policy.Tag {
	dossier, _ := base.Dossier(link.Value)
	return policy.Tag{
		Value: dossier.Jurisdiction, Confidence: 1, Evidence: link.Evidence, Reasons: []string{"the home of " + dossier.Name()},
	}
}

// maxReasons is how many reasons a tag shows.
const maxReasons = 3

// certainly makes the tag of a link without doubt, and keeps beside it what else
// speaks for it.
func certainly(dossier, reason string, evidence []policy.Span, found []policy.Tag) policy.Tag {
	tag := policy.Tag{Value: dossier, Confidence: 1, Evidence: evidence, Reasons: []string{reason}}
	for _, t := range found {
		if t.Value != dossier {
			continue
		}
		for _, span := range t.Evidence {
			if !slices.Contains(tag.Evidence, span) {
				tag.Evidence = append(tag.Evidence, span)
			}
		}
		tag.Reasons = append(tag.Reasons, t.Reasons...)
		tag.Reasons = tag.Reasons[:min(len(tag.Reasons), maxReasons)]
	}
	return tag
}

// find returns the first place in each field of a document where an official id
// stands, however it is spaced, bracketed or capitalised there.
func find(doc policy.Document, id string) []policy.Span {
	wanted := knowledge.NormalOfficialID(id)
	var found []policy.Span
	for _, field := range []struct{ name, text string }{{"title", doc.Title}, {"summary", doc.Summary}, {"text", doc.Text}} {
		if start, end, ok := findID(field.text, wanted); ok {
			found = append(found, policy.Span{Field: field.name, Start: start, End: end, Text: field.text[start:end]})
		}
	}
	return found
}

// findID looks for a normalised id in a text and returns where it begins and ends
// there. An id inside of a longer word or number is another one: "SB 86" does not
// stand in "SB 868".
func findID(text, wanted string) (start, end int, ok bool) {
	if wanted == "" {
		return 0, 0, false
	}
	var normal strings.Builder
	normal.Grow(len(text))
	places := make([]int, 0, len(text)) // of each byte of normal, the place of its rune in text
	for at, r := range text {
		form := knowledge.NormalOfficialID(string(r))
		normal.WriteString(form)
		for range len(form) {
			places = append(places, at)
		}
	}
	for from := 0; ; {
		i := strings.Index(normal.String()[from:], wanted)
		if i < 0 {
			return 0, 0, false
		}
		from += i
		start = places[from]
		last := places[from+len(wanted)-1]
		_, size := utf8.DecodeRuneInString(text[last:])
		if end = closed(text, start, last+size); standsAlone(text, start, end) {
			return start, end, true
		}
		from++
		for from < normal.Len() && !utf8.RuneStart(normal.String()[from]) {
			from++
		}
	}
}

// closed takes in a bracket that closes within the id: "2022/0155(COD)".
func closed(text string, start, end int) int {
	if strings.Count(text[start:end], "(") > strings.Count(text[start:end], ")") && strings.HasPrefix(text[end:], ")") {
		return end + 1
	}
	return end
}

func standsAlone(text string, start, end int) bool {
	before, _ := utf8.DecodeLastRuneInString(text[:start])
	after, _ := utf8.DecodeRuneInString(text[end:])
	return !inWord(before) && !inWord(after)
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
