package catalogue

import (
	"regexp"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// StateOfficialIDs adds to an entry of the feed the official ids that it
// states.
func (s Source) StateOfficialIDs(doc *policy.Document) {
	for _, o := range s.Official {
		re, err := regexp.Compile(o.Find)
		if err != nil {
			continue // Load has refused it
		}
		as := o.As
		if as == "" {
			as = "$0"
			if re.NumSubexp() > 0 {
				as = "$1"
			}
		}
		text := o.part(*doc)
		for _, match := range re.FindAllStringSubmatchIndex(text, 20) {
			id := string(re.ExpandString(nil, as, text, match))
			if id != "" && !slices.Contains(doc.OfficialIDs, id) {
				doc.OfficialIDs = append(doc.OfficialIDs, id)
			}
		}
	}
}

func (o OfficialID) part(doc policy.Document) string {
	switch o.At {
	case "id":
		return doc.EntryID
	case "url":
		return doc.URL
	case "title":
		return doc.Title
	case "summary":
		return doc.Summary
	}
	return doc.Text
}
