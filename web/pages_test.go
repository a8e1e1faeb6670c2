package web_test

import (
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestHomeSaysWhatChanged(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/", 200)
	if got := text(doc.Find(".day h2").First()); got != "Today, Tuesday, 24 November 2026" {
		t.Errorf("the first day is %q", got)
	}
	if got := text(doc.Find(".day").First().Find("h3").First()); !strings.HasPrefix(got, "Committee adopts") {
		t.Errorf("the first entry is %q", got)
	}
	if got := text(doc.Find(".places li").First()); !strings.HasPrefix(got, "European Union 1") {
		t.Errorf("the first place is %q", got)
	}
	if got := text(doc.Find(".health")); !strings.Contains(got, "3 of 7 sources answered and could be read at the last visit; 3 had a problem, 1 waits for the first visit.") {
		t.Errorf("the sources' line is %q", got)
	}
}

func TestHomeOfAnEmptySiteIsWorthReading(t *testing.T) {
	doc := open(t, serve(t, &memory{sources: storySources()}).URL+"/", 200)
	got := text(doc.Find(".empty"))
	for _, want := range []string{"No text read yet", "steps of the dossiers", "7 sources are due", "24 November 2026, 10:05 UTC", "Example Assembly"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is missing in %q", want, got)
		}
	}
	if doc.Find(".empty tbody tr").Length() != 7 {
		t.Error("the visits that are due are not all there")
	}
	if n := doc.Find(".day article.event").Length(); n != 20 {
		t.Errorf("%d steps of the record are shown, want 20", n)
	}
	next := doc.Find("#next + .expected > li")
	if next.Length() != 5 {
		t.Errorf("what is next begins with %q", text(next.First()))
	}
}

func TestTimelineGroupsByWhatIsKnownOfADate(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/timeline?limit=200", 200)
	var headings []string
	doc.Find(".day h2").Each(func(_ int, s *goquery.Selection) { headings = append(headings, text(s)) })
	all := strings.Join(headings, "\n")
	for _, want := range []string{"Yesterday, Monday, 23 November 2026", "Saturday, 21 November 2026", "October 2026, day unknown"} {
		if !strings.Contains(all, want) {
			t.Errorf("%q is missing in\n%s", want, all)
		}
	}
	undated := doc.Find(`article:contains("Was die neue Richtlinie")`)
	if got := text(undated.Find(".from")); !strings.Contains(got, "first seen by us; the source gives no date") {
		t.Errorf("the undated entry says %q", got)
	}
}

func TestTimelineSpeaksTheLanguageOfItsEntries(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/timeline", 200)
	arabic := doc.Find("#i-57 h3")
	if arabic.AttrOr("lang", "") != "ar" || arabic.AttrOr("dir", "") != "rtl" {
		t.Errorf("the Arabic title has lang=%q dir=%q", arabic.AttrOr("lang", ""), arabic.AttrOr("dir", ""))
	}
	if got := text(doc.Find("#i-55 .onward")); !strings.Contains(got, "in French") {
		t.Errorf("the French entry says %q", got)
	}
	if got := doc.Find("#i-53 h3").AttrOr("lang", "none"); got != "none" {
		t.Errorf("the language that is none became lang=%q", got)
	}
}

func TestTimelineAnswersItsForm(t *testing.T) {
	server := serve(t, storybook())
	response, _ := do(t, http.MethodGet, server.URL+"/timeline?q=&from=&to=&order=newest&relevant=yes&stance=weakens", nil)
	if got := response.Header.Get("Location"); response.StatusCode != http.StatusSeeOther || got != "/timeline?stance=weakens" {
		t.Fatalf("the form leads to %d %q", response.StatusCode, got)
	}
	doc := open(t, server.URL+"/timeline?jurisdiction=GB&jurisdiction=EU&stance=neutral&from=2026-09&lang=en", 200)
	if n := doc.Find("input[type=checkbox][checked]").Length(); n != 4 {
		t.Errorf("%d boxes are ticked, want 4", n)
	}
	if got := doc.Find("#from").AttrOr("value", ""); got != "2026-09" {
		t.Errorf("the date field holds %q", got)
	}
	status := doc.Find("[role=status]")
	if status.Length() != 1 || doc.Find("[aria-live]").Length() > 0 || !strings.Contains(text(status), "entries") {
		t.Errorf("the count is announced %d times, as %q", status.Length(), text(status))
	}
	var chips []string
	doc.Find(".chips a.chip").Each(func(_ int, s *goquery.Selection) {
		chips = append(chips, text(s)+" → "+s.AttrOr("href", ""))
	})
	want := "Remove the filter Place: European Union × → /timeline?from=2026-09&jurisdiction=GB&lang=en&stance=neutral"
	if len(chips) != 5 || chips[1] != want {
		t.Errorf("the chips are\n%s", strings.Join(chips, "\n"))
	}
	feed := doc.Find(`.forms a:contains("Atom")`).AttrOr("href", "")
	if feed != "/feeds/timeline.atom?from=2026-09&jurisdiction=GB&jurisdiction=EU&lang=en&stance=neutral" {
		t.Errorf("the feed is %q", feed)
	}
	if doc.Find(`link[rel=alternate][type="application/atom+xml"][href="`+feed+`"]`).Length() != 1 {
		t.Error("the feed is not named in the head")
	}
}

