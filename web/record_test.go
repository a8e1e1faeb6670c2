package web_test

import (
	"net/http"
	"strconv"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const example = "/dossiers/gl-example-messenger-bill"

// order holds that the texts stand on the page in this order.
func order(t *testing.T, page string, texts ...string) {
	t.Helper()
	at := 0
	for _, want := range texts {
		found := strings.Index(page[at:], want)
		if found < 0 {
			t.Errorf("%q is missing, or comes too early", want)
			continue
		}
		at += found
	}
}

func TestADossierAnswersInTheOrderInWhichPeopleAsk(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+example, 200)
	order(t, text(doc.Find("main")),
		"Greenland", "Bill", "EX 2025/7", "Example Messenger Bill",
		"In committee since 18 September 2025", "A committee examines the text and may change it.", "Its last known step is of 1 December 2025.",
		"How sure we are: Fairly sure",
		"Weakens encryption", "If it works as written, it weakens strong encryption. It is about backdoor mandate and key disclosure.",
		"What comes next", "10 December 2026 expected", "2027 expected, no day is known", "5 October 2026 was expected then; we do not know what came of it",
		"Who decides: Chamber of Examples", "From here it can be amended", "Newest step with a source", "This entry last changed here on 23 November 2026",
		"A made-up bill", "Procedure: example.gov Official",
		"History", "Still possible:", "Now", "18 November 2026", "5 October 2026 Coming up was expected then", "18 September 2025", "February 2025",
		"Suggested by reports", "Who stands where", "Opposes", "Neutral", "What was published", "Also called", "eksempelloven")
}

func TestADossierMarksWhatMachinesNoticed(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+example, 200)
	crawled := doc.Find(`#history ~ .course [id="e-gl-example-messenger-bill.2026-11-18.floor.crawled"]`)
	if got := text(crawled); crawled.Length() != 1 || !strings.Contains(got, "official, noticed by machine") || !strings.Contains(got, "Committee on Examples") {
		t.Errorf("the crawled step says %q", got)
	}
	tabled := text(doc.Find(`[id="e-gl-example-messenger-bill.2025-06-03.introduced"]`))
	if !strings.Contains(tabled, "The example is tabled") || !strings.Contains(tabled, "official, noticed by machine 4 June 2025") {
		t.Errorf("the step that both know says %q", tabled)
	}
	suggested := doc.Find("section.suggestions")
	if got := text(suggested); !strings.Contains(got, `<script>alert("event")</script> & "quotes"`) || !strings.Contains(got, "checked by nobody") || !strings.Contains(got, "no source given") {
		t.Errorf("the suggestion says %q", got)
	}
	if doc.Find(`.course [id$=".suggested"]`).Length() != suggested.Find("li").Length() {
		t.Error("a suggestion stands in the history")
	}
	if got := text(doc.Find("#status ~ .note")); !strings.Contains(got, "Debated by the chamber on 18 November 2026") {
		t.Errorf("the status does not say that it may be behind: %q", got)
	}
}

