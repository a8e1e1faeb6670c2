package api_test

import (
	"database/sql"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/mmcdole/gofeed"
)

// followed are the feeds of every list, without a suffix.
var followed = []string{
	"items", "timeline", "events", "upcoming", "dossiers", "candidates", "dossiers/fr-bill-7", "jurisdictions/FR", "jurisdictions/fr", "actors/someone",
}

func TestReadersUnderstandTheFeedsOfTheRecord(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, name := range followed {
		for _, suffix := range []string{".atom", ".rss", ".json"} {
			w := ask(engine, "GET", "/feeds/"+name+suffix)
			parsed, err := gofeed.NewParser().Parse(w.Body)
			if err != nil || len(parsed.Items) == 0 {
				t.Errorf("%s%s: got %d, %+v, %v", name, suffix, w.Code, parsed, err)
				continue
			}
			if !strings.EqualFold(parsed.FeedLink, "https://watch.example/feeds/"+name+suffix) || !strings.HasPrefix(parsed.Title, "Backdoor Watch") {
				t.Errorf("%s%s: %s %s", name, suffix, parsed.FeedLink, parsed.Title)
			}
			seen := map[string]bool{}
			for _, i := range parsed.Items {
				if seen[i.GUID] || !strings.HasPrefix(i.GUID, "tag:watch.example,2026-11-01:") {
					t.Errorf("%s%s: id %s", name, suffix, i.GUID)
				}
				seen[i.GUID] = true
				// What is to come was published when we came to know of it, not on its day.
				if i.PublishedParsed == nil || i.PublishedParsed.After(day(20)) || i.Title == "" || !strings.HasPrefix(i.Link, "https://watch.example/") {
					t.Errorf("%s%s: %v %q %s", name, suffix, i.PublishedParsed, i.Title, i.Link)
				}
			}
		}
		for _, suffix := range []string{".csv", ".ndjson"} {
			w := ask(engine, "GET", "/feeds/"+name+suffix)
			if w.Code != http.StatusOK || strings.Count(w.Body.String(), "\n") < 1 {
				t.Errorf("%s%s: got %d: %s", name, suffix, w.Code, w.Body)
			}
		}
	}
}

func TestFeedsOfTheRecordAnswer(t *testing.T) {
	engine, _ := mount(t, options(sample()))
	for _, tc := range []struct {
		name, address string
		status        int
		part, lacks   string
	}{
		{"a filter", "/feeds/events.atom?jurisdiction=EU", 200, "<title>Backdoor Watch: events · European Union</title>", "<entry>"},
		{"an expected step says so", "/feeds/upcoming.atom", 200, "Expected 3 June 2026: Bill 7: Vote", ""},
		{"a date that is a month", "/feeds/upcoming.rss", 200, "Expected October 2026: A rule", ""},
		{"a change of side", "/feeds/actors/someone.json", 200, "Somebody changed sides on Bill 7: Opposes, before: Neutral", ""},
		{"a dossier that was", "/feeds/dossiers/was-here.atom", 410, "problems/gone", ""},
		{"no such dossier", "/feeds/dossiers/unheard-of.atom", 404, "/api/v1/dossiers lists", ""},
		{"no such form", "/feeds/dossiers/fr-bill-7.xls", 404, "", ""},
		{"no such place", "/feeds/jurisdictions/XX.rss", 404, "", ""},
		{"no such actor", "/feeds/actors/nobody.rss", 404, "", ""},
		{"an actor has no dates", "/feeds/actors/someone.ics", 404, "/feeds/upcoming.ics", ""},
		{"a bad parameter", "/feeds/dossiers/fr-bill-7.ics?stance=x", 400, "#/query/stance", ""},
		{"a calendar of one dossier", "/feeds/dossiers/fr-bill-7.ics", 200, "UID:fr-bill-7.2026-06-03.upcoming@watch.example", "eu-rule"},
		{"a calendar of one place", "/feeds/jurisdictions/EU.ics", 200, "UID:eu-rule.2026-09-01.in-force@watch.example", "fr-bill-7"},
		{"a calendar until a day", "/feeds/upcoming.ics?to=2026-06", 200, "fr-bill-7.2026-06-03", "2026-07-14"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			w := ask(engine, "GET", tc.address)
			if w.Code != tc.status || !strings.Contains(w.Body.String(), tc.part) || tc.lacks != "" && strings.Contains(w.Body.String(), tc.lacks) {
				t.Errorf("got %d: %s", w.Code, w.Body)
			}
		})
	}
	w := ask(engine, "GET", "/feeds/events.csv?limit=1")
	if link := w.Header().Get("Link"); !strings.Contains(link, `<https://watch.example/feeds/events.csv?cursor=1&limit=1>; rel="next"`) {
		t.Errorf("a table's next page: %s", link)
	}
}

