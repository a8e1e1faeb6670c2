package api_test

import (
	"bytes"
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// The rules by which the W3C's feed validator finds errors, and those of JSON Feed 1.1,
// that a writer of feeds can break. Each is checked on every list in every form, on its
// first and on a further page, and where it is empty.

// asked are the addresses of all feeds in a form.
func asked(suffix string) []string {
	var all []string
	for _, name := range followed {
		all = append(all, "/feeds/"+name+suffix, "/feeds/"+name+suffix+"?limit=1", "/feeds/"+name+suffix+"?from=2031&jurisdiction=EU&stance=weakens")
	}
	return append(all, "/feeds/items"+suffix+"?cursor=1&limit=1")
}

// ruled asks for a feed and gives its own address, which is canonical.
func ruled(t *testing.T, suffix string, check func(t *testing.T, self string, body []byte)) {
	t.Helper()
	o := options(sample())
	o.Hub = &hub{}
	engine, _ := mount(t, o)
	for _, address := range asked(suffix) {
		t.Run(address, func(t *testing.T) {
			w := ask(engine, "GET", address)
			if w.Code != http.StatusOK {
				t.Fatalf("got %d: %s", w.Code, w.Body)
			}
			check(t, "https://watch.example"+strings.Replace(address, "/jurisdictions/fr", "/jurisdictions/FR", 1), w.Body.Bytes())
		})
	}
}

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Type string `xml:"type,attr"`
	Href string `xml:"href,attr"`
}

type atomPart struct {
	ID         []string   `xml:"http://www.w3.org/2005/Atom id"`
	Title      []string   `xml:"http://www.w3.org/2005/Atom title"`
	Updated    []string   `xml:"http://www.w3.org/2005/Atom updated"`
	Published  []string   `xml:"http://www.w3.org/2005/Atom published"`
	Links      []atomLink `xml:"http://www.w3.org/2005/Atom link"`
	Categories []struct {
		Term   string `xml:"term,attr"`
		Scheme string `xml:"scheme,attr"`
	} `xml:"http://www.w3.org/2005/Atom category"`
	Authors []struct {
		Name string `xml:"name"`
	} `xml:"http://www.w3.org/2005/Atom author"`
	Content []struct {
		Type string `xml:"type,attr"`
		Text string `xml:",chardata"`
	} `xml:"http://www.w3.org/2005/Atom content"`
}

// check holds what feeds and entries have in common (RFC 4287 §4.1).
func (p atomPart) check(t *testing.T, what string) {
	t.Helper()
	if len(p.ID) != 1 || len(p.Title) != 1 || len(p.Updated) != 1 || len(p.Published) > 1 || p.Title[0] == "" {
		t.Errorf("%s: ids %q, titles %q, updated %q, published %q", what, p.ID, p.Title, p.Updated, p.Published)
		return
	}
	if u, err := url.Parse(p.ID[0]); err != nil || u.Scheme != "tag" {
		t.Errorf("%s: the id %q is no tag URI", what, p.ID[0])
	}
	for _, date := range slices.Concat(p.Updated, p.Published) {
		if _, err := time.Parse(time.RFC3339, date); err != nil || strings.ContainsAny(date, "tz") {
			t.Errorf("%s: the date %q is none of RFC 3339", what, date)
		}
	}
	seen := map[string]bool{}
	for _, l := range p.Links {
		absolute(t, what, l.Href)
		// Two alternates of one type and language are an error.
		if key := l.Rel + " " + l.Type; l.Rel == "alternate" && seen[key] {
			t.Errorf("%s: two links %s", what, key)
		} else {
			seen[key] = true
		}
	}
	for _, c := range p.Categories {
		if c.Term == "" {
			t.Errorf("%s: a category without a term", what)
		}
		absolute(t, what, c.Scheme)
	}
}

func (p atomPart) link(rel string) string {
	for _, l := range p.Links {
		if l.Rel == rel {
			return l.Href
		}
	}
	return ""
}

func absolute(t *testing.T, what, address string) {
	t.Helper()
	if u, err := url.Parse(address); err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.ContainsAny(address, " <>\"") {
		t.Errorf("%s: %q is no absolute address", what, address)
	}
}