func TestPositionsAreThoseOfTheDay(t *testing.T) {
	server := serve(t, storybook())
	sides := func(path string) string {
		var all []string
		doc := open(t, server.URL+path, 200)
		doc.Find(".sidegroup").Each(func(_ int, s *goquery.Selection) {
			names := s.Find("li > p:first-child b").Map(func(_ int, b *goquery.Selection) string { return text(b) })
			heading := strings.Fields(text(s.Find("h3")))
			all = append(all, heading[0]+": "+strings.Join(names, ", "))
		})
		return strings.Join(all, "; ")
	}
	for path, want := range map[string]string{
		example:                    "Opposes: Ane Example, Example Union, Signal Foundation; Neutral: European Commission",
		example + "?on=2025-10-10": "Opposes: Example Union, Signal Foundation; Supports: Ane Example",
		example + "?on=2025-06":    "Opposes: Example Union; Supports: Ane Example",
		example + "?on=2024":       "",
	} {
		if got := sides(path); got != want {
			t.Errorf("%s says %q, want %q", path, got, want)
		}
	}
	doc := open(t, server.URL+example, 200)
	turned := text(doc.Find(`.stands li:contains("Ane Example")`))
	order(t, turned, "Changed sides", "Now says that no such key", "15 March 2026", "example.gov Official", "Before: Supports, February 2025 – Wants a key")
	if got := text(doc.Find("#positions ~ [role=status]")); got != "4 actors, 1 after a change of side" {
		t.Errorf("the count is %q", got)
	}
	then := open(t, server.URL+example+"?on=2025-10-10", 200)
	if got := text(then.Find("#positions")); got != "Who stands where: as of 10 October 2025" {
		t.Errorf("the heading is %q", got)
	}
	if got := text(then.Find(`.stands li:contains("Signal")`)); !strings.Contains(got, "perhaps later than the day asked for") {
		t.Errorf("a position of a month says %q", got)
	}
	if got := then.Find("#on").AttrOr("value", ""); got != "2025-10-10" {
		t.Errorf("the field holds %q", got)
	}
	if href := then.Find(`#on-help a:contains("end of 2025")`).AttrOr("href", ""); href != example+"?on=2025#positions" {
		t.Errorf("the end of the year is at %q", href)
	}
}

func TestAddressesLast(t *testing.T) {
	server := serve(t, storybook())
	for _, c := range []struct {
		name, path string
		status     int
		to         string
	}{
		{"dossier in capitals", "/dossiers/EU-CSA-Regulation", 301, "/dossiers/eu-csa-regulation"},
		{"place in small letters", "/places/us-fl", 301, "/places/US-FL"},
		{"actor in capitals", "/actors/Signal", 301, "/actors/signal"},
		{"candidate that became a dossier", "/candidates/1", 301, example},
		{"noticed event that the record has", "/events/gl-example-messenger-bill.2025-06-04.introduced.crawled", 301, "/events/gl-example-messenger-bill.2025-06-03.introduced"},
		{"form with empty fields", example + "?on=&order=oldest", 303, example + "?order=oldest"},
		{"list's form with empty fields", "/dossiers?q=&by=status&effect=mixed", 303, "/dossiers?effect=mixed"},
		{"actors' form with empty fields", "/actors?q=&kind=ngo", 303, "/actors?kind=ngo"},
		{"timeline's form", "/timeline?show=all&q=&jurisdiction=EU", 303, "/timeline?jurisdiction=EU"},
		{"removed", "/dossiers/removed-dossier", 410, ""},
		{"unknown dossier", "/dossiers/none", 404, ""},
		{"unknown place", "/places/ZZ", 404, ""},
		{"unknown actor", "/actors/none", 404, ""},
		{"unknown event", "/events/none", 404, ""},
		{"unknown candidate", "/candidates/99", 404, ""},
		{"candidate that is no number", "/candidates/x", 404, ""},
		{"no day", example + "?on=tomorrow", 400, ""},
		{"unknown parameter", "/places?effect=weakens", 400, ""},
		{"unknown parameter of a place", "/places/GB?on=2025", 400, ""},
		{"unknown words", "/actors?kind=robot", 400, ""},
		{"what is not shown", "/timeline?show=nothing", 400, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			response, _ := do(t, http.MethodGet, server.URL+c.path, nil)
			if got := response.Header.Get("Location"); response.StatusCode != c.status || got != c.to {
				t.Errorf("%s answered %d %q, want %d %q", c.path, response.StatusCode, got, c.status, c.to)
			}
		})
	}
}