func TestFeedsOfTheRecordStayWhenOnlyTheClockMoves(t *testing.T) {
	now := day(20)
	o := options(sample())
	o.Now = func() time.Time { return now }
	engine, _ := mount(t, o)
	for _, name := range []string{"events.atom", "upcoming.rss", "upcoming.ics", "dossiers.json", "candidates.atom", "actors/someone.atom", "timeline.csv"} {
		now = day(20)
		first := ask(engine, "GET", "/feeds/"+name)
		now = day(22)
		if second := ask(engine, "GET", "/feeds/"+name); first.Header().Get("ETag") != second.Header().Get("ETag") ||
			first.Header().Get("Last-Modified") != second.Header().Get("Last-Modified") {
			t.Errorf("%s: %v then %v", name, first.Header(), second.Header())
		}
	}
}

// TestNewsboatReadsTheFeeds lets a real feed reader subscribe.
func TestNewsboatReadsTheFeeds(t *testing.T) {
	newsboat := prerequisite.Program(t, "newsboat")
	engine, _ := mount(t, options(sample()))
	server := httptest.NewServer(engine)
	defer server.Close()
	for n, name := range followed {
		suffix := []string{".atom", ".rss"}[n%2]
		parsed, err := gofeed.NewParser().Parse(ask(engine, "GET", "/feeds/"+name+suffix).Body)
		if err != nil {
			t.Fatal(err)
		}
		if entries := newsboatHas(t, newsboat, server.URL+"/feeds/"+name+suffix); entries != len(parsed.Items) {
			t.Errorf("%s%s: newsboat has %d entries of %d", name, suffix, entries, len(parsed.Items))
		}
	}
}