func TestAtomFollowsTheRules(t *testing.T) {
	ruled(t, ".atom", func(t *testing.T, self string, body []byte) {
		var f struct {
			XMLName xml.Name `xml:"http://www.w3.org/2005/Atom feed"`
			atomPart
			Entries []atomPart `xml:"http://www.w3.org/2005/Atom entry"`
		}
		if err := xml.Unmarshal(body, &f); err != nil {
			t.Fatal(err)
		}
		f.check(t, "the feed")
		if f.link("self") != self || f.link("alternate") == "" || len(f.Authors) != 1 || f.Authors[0].Name == "" {
			t.Errorf("it calls itself %s, has the page %s and the authors %v", f.link("self"), f.link("alternate"), f.Authors)
		}
		ids, latest := map[string]bool{f.ID[0]: true}, ""
		for _, e := range f.Entries {
			e.check(t, e.ID[0])
			if ids[e.ID[0]] {
				t.Errorf("the id %s is there twice", e.ID[0])
			}
			ids[e.ID[0]] = true
			latest = max(latest, e.Updated[0])
			if e.link("alternate") == "" && len(e.Content) == 0 {
				t.Errorf("%s has neither a link nor content", e.ID[0])
			}
			for _, c := range e.Content {
				safeHTML(t, c.Text)
			}
		}
		if latest > f.Updated[0] {
			t.Errorf("an entry of %s is newer than the feed, %s", latest, f.Updated[0])
		}
	})
}

// safeHTML holds that nothing in a text runs or loads, and that its addresses are
// absolute: readers show it far from here.
func safeHTML(t *testing.T, text string) {
	t.Helper()
	for _, bad := range []string{"<script", "<img", "<iframe", "javascript:", " style="} {
		if strings.Contains(text, bad) {
			t.Errorf("content holds %s: %s", bad, text)
		}
	}
	for _, m := range regexp.MustCompile(`href="([^"]*)"`).FindAllStringSubmatch(text, -1) {
		absolute(t, "content", strings.ReplaceAll(m[1], "&amp;", "&"))
	}
}

func TestRSSFollowsTheRules(t *testing.T) {
	ruled(t, ".rss", func(t *testing.T, self string, body []byte) {
		var f struct {
			XMLName xml.Name `xml:"rss"`
			Version string   `xml:"version,attr"`
			Channel struct {
				Title       []string `xml:"title"`
				Description []string `xml:"description"`
				Build       []string `xml:"lastBuildDate"`
				Language    string   `xml:"language"`
				Links       []struct {
					XMLName xml.Name
					atomLink
					Text string `xml:",chardata"`
				} `xml:"link"` // its own, and those of Atom
				Items []struct {
					Title       []string `xml:"title"`
					Description []string `xml:"description"`
					PubDate     []string `xml:"pubDate"`
					Author      []string `xml:"author"`
					GUID        []struct {
						Permalink string `xml:"isPermaLink,attr"`
						Text      string `xml:",chardata"`
					} `xml:"guid"`
				} `xml:"item"`
			} `xml:"channel"`
		}
		if err := xml.Unmarshal(body, &f); err != nil {
			t.Fatal(err)
		}
		c := f.Channel
		if f.Version != "2.0" || len(c.Title) != 1 || len(c.Description) != 1 || c.Description[0] == "" || len(c.Build) != 1 || c.Language == "" {
			t.Errorf("the channel: %+v", c)
		}
		rfc822(t, c.Build[0])
		pages, selves := 0, 0
		for _, l := range c.Links {
			switch {
			case l.XMLName.Space == "":
				absolute(t, "the page", l.Text)
				pages++
			case l.Rel == "self":
				selves++
				if l.Href != self || l.Type != "application/rss+xml" {
					t.Errorf("it calls itself %v", l)
				}
			}
		}
		if pages != 1 || selves != 1 {
			t.Errorf("it has %d pages and calls itself %d times", pages, selves)
		}
		seen := map[string]bool{}
		for _, item := range c.Items {
			if len(item.GUID) != 1 || len(item.PubDate) != 1 || len(item.Title) != 1 || len(item.Description) != 1 || len(item.Author) > 0 {
				t.Errorf("an item: %+v", item)
				continue
			}
			// A guid that is no address must say that it is none.
			if g := item.GUID[0]; g.Permalink != "false" || !strings.HasPrefix(g.Text, "tag:") || seen[g.Text] {
				t.Errorf("the guid %+v", g)
			}
			seen[item.GUID[0].Text] = true
			rfc822(t, item.PubDate[0])
			safeHTML(t, item.Description[0])
		}
	})
}