func TestDossiersCanBeFilteredAndGrouped(t *testing.T) {
	server := serve(t, storybook())
	doc := open(t, server.URL+"/dossiers?effect=protects&jurisdiction=US&by=place", 200)
	want := 0
	for _, d := range base().Dossiers {
		if d.Effect == policy.EffectProtects && strings.HasPrefix(d.Jurisdiction, "US") {
			want++
		}
	}
	if got := text(doc.Find("[role=status]")); got != strconv.Itoa(want)+" dossiers with these filters" {
		t.Errorf("the count is %q, want %d", got, want)
	}
	if n := doc.Find(".dossierlist > li").Length(); n != want {
		t.Errorf("%d dossiers are listed, want %d", n, want)
	}
	if got := text(doc.Find(".band h2").First()); !strings.HasPrefix(got, "United States") {
		t.Errorf("the first group is %q", got)
	}
	all := open(t, server.URL+"/dossiers", 200)
	if n := all.Find(".dossierlist > li").Length(); n != len(base().Dossiers) {
		t.Errorf("%d dossiers are listed of %d", n, len(base().Dossiers))
	}
	var bands []string
	all.Find(".band h2").Each(func(_ int, s *goquery.Selection) { bands = append(bands, text(s)) })
	order(t, strings.Join(bands, "; "), "Announced", "In committee", "In negotiation", "In force", "Challenged in court", "Withdrawn", "Repealed")
	if doc.Find(`a.chip[href="/dossiers?by=place&effect=protects"]`).Length() != 1 {
		t.Error("the place cannot be taken away")
	}
}

func TestTheMapShowsTheNumbersOfTheTable(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/places", 200)
	rows := map[string]string{}
	total := 0
	doc.Find(".wide-table tbody tr").Each(func(_ int, row *goquery.Selection) {
		last := text(row.Find("td").Last())
		rows[row.Find("th a").AttrOr("href", "")] = last
		if !row.HasClass("part") {
			n, _ := strconv.Atoi(last)
			total += n
		}
	})
	if total != len(base().Dossiers) || text(doc.Find(".wide-table tfoot td").Last()) != strconv.Itoa(total) {
		t.Errorf("the rows add up to %d, the foot says %s", total, text(doc.Find(".wide-table tfoot td").Last()))
	}
	tiles := doc.Find(".tile a")
	if tiles.Length() < 50 {
		t.Errorf("only %d tiles lead somewhere", tiles.Length())
	}
	tiles.Each(func(_ int, tile *goquery.Selection) {
		href := tile.AttrOr("href", "")
		if got := text(tile.Find("b")); got != rows[href] {
			t.Errorf("the tile of %s says %s, the table %s", href, got, rows[href])
		}
	})
	gb := doc.Find(`.tile a[href="/places/GB"]`)
	if got := text(gb); !strings.Contains(got, "United Kingdom") || !strings.Contains(got, "weaken encryption") {
		t.Errorf("who hears the tile of the United Kingdom hears %q", got)
	}
}

func TestAPlaceHasItsDossiersActorsAndParts(t *testing.T) {
	server := serve(t, storybook())
	doc := open(t, server.URL+"/places/GL", 200)
	order(t, text(doc.Find("main")), "Territory", "Greenland", "1 dossier: 1 weakens encryption", "What comes next", "10 December 2026 expected",
		"15 December 2026 expected", "Dossiers by status", "In committee", "Example Messenger Bill", "Its share of the timeline", "First reading", "Who is at home here", "Example Union")
	florida := open(t, server.URL+"/places/US-FL", 200)
	order(t, text(florida.Find("main")), "part of United States", "Florida", "Found by machine", "An act relating to examples of keys")
	order(t, text(open(t, server.URL+"/places/US", 200).Find("#parts").Parent()), "Its parts", "California", "Florida")
	order(t, text(open(t, server.URL+"/places/GB", 200).Find("main")), "Of the 58 texts on encryption that we read, 12 concern it (20 %).")
}

func TestAnActorsChangesOfSideAreMarked(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/actors/example-minister", 200)
	order(t, text(doc.Find("main")), "Ane Example", "Argues both ways, in the long run", "Opposes 1", "Supports 1", "1 change of side",
		"2026", "Opposes Example Messenger Bill Weakens encryption Changed sides: Supports before", "2025", "Supports")
	if n := doc.Find("li.turned").Length(); n != 1 {
		t.Errorf("%d changes are marked", n)
	}
}