func TestTimelinePagesHoldEveryEntryOnce(t *testing.T) {
	server := serve(t, storybook())
	steps := 0
	for _, d := range base().Dossiers {
		for _, e := range d.Events {
			if e.Date.Start().After(now()) || e.Stage == policy.StageUpcoming && e.Date.End().After(now()) {
				continue
			}
			steps++
		}
	}
	steps++ // a machine noticed one that the record lacks
	for show, want := range map[string]int{"all": 58 + steps, "events": steps, "items": 58} {
		t.Run(show, func(t *testing.T) {
			seen := map[string]bool{}
			for path := "/timeline?limit=200&show=" + show; path != ""; {
				doc := open(t, server.URL+strings.Replace(path, "&show=all", "", 1), 200)
				doc.Find("article.entry").Each(func(_ int, s *goquery.Selection) {
					if id := s.AttrOr("id", ""); seen[id] {
						t.Errorf("%s came twice", id)
					} else {
						seen[id] = true
					}
				})
				path = doc.Find("a[rel=next]").AttrOr("href", "")
			}
			if len(seen) != want {
				t.Errorf("%d entries, want %d", len(seen), want)
			}
		})
	}
}

func TestDensityShowsTheSameNumbersTwice(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/timeline", 200)
	figure := doc.Find("figure.density")
	if figure.Find("svg[role=img][aria-label]").Length() != 1 || figure.Find("table").Length() != 1 {
		t.Fatal("there is no drawing with a table")
	}
	figure.Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		label := text(row.Find("th")) + ": " + text(row.Find("td"))
		if figure.Find(`rect:contains("`+label+`")`).Length() != 1 {
			t.Errorf("no bar says %q", label)
		}
	})
}