// rfc822 is the form of dates that the validator takes: with its own weekday, and with a
// year of four digits.
func rfc822(t *testing.T, date string) {
	t.Helper()
	parsed, err := time.Parse("Mon, 02 Jan 2006 15:04:05 -0700", date)
	if err != nil || parsed.Format("Mon") != date[:3] {
		t.Errorf("the date %q is none of RFC 822: %v", date, err)
	}
}

func TestJSONFeedFollowsTheRules(t *testing.T) {
	ruled(t, ".json", func(t *testing.T, self string, body []byte) {
		var f map[string]any
		if err := json.Unmarshal(body, &f); err != nil {
			t.Fatal(err)
		}
		if f["version"] != "https://jsonfeed.org/version/1.1" || f["title"] == "" || f["feed_url"] != self {
			t.Errorf("version %v, title %v, address %v", f["version"], f["title"], f["feed_url"])
		}
		absolute(t, "the page", fmt.Sprint(f["home_page_url"]))
		if _, old := f["author"]; old {
			t.Error("it has an author, which 1.1 replaced by authors")
		}
		items, ok := f["items"].([]any) // required, also where it is empty
		if !ok {
			t.Fatalf("items are %v", f["items"])
		}
		seen := map[any]bool{}
		for _, each := range items {
			i := each.(map[string]any)
			id, isText := i["id"].(string)
			if !isText || id == "" || seen[id] {
				t.Errorf("the id %v", i["id"])
			}
			seen[id] = true
			if i["content_html"] == nil && i["content_text"] == nil {
				t.Errorf("%s has no content", id)
			}
			absolute(t, id, fmt.Sprint(i["url"]))
			for _, name := range []string{"date_published", "date_modified"} {
				if text, there := i[name]; there {
					if _, err := time.Parse(time.RFC3339, fmt.Sprint(text)); err != nil {
						t.Errorf("%s: %s is %v", id, name, text)
					}
				}
			}
			for name := range i {
				// Fields of our own must begin with an underscore.
				if !slices.Contains([]string{"id", "url", "external_url", "title", "content_html", "content_text", "summary", "date_published", "date_modified", "authors", "tags", "language"}, name) && !strings.HasPrefix(name, "_") {
					t.Errorf("%s has the field %s", id, name)
				}
			}
		}
	})
}

// TestCalendarsFollowTheRules looks at every line of every calendar (RFC 5545 §3.1, §3.6).
func TestCalendarsFollowTheRules(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, name := range []string{"upcoming", "dossiers/fr-bill-7", "jurisdictions/FR", "jurisdictions/EU"} {
		body := ask(engine, "GET", "/feeds/"+name+".ics").Body.String()
		lines := strings.Split(strings.TrimSuffix(body, "\r\n"), "\r\n")
		if !strings.HasSuffix(body, "END:VCALENDAR\r\n") || lines[0] != "BEGIN:VCALENDAR" || strings.Count(body, "\n") != len(lines) || strings.Count(body, "\r") != len(lines) {
			t.Errorf("%s: its lines", name)
		}
		for _, line := range lines {
			if len(line) > 75 || !regexp.MustCompile(`^([A-Z-]+[;:]|[ \t])`).MatchString(line) {
				t.Errorf("%s: a line of %d bytes: %s", name, len(line), line)
			}
		}
		whole := strings.ReplaceAll(body, "\r\n ", "")
		for _, required := range []string{"PRODID:", "VERSION:2.0\r\n"} {
			if strings.Count(whole, "\r\n"+required) != 1 {
				t.Errorf("%s: %s", name, required)
			}
		}
		for i, event := range strings.Split(whole, "BEGIN:VEVENT\r\n")[1:] {
			for _, required := range []string{"UID:", "DTSTAMP:", "DTSTART", "SUMMARY:", "SEQUENCE:", "STATUS:"} {
				if n := len(regexp.MustCompile(`(?m)^`+required).FindAllString(event, -1)); n != 1 {
					t.Errorf("%s: event %d has %s %d times", name, i, required, n)
				}
			}
		}
	}
}

