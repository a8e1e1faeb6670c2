package listing

import "github.com/backdoorwatch/backdoorwatch/internal/policy"

// Syntax is the form of the answers that a Spec describes.
type Syntax string

// The syntaxes, named as in the catalogue.
const (
	JSON Syntax = "json"
	XML  Syntax = "xml"
	HTML Syntax = "html"
)

// Spec describes a list: how to ask for it and how to read the answer. The
// about tags are the reference that docs/sources.md prints.
type Spec struct {
	URL     string            `yaml:"url" about:"Address of the list. It may hold {today}, {today-30d} or {year}, a form as in {today-30d:20060102}, and {page}, {offset} or {cursor} where the paging belongs inside the address."`
	Method  string            `yaml:"method" about:"GET (the default) or POST."`
	Body    string            `yaml:"body" about:"What a POST sends; may hold the same braces as the address."`
	Headers map[string]string `yaml:"headers" about:"Request headers, such as Accept."`
	Key     *Key              `yaml:"key" about:"The API key that the source asks for. Without it the source is listed as switched off, with the reason."`
	Paging  *Paging           `yaml:"paging" about:"How to reach further pages. Left out: there is one page."`
	Rows    `yaml:",inline"`
}

// Rows says how one answer becomes documents.
type Rows struct {
	List   string `yaml:"list" about:"Where the rows are: a jq expression, XPath or CSS selector. One object instead of an array counts as one row. Left out: the whole answer is one row."`
	Header string `yaml:"header" about:"JSON only: where the array of column names is, for answers whose rows are arrays. Fields then use the names."`
	Fields Fields `yaml:"fields" about:"Where in a row each part of a document is."`
	Steps  *Steps `yaml:"steps" about:"Steps of a procedure that the source states."`
}

// Fields are the parts of a document.
type Fields struct {
	ID          Field `yaml:"id" about:"The source's own id. Left out: the address, or else title and date, make one up."`
	URL         Field `yaml:"url" about:"Address that a reader is sent to; relative ones are resolved."`
	Title       Field `yaml:"title" about:"The title. A row that has neither title nor text is reported as lost."`
	Summary     Field `yaml:"summary" about:"A teaser or abstract; HTML is turned into text."`
	Text        Field `yaml:"text" about:"The main text; several values become paragraphs."`
	Byline      Field `yaml:"byline" about:"Who wrote or tabled it."`
	Language    Field `yaml:"language" about:"BCP 47; left out: the source's language."`
	Place       Field `yaml:"jurisdiction" about:"The jurisdiction of this row, where a source covers several; left out: the source's."`
	Published   Field `yaml:"published" about:"When it happened or appeared. /Date(ms)/, 20260512, Unix times and written dates are all read."`
	Updated     Field `yaml:"updated" about:"When the source last changed it."`
	Official    Field `yaml:"official" about:"Official ids that the source states; all values of all choices count."`
	Attachments Field `yaml:"attachments" about:"Addresses of other forms, such as a PDF."`
	Detail      Field `yaml:"detail" about:"Address of the answer that says more about the row, fetched for new entries and read by the entry of details that matches it."`
}

// Field is where a value is. It is written as one expression, or as a list of
// choices of which the first that yields something wins.
type Field []Choice

// Choice is an expression and what to do with the text it finds.
type Choice struct {
	At   string `yaml:"at" about:"A jq expression, an XPath, or a CSS selector with an optional @attribute; a dot is the row itself."`
	Find string `yaml:"find" about:"A regular expression: keep its first group, or else the whole match, and drop values that do not match."`
	As   string `yaml:"as" about:"A text to make of it: $0 is the value or match, $1 the first group."`
}

// Steps says where a row states the steps of a procedure.
type Steps struct {
	List   string       `yaml:"list" about:"Where the steps are, inside a row."`
	Date   Field        `yaml:"date" about:"The date of a step."`
	Text   Field        `yaml:"text" about:"The step in the source's own words."`
	Body   Field        `yaml:"body" about:"Chamber, committee or authority."`
	Stages []StageWords `yaml:"stages" about:"Our stages for the source's words; the first that fits wins, and what fits none stays unmapped."`
}

// StageWords maps words of a source to a stage of ours.
type StageWords struct {
	Stage policy.Stage `yaml:"stage" about:"One of our stages, such as introduced, committee, passed-chamber or enacted."`
	Words []string     `yaml:"words" about:"Regular expressions, case ignored, looked for in the text of a step."`
}

// Key says where the key of an API comes from and how it is sent.
type Key struct {
	Env    string `yaml:"env" about:"Name of the environment variable that holds the key."`
	Header string `yaml:"header" about:"Header that carries it; give this or query."`
	Query  string `yaml:"query" about:"Query parameter that carries it; give this or header."`
	Prefix string `yaml:"prefix" about:"Text before the key, such as \"Token \"."`
}

// Paging says how a list goes on.
type Paging struct {
	By    string `yaml:"by" about:"page (a number), offset (entries to skip), cursor (a value from the answer; ends when it repeats) or next (an address in the answer)."`
	Param string `yaml:"param" about:"The query parameter for page, offset or cursor; not needed where the address or body holds the braces."`
	Start int    `yaml:"start" about:"The first page number; 1 if left out. Offsets start at 0."`
	Size  int    `yaml:"size" about:"Entries on a page: the step of an offset, and the sign of a last page where fewer come."`
	At    string `yaml:"at" about:"Where in the answer the cursor or the next address is."`
	Max   int    `yaml:"max" about:"The most pages read in one visit; the crawler has a limit of its own too."`
}
