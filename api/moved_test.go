package api_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// reading is a bill of the tests with a reading on a day.
func reading(t *testing.T, day string) *knowledge.Base {
	t.Helper()
	base, err := knowledge.Load(fstest.MapFS{"ours.yaml": {Data: []byte(`
dossiers:
- id: gb-zebra
  jurisdiction: GB
  title: The Zebra Crossing Bill
  official_ids: [ZZ 4711/2026]
  kind: bill
  status: committee
  effect: weakens
  summary: A bill of the tests.
  confidence: low
  events:
  - {date: '2026-04-10', stage: committee, title: The committee sits, source: 'https://example.org/3'}
  - {date: '` + day + `', stage: upcoming, title: Third reading, source: 'https://example.org/6'}
`)}})
	if err != nil {
		t.Fatal(err)
	}
	return base
}

// TestAnAppointmentThatMovesIsCancelled changes the record between two starts of the
// program, as an update of it does.
func TestAnAppointmentThatMovesIsCancelled(t *testing.T) {
	for name, database := range map[string]func(*testing.T) string{
		"SQLite":     func(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") },
		"PostgreSQL": func(t *testing.T) string { return prerequisite.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			address, now := database(t), day(20)
			clock := func() time.Time { return now }
			start := func(base *knowledge.Base) (calendar, feed, changed string) {
				s, err := store.Open(t.Context(), store.Options{Database: address, Now: clock})
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = s.Close() }()
				if err := s.SyncRecord(t.Context(), base, func(_ policy.Document, tags policy.Tags) policy.Tags { return tags }); err != nil {
					t.Fatal(err)
				}
				o := options(s)
				o.Chronicle, o.Now = record.New(base, s, clock), clock
				o.Record.Dossiers = base.Dossiers
				engine, _ := mount(t, o)
				return ask(engine, "GET", "/feeds/dossiers/gb-zebra.ics").Body.String(), ask(engine, "GET", "/feeds/upcoming.atom?dossier=gb-zebra").Body.String(),
					ask(engine, "GET", "/api/v1/dossiers?changed_since=2026-05-21").Body.String()
			}
			first, _, changed := start(reading(t, "2026-09-10"))
			if strings.Count(first, "BEGIN:VEVENT") != 1 || strings.Contains(first, "CANCELLED") || !strings.Contains(changed, `"total":0`) {
				t.Fatalf("at first: %s%s", first, changed)
			}
			if again, _, _ := start(reading(t, "2026-09-10")); again != first {
				t.Error("the same record again changed the calendar")
			}
			now = day(25)
			second, feed, changed := start(reading(t, "2026-09-17"))
			old := appointment(second, "gb-zebra.2026-09-10.upcoming@watch.example")
			if !strings.Contains(old, "STATUS:CANCELLED") || !strings.Contains(old, "DTSTART;VALUE=DATE:20260910") {
				t.Errorf("the old appointment: %s", old)
			}
			if before := appointment(first, "gb-zebra.2026-09-10.upcoming@watch.example"); sequenceOf(t, old) <= sequenceOf(t, before) {
				t.Errorf("the number did not grow: %s%s", before, old)
			}
			if fresh := appointment(second, "gb-zebra.2026-09-17.upcoming@watch.example"); !strings.Contains(fresh, "STATUS:TENTATIVE") {
				t.Errorf("the new appointment: %s", fresh)
			}
			if !strings.Contains(feed, "Expected 17 September 2026") || strings.Contains(feed, "10 September") {
				t.Errorf("the feed: %s", feed)
			}
			if !strings.Contains(changed, `"total":1`) || !strings.Contains(changed, `"id":"gb-zebra"`) {
				t.Errorf("changed since: %s", changed)
			}
			now = time.Date(2026, 9, 11, 0, 0, 0, 0, time.UTC)
			if third, _, _ := start(reading(t, "2026-09-17")); strings.Contains(third, "CANCELLED") {
				t.Errorf("the cancelled day is over: %s", third)
			}
		})
	}
}

// appointment returns the part of a calendar with this UID.
func appointment(calendar, uid string) string {
	for part := range strings.SplitSeq(calendar, "BEGIN:VEVENT") {
		if strings.Contains(part, "UID:"+uid) {
			return part
		}
	}
	return ""
}

func sequenceOf(t *testing.T, appointment string) int {
	t.Helper()
	_, rest, _ := strings.Cut(appointment, "SEQUENCE:")
	n := 0
	for _, r := range rest {
		if r < '0' || r > '9' {
			break
		}
		n = n*10 + int(r-'0')
	}
	if n == 0 {
		t.Errorf("no number in %s", appointment)
	}
	return n
}
