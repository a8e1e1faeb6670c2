package channel

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
)

// Message is the body of a webhook. testdata/webhook.schema.json is its JSON Schema.
type Message struct {
	Type      string    `json:"type" enum:"news,test" doc:"what sort of message it is"`
	Timestamp time.Time `json:"timestamp" doc:"when the message was made; it is the same in each attempt"`
	Data      Data      `json:"data"`
}

// Data is what a message tells.
type Data struct {
	Channel string  `json:"channel" doc:"name of the channel in the operator's file"`
	About   string  `json:"about" doc:"what the channel asked for, in words"`
	Things  []Thing `json:"things" nullable:"false" maxItems:"100" doc:"what is new, the oldest first"`
	More    int     `json:"more" minimum:"0" doc:"how many things more there are that this message does not hold"`
	List    string  `json:"list" format:"uri" doc:"page that lists all of it"`
}

// Thing is one thing that a message tells.
type Thing struct {
	Ref      string    `json:"ref,omitempty" doc:"item:1, event:id, candidate:1 or side:id; the number or id is that of the API"`
	Label    string    `json:"label" doc:"what sort of thing it is, in words"`
	Title    string    `json:"title"`
	Place    string    `json:"place,omitempty" doc:"code of the jurisdiction"`
	Dossier  string    `json:"dossier,omitempty" doc:"id of the dossier, where it is of one alone"`
	Name     string    `json:"dossier_name,omitempty"`
	Date     string    `json:"date,omitempty" doc:"when it happens or happened, in words"`
	Source   string    `json:"source,omitempty" doc:"who says so"`
	SeenAt   time.Time `json:"seen_at,omitzero" doc:"when we saw it first"`
	Location string    `json:"url" format:"uri" doc:"our page of it"`
}

// mostThings is how many things one webhook tells.
const mostThings = 100

// render makes the bytes of a message. They are kept, and never rendered again.
func (s *Service) render(c Channel, told []alert.Told, test bool) ([]byte, error) {
	if c.Kind == Chat {
		return []byte(chatText(told, s.Desk.List(c.Alert), limitOf(c.Target))), nil
	}
	m := Message{Type: "news", Timestamp: s.now(), Data: Data{Channel: c.Name, About: s.Desk.About(c.Alert), List: s.Desk.List(c.Alert)}}
	if test {
		m.Type = "test"
	}
	for _, t := range told[:min(len(told), mostThings)] {
		e := t.Entry
		m.Data.Things = append(m.Data.Things, Thing{
			Ref: t.News.Ref, Label: e.Label, Title: e.Title, Place: e.Place, Dossier: e.Thread, Name: e.Name,
			Date: e.Date, Source: e.Source, SeenAt: t.News.At, Location: e.Address,
		})
	}
	m.Data.More = len(told) - len(m.Data.Things)
	bytes, err := json.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("writing a message: %w", err)
	}
	return bytes, nil
}

const (
	mostTold     = 10  // things that one text tells
	longestTitle = 300 // in runes
)

// chatText says in short what is new: the fact, then what it is with its date, then our
// page. What does not fit into limit bytes is counted.
func chatText(told []alert.Told, list string, limit int) string {
	text, shown := "", 0
	for i, t := range told[:min(len(told), mostTold)] {
		one := paragraph(t.Entry, min(longestTitle, limit/4)) // a rune may be four bytes
		if i > 0 {
			one = "\n\n" + one
		}
		if len(text)+len(one)+len(ending(len(told)-i-1, list)) > limit {
			break
		}
		text, shown = text+one, i+1
	}
	return strings.TrimSpace(text + ending(len(told)-shown, list))
}

func ending(more int, list string) string {
	switch more {
	case 0:
		return ""
	case 1:
		return "\n\nand one more: " + list
	}
	return fmt.Sprintf("\n\nand %d more: %s", more, list)
}

func paragraph(e alert.Entry, longest int) string {
	fact := plain(e.Title)
	if name := plain(e.Name); name != "" && !strings.Contains(fact, name) {
		fact = name + ": " + fact
	}
	if e.Place != "" {
		fact = "[" + e.Place + "] " + fact
	}
	if utf8.RuneCountInString(fact) > longest {
		fact = strings.TrimSpace(string([]rune(fact)[:longest-1])) + "…"
	}
	var about []string
	for _, part := range []string{e.Label, e.Date, e.Source} {
		if part = plain(part); part != "" {
			about = append(about, part)
		}
	}
	return fact + "\n" + strings.Join(about, " · ") + "\n" + e.Address
}

// marks are what services take for more than text: a call to everybody in the room, or a
// link that shows other words than its address.
var marks = strings.NewReplacer("@", "＠", "<", "‹", ">", "›", "](", "] (", "`", "'", "|", "¦")

// plain makes a foreign text one that no service reads as its own language.
func plain(text string) string { return marks.Replace(alert.OneLine(text)) }

// limitOf is how many bytes a text to this target may have.
func limitOf(target string) int {
	if u, err := url.Parse(target); err == nil {
		if service, known := services[u.Scheme]; known {
			return service.limit
		}
	}
	return 1000
}
