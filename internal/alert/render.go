package alert

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	html "html/template"
	"strings"
	text "text/template"
	"unicode"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

//go:embed templates
var files embed.FS

// digest is what a mail tells.
type digest struct {
	About       string // what was asked for
	Rhythm      string
	Entries     []entry
	More        int    // entries beyond those that are shown
	All         string // address of the whole list
	Manage      string
	Unsubscribe string
	Site        string
}

// entry is one thing that a mail tells.
type entry struct {
	Place   string // code, for the subject
	Name    string // of the dossier; empty where it is of none
	Thread  string // the dossier's id; empty where it is of none, or of several
	Label   string // what sort of thing it is
	Title   string
	Date    string
	Source  string // who says so
	Path    string // of our page
	Address string // its full address

	Next     string // what is expected next of the dossier; empty where nothing is, or where it was said before
	NextDate string
}

// question is what a confirmation mail says.
type question struct {
	About   string
	Rhythm  string
	Confirm string
	Site    string
}

// templates are the texts of mails, in both forms.
type templates struct {
	plain *text.Template
	rich  *html.Template
}

func loadTemplates() (templates, error) {
	var t templates
	var err error
	t.plain, err = text.New("").Funcs(text.FuncMap{"wrap": wrap, "inc": func(i int) int { return i + 1 }}).ParseFS(files, "templates/*.txt")
	if err == nil {
		t.rich, err = html.ParseFS(files, "templates/*.html")
	}
	if err != nil {
		return t, fmt.Errorf("reading the templates of mails: %w", err)
	}
	return t, nil
}

// render writes a mail in both forms.
func (t templates) render(name string, data any) (plain, rich string, _ error) {
	var one, two bytes.Buffer
	if err := t.plain.ExecuteTemplate(&one, name+".txt", data); err != nil {
		return "", "", fmt.Errorf("rendering a mail: %w", err)
	}
	if err := t.rich.ExecuteTemplate(&two, name+".html", data); err != nil {
		return "", "", fmt.Errorf("rendering a mail: %w", err)
	}
	return one.String(), two.String(), nil
}

// width is that of a line of text.
const width = 72

// wrap breaks a text into lines; what follows the first is indented.
func wrap(indent int, text string) string {
	var out strings.Builder
	length := indent
	for i, word := range strings.Fields(text) {
		size := len([]rune(word))
		switch {
		case i == 0:
		case length+1+size > width:
			out.WriteString("\n" + strings.Repeat(" ", indent))
			length = indent
		default:
			out.WriteByte(' ')
			length++
		}
		out.WriteString(word)
		length += size
	}
	return out.String()
}

// longestSubject is in runes.
const longestSubject = 140

// subject says the fact, and what comes next where there is room for it.
func (d digest) subject(topic policy.AlertTopic) string {
	if len(d.Entries) == 0 {
		return "Backdoor Watch"
	}
	first := d.Entries[0]
	fact := first.Title
	if first.Name != "" && !strings.Contains(fact, first.Name) {
		fact = first.Name + ": " + fact
	}
	if topic == policy.AlertDates {
		fact = first.Date + ": " + fact
	}
	if topic == policy.AlertBills {
		fact = "New bill: " + fact
	}
	if first.Place != "" {
		fact = "[" + first.Place + "] " + fact
	}
	fact = oneLine(fact)
	ending, coming := "", ""
	if first.Next != "" {
		coming = " – next: " + first.Next + " " + first.NextDate
	}
	if others := len(d.Entries) + d.More - 1; others > 0 {
		ending = fmt.Sprintf(" – and %d more", others)
	}
	if len([]rune(fact+coming+ending)) <= longestSubject {
		return fact + coming + ending
	}
	if runes := []rune(fact); len(runes)+len([]rune(ending)) > longestSubject {
		fact = string(runes[:longestSubject-len([]rune(ending))-1])
		if word := strings.LastIndexByte(fact, ' '); word > len(fact)*3/4 { // no half words, but where there are no spaces
			fact = fact[:word]
		}
		fact = strings.TrimSpace(fact) + "…"
	}
	return fact + ending
}

// oneLine takes out of a foreign text what would end or hide a line of a header.
func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		if unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, text)), " ")
}

// confirmation is the mail that asks whether an alert is wanted. It holds our own words
// only: whoever asked for it may be a stranger.
func (s *Service) confirmation(ctx context.Context, sub store.Subscription, address string) (store.Mail, error) {
	token, err := s.Keys.token(Confirm, sub.ID, sub.CreatedAt.Add(confirmFor))
	if err != nil {
		return store.Mail{}, err
	}
	plain, rich, err := s.templates.render("confirm", question{
		About: s.about(sub.Alert, true), Rhythm: rhythm(sub.Alert), Confirm: s.link("/alerts/confirm/" + token), Site: s.PublicURL,
	})
	if err != nil {
		return store.Mail{}, err
	}
	return s.mail(ctx, sub, letter{id: newID(), to: address, subject: "Please confirm your Backdoor Watch alert", text: plain, html: rich, at: sub.CreatedAt},
		renewal{Confirm: s.link("/alerts/confirm/" + token)})
}