func TestTheTimelineHasWhatIsExpectedAboveNow(t *testing.T) {
	server := serve(t, storybook())
	doc := open(t, server.URL+"/timeline?jurisdiction=GL", 200)
	order(t, text(doc.Find("main")), "6 steps", "Expected", "10 December 2026 expected", "15 December 2026 expected", "official, noticed by machine",
		"2027 expected, no day is known", "Now, 24 November 2026", "Wednesday, 18 November 2026", "First reading",
		"Monday, 5 October 2026", "was expected then; we do not know what came of it", "February 2025, day unknown")
	if n := doc.Find(`article[id="e-gl-example-messenger-bill.2025-06-03.introduced"] a[href="/events/gl-example-messenger-bill.2025-06-03.introduced"]`).Length(); n != 1 {
		t.Error("a step has no permalink")
	}
	texts := open(t, server.URL+"/timeline?jurisdiction=EU&show=items", 200)
	if texts.Find("article.event, .upcoming").Length() > 0 || texts.Find("input[type=hidden][name=show][value=items]").Length() != 1 {
		t.Error("a list of texts shows steps, or its form forgets that it is one")
	}
	if href := texts.Find("a.chip").AttrOr("href", ""); href != "/timeline?show=items" {
		t.Errorf("without its place the list is at %q", href)
	}
	stance := open(t, server.URL+"/timeline?stance=weakens", 200)
	if stance.Find("article.event").Length() > 0 {
		t.Error("a step of a dossier has a stance")
	}
}

func TestTheChartOfEffectsShowsTheSameNumbersTwice(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/timeline?show=events", 200)
	figure := doc.Find("figure.effects")
	if figure.Find(".bands > svg[role=img][aria-label]").Length() != 4 || figure.Find("table").Length() != 1 {
		t.Fatal("there is no drawing of four effects with a table")
	}
	drawn, listed := 0, 0
	figure.Find(".bands rect title").Each(func(_ int, s *goquery.Selection) {
		_, n, _ := strings.Cut(text(s), ": ")
		count, _ := strconv.Atoi(n)
		drawn += count
	})
	figure.Find("tbody tr").Each(func(_ int, row *goquery.Selection) {
		if month := row.Find("time").AttrOr("datetime", ""); len(month) == len("2026-05") {
			count, _ := strconv.Atoi(text(row.Find("td").Last()))
			listed += count
		}
	})
	if drawn == 0 || drawn != listed {
		t.Errorf("%d are drawn, %d listed", drawn, listed)
	}
}

func TestWhatMachinesFoundSaysSo(t *testing.T) {
	server := serve(t, storybook())
	list := open(t, server.URL+"/candidates", 200)
	if n := list.Find(".found > li").Length(); n != 2 || list.Find(".found .origin").Length() != n {
		t.Errorf("%d are listed, %d marked", n, list.Find(".found .origin").Length())
	}
	order(t, text(open(t, server.URL+"/candidates/3", 200).Find("main")), "Florida", "EX 868", "An act relating", "found by machine",
		"nobody has looked at it yet", "In committee, 19 November 2026", "Now in Example Committee", "Introduced", "22 November 2026", "2 texts", "Committee adopts its report")
	order(t, text(open(t, server.URL+"/events/gl-example-messenger-bill.2026-11-20.passed.suggested", 200).Find("main")),
		"suggested by a report, checked by nobody", "How we know Suggested")
}

func TestBadgesLeadToTheRecord(t *testing.T) {
	doc := open(t, serve(t, storybook()).URL+"/items/59", 200)
	for _, href := range []string{"/places/EU", "/dossiers/eu-csa-regulation", "/actors/signal"} {
		if doc.Find(`main a[href="`+href+`"]`).Length() == 0 {
			t.Errorf("nothing leads to %s", href)
		}
	}
}