// TestTablesTellTheSame reads each list as CSV and as NDJSON and compares the ids, which
// no quoting, comma or line break in a text may part.
func TestTablesTellTheSame(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, name := range followed {
		rows, err := csv.NewReader(ask(engine, "GET", "/feeds/"+name+".csv").Body).ReadAll()
		if err != nil || len(rows) < 2 {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
			continue
		}
		column := slices.IndexFunc(rows[0], func(title string) bool { return title == "id" || title == "url" || title == "link" })
		var objects []map[string]any
		for decoder := json.NewDecoder(ask(engine, "GET", "/feeds/"+name+".ndjson").Body); ; {
			var object map[string]any
			if err := decoder.Decode(&object); err == io.EOF {
				break
			} else if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			objects = append(objects, object)
		}
		if column < 0 || len(objects) != len(rows)-1 {
			t.Errorf("%s: %d objects, %d rows, columns %q", name, len(objects), len(rows)-1, rows[0])
			continue
		}
		for n, object := range objects {
			text, err := json.Marshal(object)
			if cell := rows[n+1][column]; err != nil || cell != "" && !strings.Contains(strings.ReplaceAll(string(text), `\u0026`, "&"), cell) {
				t.Errorf("%s: row %d is %s, the object %s", name, n, cell, text)
			}
		}
	}
}

// TestFeedsAreKeptRightOnTheWay holds what caches between us and a reader go by.
func TestFeedsAreKeptRightOnTheWay(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, address := range []string{
		"/feeds/items.atom", "/feeds/timeline.rss", "/feeds/upcoming.json", "/feeds/upcoming.ics", "/feeds/dossiers/fr-bill-7.atom", "/feeds/events.csv",
		"/feeds/items.ndjson", "/feeds/items", "/feeds.opml",
	} {
		plain, zipped := ask(engine, "GET", address), ask(engine, "GET", address, "Accept-Encoding", "br, gzip;q=0.8")
		tag, other := plain.Header().Get("ETag"), zipped.Header().Get("ETag")
		for _, w := range []http.Header{plain.Header(), zipped.Header()} {
			if !strings.Contains(w.Get("Vary"), "Accept-Encoding") || strings.HasPrefix(address, "/feeds/") && !strings.Contains(w.Get("Vary"), "Sec-Fetch-Dest") {
				t.Errorf("%s: Vary is %q", address, w.Get("Vary"))
			}
		}
		if zipped.Header().Get("Content-Encoding") != "gzip" {
			if plain.Body.Len() > 1500 || other != tag {
				t.Errorf("%s: %d bytes are not compressed", address, plain.Body.Len())
			}
			continue
		}
		// Other bytes, another strong validator; each of them is taken for either.
		if tag == other || other != strings.TrimSuffix(tag, `"`)+`-gzip"` || fmt.Sprint(zipped.Body.Len()) != zipped.Header().Get("Content-Length") {
			t.Errorf("%s: %s and %s", address, tag, other)
		}
		reader, err := gzip.NewReader(zipped.Body)
		if err != nil {
			t.Fatal(err)
		}
		if body, err := io.ReadAll(reader); err != nil || !bytes.Equal(body, plain.Body.Bytes()) {
			t.Errorf("%s: compressed it is something else (%v)", address, err)
		}
		for _, ask304 := range [][]string{{"If-None-Match", tag}, {"If-None-Match", other, "Accept-Encoding", "gzip"}, {"If-None-Match", "W/" + other}} {
			if w := ask(engine, "GET", address, ask304...); w.Code != http.StatusNotModified || w.Body.Len() > 0 || w.Header().Get("ETag") == "" || w.Header().Get("Vary") == "" {
				t.Errorf("%s %v: got %d %v", address, ask304, w.Code, w.Header())
			}
		}
	}
}