// newsboatHas subscribes to one feed alone, since newsboat keeps an entry that is in
// several feeds once, and returns how many entries with our ids and a title it took in.
func newsboatHas(t *testing.T, newsboat, feed string) (entries int) {
	t.Helper()
	home := t.TempDir()
	write(t, filepath.Join(home, "urls"), feed+"\n")
	write(t, filepath.Join(home, "config"), "use-proxy no\n")
	reload := exec.CommandContext(t.Context(), newsboat, "-u", filepath.Join(home, "urls"), "-c", filepath.Join(home, "cache.db"),
		"-C", filepath.Join(home, "config"), "-x", "reload")
	reload.Env = append(os.Environ(), "HOME="+home, "LC_ALL=C.UTF-8", "no_proxy=127.0.0.1", "TERM=dumb")
	if out, err := reload.CombinedOutput(); err != nil {
		t.Fatalf("newsboat: %v: %s", err, out)
	}
	cache, err := sql.Open("sqlite3", filepath.Join(home, "cache.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = cache.Close() }()
	row := cache.QueryRow("SELECT count(*) FROM rss_item WHERE guid LIKE 'tag:watch.example,2026-11-01:%' AND title <> ''")
	if err := row.Scan(&entries); err != nil {
		t.Fatal(err)
	}
	return entries
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// TestKhalReadsTheCalendar lets a real calendar program take the appointments in.
func TestKhalReadsTheCalendar(t *testing.T) {
	khal := prerequisite.Program(t, "khal")
	engine, _ := mount(t, options(sample()))
	home := t.TempDir()
	if err := os.Mkdir(filepath.Join(home, "kept"), 0o700); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(home, "watch.ics"), ask(engine, "GET", "/feeds/upcoming.ics").Body.String())
	write(t, filepath.Join(home, "config"), fmt.Sprintf("[calendars]\n[[kept]]\npath = %s/kept\n[locale]\nlocal_timezone = UTC\ndefault_timezone = UTC\n"+
		"timeformat = %%H:%%M\ndateformat = %%Y-%%m-%%d\nlongdateformat = %%Y-%%m-%%d\ndatetimeformat = %%Y-%%m-%%d %%H:%%M\nlongdatetimeformat = %%Y-%%m-%%d %%H:%%M\n", home))
	run := func(args ...string) string {
		command := exec.CommandContext(t.Context(), khal, append([]string{"-c", filepath.Join(home, "config")}, args...)...)
		command.Env = append(os.Environ(), "HOME="+home, "LC_ALL=C.UTF-8", "XDG_CACHE_HOME="+home, "XDG_DATA_HOME="+home)
		out, err := command.CombinedOutput()
		if err != nil {
			t.Fatalf("khal %v: %v: %s", args, err, out)
		}
		return string(out)
	}
	run("import", "--batch", "-a", "kept", filepath.Join(home, "watch.ics"))
	listed := run("list", "--format", "{start} | {title} | {status}", "2026-06-01", "300d")
	for _, part := range []string{
		"2026-06-03 | Bill 7: Vote in the chamber; perhaps, or not | TENTATIVE", "2026-09-01 10:30 | A rule: Règle en vigueur | CONFIRMED",
		"2026-07-14 | Cancelled: Bill 7: Coming up | CANCELLED",
	} {
		if !strings.Contains(listed, part) {
			t.Errorf("khal lacks %s: %s", part, listed)
		}
	}
	if strings.Contains(listed, "A report is due") {
		t.Errorf("a month became an appointment: %s", listed)
	}
}

func TestCalendarFollowsTheStandard(t *testing.T) {
	reader, record := sample(), past()
	record.upcoming[0].Title = "Vote\r\nATTENDEE:mailto:x@example.org; " + strings.Repeat("ü", 200)
	o := options(reader)
	o.Chronicle = record
	engine, _ := mount(t, o)
	w := ask(engine, "GET", "/feeds/upcoming.ics")
	body := w.Body.String()
	if got := w.Header().Get("Content-Type"); got != "text/calendar; charset=utf-8" || w.Header().Get("Last-Modified") != day(11).Format(http.TimeFormat) {
		t.Errorf("got %v", w.Header())
	}
	if strings.Count(body, "\n") != strings.Count(body, "\r\n") || strings.Count(body, "\r") != strings.Count(body, "\r\n") {
		t.Error("a line does not end with CRLF")
	}
	uids := map[string]bool{}
	for line := range strings.SplitSeq(strings.TrimSuffix(body, "\r\n"), "\r\n") {
		if len(line) > 75 {
			t.Errorf("a line has %d bytes: %s", len(line), line)
		}
		if strings.HasPrefix(line, "ATTENDEE") {
			t.Error("a title became a property")
		}
		if uid, ok := strings.CutPrefix(line, "UID:"); ok {
			if uids[uid] {
				t.Errorf("%s is there twice", uid)
			}
			uids[uid] = true
		}
	}
	if len(uids) != 3 {
		t.Errorf("appointments: %v", uids)
	}
	// A later change of the same appointment has a larger number.
	if !strings.Contains(body, "SEQUENCE:180510\r\n") || !strings.Contains(body, "SEQUENCE:187710\r\n") {
		t.Errorf("sequences: %s", body)
	}
	if empty := ask(engine, "GET", "/feeds/upcoming.ics?to=2026-05"); empty.Code != 200 || !strings.Contains(empty.Body.String(), "END:VCALENDAR") {
		t.Errorf("an empty calendar: %d %s", empty.Code, empty.Body)
	}
}