func TestItemShowsWhyItWasTagged(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/items/59", 200)
	measures := doc.Find(`section.why[aria-label="Measures discussed"]`)
	if got := text(measures.Find(".verdict").First()); got != "Client-side scanning very sure, 95 %" {
		t.Errorf("the first measure says %q", got)
	}
	if got := text(measures.Find(".verdict").Eq(1)); !strings.HasSuffix(got, "set by a person") {
		t.Errorf("the corrected measure says %q", got)
	}
	quotes := measures.Find(".case").First().Find("q")
	want := "It also forbids any order that would oblige a provider to scan messages on the device of the person who writes them."
	if text(quotes.First()) != want || text(quotes.First().Find("mark")) != "scan messages on the device" {
		t.Errorf("the evidence is %q with %q marked", text(quotes.First()), text(quotes.First().Find("mark")))
	}
	page := text(doc.Find("main"))
	for _, want := range []string{
		"rules-2026.11 + record-2026.11.20", "Signal Foundation", "Opposes", "New step: In committee", "In committee, 24 November 2026",
		"sha256:5e884898", "2026-11-24-0001.warc.gz:48213", "24 November 2026, 08:05 UTC", "Committee spares encrypted messengers", "Full record (PDF)",
		"A. Reader", "Official (the body's own site or record)",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if doc.Find(`a[href^="javascript"]`).Length() > 0 {
		t.Error("a script is linked")
	}
}

func TestItemShowsAFairPartOfAText(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/items/52", 200)
	if got := len([]rune(text(doc.Find(".excerpt")))); got < 300 || got > 720 {
		t.Errorf("the excerpt of a press text has %d characters", got)
	}
	if got := text(doc.Find(".onward.big a")); got != "Read on at blatt.example.net" {
		t.Errorf("the way on is %q", got)
	}
}

func TestATextFromElsewhereNamesItsHost(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/items/51", 200)
	if got := text(doc.Find(".from")); got != "elsewhere.example.com Other 12 October 2026" || doc.Find(`a[href="/sources/"]`).Length() > 0 {
		t.Errorf("it says %q", got)
	}
	if n := doc.Find(".excerpt p").Length(); n != 10 {
		t.Errorf("%d paragraphs are shown", n)
	}
}

func TestSourcesAreGroupedByHowTheyDo(t *testing.T) {
	server := serve(t, storybook())
	doc := open(t, server.URL+"/sources", 200)
	var groups []string
	doc.Find("section.sources h2").Each(func(_ int, s *goquery.Selection) { groups = append(groups, text(s)) })
	if got := strings.Join(groups, ", "); got != "With a problem 3 sources, Not read yet 1 source, Fine 3 sources, Switched off 1 source" {
		t.Errorf("the groups are %s", got)
	}
	blocked := text(doc.Find("#s-example-ministry"))
	for _, want := range []string{"Blocked", "a firewall answered instead", "22 November 2026, 07:30 UTC", "Next try 24 November 2026, 15:30 UTC", "4 times"} {
		if !strings.Contains(blocked, want) {
			t.Errorf("%q is missing in %q", want, blocked)
		}
	}
	doc = open(t, server.URL+"/sources?jurisdiction=us", 200)
	if got := text(doc.Find("section.sources h3")); got != "Florida Example Senate" {
		t.Errorf("the sources of the United States are %q", got)
	}
}

func TestProblemsAreExplained(t *testing.T) {
	server := serve(t, storybook())
	doc := open(t, server.URL+"/timeline?stance=pro&from=yesterday&colour=red", 400)
	rows := text(doc.Find(".mistakes"))
	for _, want := range []string{"colour", "there is no such parameter", "protects, weakens, neutral, mixed", "yesterday", "2026-05-12"} {
		if !strings.Contains(rows, want) {
			t.Errorf("%q is missing in %q", want, rows)
		}
	}
	open(t, server.URL+"/timeline?cursor=nonsense", 400)
	open(t, server.URL+"/items/abc", 404)
	open(t, server.URL+"/sources?place=GB", 400)
	response, _ := do(t, http.MethodPost, server.URL+"/timeline", nil)
	if response.StatusCode != http.StatusMethodNotAllowed || response.Header.Get("Allow") == "" {
		t.Errorf("POST answered %d, Allow %q", response.StatusCode, response.Header.Get("Allow"))
	}
}

func TestAFailureIsToldWithoutItsCause(t *testing.T) {
	for _, c := range []struct {
		name   string
		err    error
		status int
	}{
		{"internal", fmt.Errorf("opening /var/lib/secret.db: no such table"), 500},
		{"unavailable", fmt.Errorf("database at 10.0.0.7: %w", policy.ErrUnavailable), 503},
		{"gone", fmt.Errorf("item: %w", policy.ErrGone), 410},
	} {
		t.Run(c.name, func(t *testing.T) {
			reader := storybook()
			reader.err = c.err
			server := serve(t, reader)
			for _, path := range []string{"/", "/timeline", "/items/3", "/sources"} {
				doc := open(t, server.URL+path, c.status)
				if body := text(doc.Selection); strings.Contains(body, "secret") || strings.Contains(body, "10.0.0.7") {
					t.Errorf("%s tells the cause", path)
				}
			}
		})
	}
}

func TestAPanicIsAnErrorPage(t *testing.T) {
	server := serve(t, absent{})
	open(t, server.URL+"/timeline", 500)
}

// absent is a reader that is not there.
type absent struct{ *memory }

func TestChoicesAreKeptInACookieAndOnlyWhenMade(t *testing.T) {
	server := serve(t, storybook())
	post := func(form url.Values, header ...string) *http.Response {
		header = append(header, "Content-Type", "application/x-www-form-urlencoded")
		response, _ := do(t, http.MethodPost, server.URL+"/settings", strings.NewReader(form.Encode()), header...)
		return response
	}
	chosen := post(url.Values{"theme": {"dark"}, "back": {"/timeline?q=x"}})
	if chosen.StatusCode != http.StatusSeeOther || chosen.Header.Get("Location") != "/timeline?q=x" {
		t.Fatalf("%d to %q", chosen.StatusCode, chosen.Header.Get("Location"))
	}
	cookie := chosen.Cookies()[0]
	if cookie.Name != "theme" || cookie.Value != "dark" || !cookie.HttpOnly || !cookie.Secure || cookie.SameSite != http.SameSiteLaxMode {
		t.Errorf("the cookie is %v", cookie)
	}
	_, body := do(t, http.MethodGet, server.URL+"/", nil, "Cookie", "theme=dark; shortcuts=off")
	if !strings.Contains(string(body), `<html lang="en" data-theme="dark">`) || strings.Contains(string(body), "<script") {
		t.Error("the choices are not followed")
	}
	if _, body := do(t, http.MethodGet, server.URL+"/", nil, "Cookie", `theme="><script>`); strings.Contains(string(body), "data-theme") {
		t.Error("a made-up choice is followed")
	}
	for name, back := range map[string]string{"other host": "//evil.example", "backslash": "/\\evil.example", "address": "https://evil.example/", "none": ""} {
		if got := post(url.Values{"theme": {""}, "back": {back}}).Header.Get("Location"); got != "/" {
			t.Errorf("%s: leads to %q", name, got)
		}
	}
	if got := post(url.Values{"theme": {"pink"}}).StatusCode; got != 400 {
		t.Errorf("a choice that does not exist answered %d", got)
	}
	if got := post(url.Values{"theme": {"dark"}}, "Sec-Fetch-Site", "cross-site"); got.StatusCode != 403 || len(got.Cookies()) > 0 {
		t.Errorf("another site's form answered %d", got.StatusCode)
	}
}
