package crawler

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// teaser marks the digest of an entry whose page could not be read this time:
// it equals no digest of a whole entry, so that the page is tried again.
const teaser = "teaser:"

// digest stands for everything that a list says of an entry. Where and when it
// was read does not count.
func digest(doc policy.Document) string {
	h := sha256.New()
	write := func(parts ...string) {
		for _, part := range parts {
			_, _ = fmt.Fprintf(h, "%d:%s", len(part), part) // lengths keep the parts apart; a hash never fails
		}
	}
	write(doc.URL, doc.Title, doc.Byline, doc.Summary, doc.Text, doc.Language, doc.Published.String(), doc.Updated.String())
	write(doc.OfficialIDs...)
	for _, step := range doc.Steps {
		write(step.Date.String(), string(step.Stage), step.Text, step.Body)
	}
	for _, a := range doc.Attachments {
		write(a.URL, a.MediaType, a.Title)
	}
	_, _ = io.WriteString(h, "1") // the version of this list of parts
	return hex.EncodeToString(h.Sum(nil)[:16])
}
