package policy

import "time"

// Document is what a source said, and where the evidence of it is. It holds no
// judgement of ours.
type Document struct {
	Source       string       // the catalogue's id of the source; empty for a text from elsewhere
	EntryID      string       // the source's own id for the entry (guid, official number), made up from the link where it gives none
	URL          string       // absolute address as the source gave it
	CanonicalURL string       // the address that stands for all its variants
	Title        string       // plain text
	Byline       string       // plain text; empty where unknown
	Summary      string       // plain text; the source's teaser or abstract
	Text         string       // plain text; the main text, paragraphs parted by an empty line
	Language     string       // BCP 47, as declared by the document or else by its source; may be wrong or empty
	Published    Date         // when the source says it happened or appeared; zero where unknown
	Updated      Date         // when the source says it last changed; zero where unknown
	Kind         Kind         // the kind that the source usually publishes; a prior, not a judgement
	Jurisdiction string       // the source's home; a prior, not a judgement
	Grade        Grade        // how good the source is as evidence
	OfficialIDs  []string     // ids of procedures, bills and acts that the source itself states
	Steps        []Step       // steps of a procedure that an official source states
	Attachments  []Attachment // other forms of the document: PDF, text
	Capture      Capture      // where the evidence is
	Problems     []string     // what was lost or guessed in reading; empty when all went well
	Paywalled    bool         // only a teaser is free
}

// Partial reports whether something of the document was lost or guessed.
func (d Document) Partial() bool { return len(d.Problems) > 0 }

// Step is one step of a procedure as an official source states it.
type Step struct {
	Date  Date
	Stage Stage  // one of ours where the source's own word could be mapped; else empty
	Text  string // the source's own words
	Body  string // the chamber, committee or authority, in the source's words
}

// Attachment is another form of a document.
type Attachment struct {
	URL       string
	MediaType string
	Title     string
}

// Capture says from which response a document was read.
type Capture struct {
	URL       string    // the address that answered, after redirects
	FetchedAt time.Time // when it answered
	Status    int       // the HTTP status
	MediaType string    // without parameters
	Digest    string    // "sha256:" and hex, of the body as it was before decoding the character set
	Archive   string    // file and byte offset of the WARC record, "name.warc.gz:1234"; empty where nothing was recorded
}

// Validators are what a server said of a version of a resource, to be sent
// back when asking whether it changed; and the digest of what it then served,
// for servers that say nothing.
type Validators struct {
	ETag         string
	LastModified string
	Digest       string
}
