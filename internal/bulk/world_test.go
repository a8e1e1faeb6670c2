package bulk_test

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/crypto/ssh"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/bulk"
	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const base = "https://watch.example"

// ours is an operator's addition to the shipped record.
const ours = `
dossiers:
- id: gb-zebra
  jurisdiction: GB
  title: The Zebra Crossing Bill
  official_ids: [ZZ 4711/2026]
  kind: bill
  status: committee
  effect: weakens
  measures: [traceability]
  summary: A bill of which every event is known to the tests.
  confidence: low
  events:
  - {date: '2026-01', stage: announced, title: The minister says that a bill will come, source: 'https://example.org/1'}
  - {date: '2026-04-10', stage: committee, title: The committee sits, source: 'https://example.org/3'}
  - {date: '2026-09', stage: upcoming, title: Third reading, source: 'https://example.org/6'}
  positions:
  - {actor: signal, position: neutral, on: '2026-02', claim: Waits for the text, source: 'https://example.org/7'}
  - {actor: signal, position: opposes, on: '2026-03-05', claim: =Would rather leave, source: 'https://example.org/8'}
hosts:
- {host: example.org, grade: press}
`

// doomed is another, which the record loses again.
const doomed = `
dossiers:
- id: gb-quagga
  jurisdiction: GB
  title: The Quagga Act
  kind: bill
  status: committee
  effect: unclear
  measures: [traceability]
  summary: A bill that the record loses.
  confidence: low
  events:
  - {date: '2026-02-10', stage: committee, title: The committee sits, source: 'https://example.org/9'}
`

// load reads the record once for all tests: it never changes.
var load = sync.OnceValues(func() (*knowledge.Base, error) {
	return knowledge.Load(fstest.MapFS{"ours.yaml": {Data: []byte(ours)}})
})

// world is a database with something of every sort, and what is written from it.
type world struct {
	store  *store.Store
	base   *knowledge.Base
	folder string
	mu     sync.Mutex
	at     time.Time
}

func (w *world) now() time.Time {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.at
}

func (w *world) later(d time.Duration) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.at = w.at.Add(d)
}

func onBoth(t *testing.T, test func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, filepath.Join(t.TempDir(), "test.db")))
	})
	t.Run("postgres", func(t *testing.T) {
		t.Parallel()
		test(t, open(t, prerequisite.Postgres(t)))
	})
}

func open(t testing.TB, database string) *world {
	t.Helper()
	w := &world{folder: filepath.Join(t.TempDir(), "bulk"), at: time.Date(2026, 5, 20, 12, 0, 0, 0, time.UTC)}
	var err error
	if w.base, err = load(); err != nil {
		t.Fatal(err)
	}
	before, err := knowledge.Load(fstest.MapFS{"ours.yaml": {Data: []byte(ours)}, "doomed.yaml": {Data: []byte(doomed)}})
	if err != nil {
		t.Fatal(err)
	}
	if w.store, err = store.Open(t.Context(), store.Options{Database: database, Now: w.now}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = w.store.Close() })
	sources := []policy.Source{
		{ID: "a", Name: "A paper", Home: "https://a.example", Jurisdiction: "GB", Language: "en", Kind: policy.KindNews, Grade: policy.GradePress, Interval: time.Hour, Licence: "CC BY 4.0", Attribution: "The A paper"},
		{ID: "b", Name: "Parliament", Home: "https://b.example", Jurisdiction: "GB", Language: "en", Kind: policy.KindLegislation, Grade: policy.GradeOfficial, Interval: time.Hour},
	}
	if err := w.store.SyncSources(t.Context(), sources); err != nil {
		t.Fatal(err)
	}
	for _, base := range []*knowledge.Base{before, w.base} {
		if err := w.store.SyncRecord(t.Context(), base, func(_ policy.Document, tags policy.Tags) policy.Tags { return tags }); err != nil {
			t.Fatal(err)
		}
		w.later(time.Minute)
	}
	w.fill(t)
	return w
}

// fill stores items of every sort.
func (w *world) fill(t testing.TB) {
	t.Helper()
	for n := range 7 {
		w.take(t, fmt.Sprint("report ", n))
	}
	w.take(t, "=SUM(A1)\t\"quoted\", and <b>marked</b> 加密\nnext line")
	w.take(t, "noise", func(_ *policy.Document, t *policy.Tags) {
		*t = policy.Tags{Language: "en", Relevant: policy.Tag{Value: "no", Confidence: .9}}
	})
	w.take(t, "official", func(d *policy.Document, t *policy.Tags) {
		d.Source, d.Grade, d.OfficialIDs = "b", policy.GradeOfficial, []string{"ZZ 4711/2026"}
		d.Steps = []policy.Step{{Date: policy.Day(2026, 4, 11), Stage: policy.StageCommittee, Text: "sits"}, {Date: policy.Day(2026, 5, 9), Stage: policy.StageFloor, Text: "debate"}}
		t.Dossiers = []policy.Tag{{Value: "gb-zebra", Confidence: .9}}
	})
	w.take(t, "rumour", func(_ *policy.Document, t *policy.Tags) {
		t.Dossiers = []policy.Tag{{Value: "gb-zebra", Confidence: .9}}
		t.Event, t.EventDate = policy.Tag{Value: "withdrawn", Confidence: .8}, policy.Day(2026, 5, 12)
	})
	w.take(t, "another bill", func(d *policy.Document, _ *policy.Tags) {
		d.Source, d.Grade, d.OfficialIDs = "b", policy.GradeOfficial, []string{"ZZ 1/2026"}
		d.Steps = []policy.Step{{Date: policy.Day(2026, 5, 1), Stage: policy.StageIntroduced, Text: "read for the first time"}}
	})
	first := w.take(t, "corrected")
	w.later(time.Minute)
	if err := w.store.Correct(t.Context(), policy.Correction{Item: first, Facet: policy.FacetStance, Value: "weakens", Verdict: policy.VerdictSet, By: "Ada", At: w.now()}); err != nil {
		t.Fatal(err)
	}
	item, err := w.store.Item(t.Context(), first)
	if err == nil {
		err = w.store.SaveOpinions(t.Context(), first, "small", []policy.Opinion{{Item: first, Model: "small", About: item.ContentChangedAt, At: w.now(), Facet: policy.FacetStance, Value: "neutral", Confidence: .6}})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// take stores a relevant document.
func (w *world) take(t testing.TB, title string, change ...func(*policy.Document, *policy.Tags)) policy.ItemID {
	t.Helper()
	doc := policy.Document{
		Source: "a", EntryID: title, Title: title, URL: "https://a.example/" + fmt.Sprintf("%x", title), Byline: "Ada", Summary: "About " + title,
		Text: "All about " + title, Published: policy.Day(2026, 5, 12), Grade: policy.GradePress, Kind: policy.KindNews, Jurisdiction: "GB", Language: "en",
		Capture: policy.Capture{URL: "https://a.example/feed", FetchedAt: w.now(), Status: 200, MediaType: "text/html", Digest: "sha256:00ff"},
	}
	doc.CanonicalURL = doc.URL
	tags := policy.Tags{
		Version: "1", Language: "en", Relevant: policy.Tag{Value: "yes", Confidence: 1, Evidence: []policy.Span{{Field: "title", Start: 0, End: 3, Text: title[:3]}}, Reasons: []string{"a word"}},
		Stance: policy.Tag{Value: "neutral", Confidence: .7}, Jurisdictions: []policy.Tag{{Value: "GB", Confidence: 1}, {Value: "EU", Confidence: .6}},
		Measures: []policy.Tag{{Value: "traceability", Confidence: 1}}, Actors: []policy.Tag{{Value: "signal", Confidence: .8}},
		Positions: []policy.Claim{{Actor: "signal", Side: policy.SideOpposes, Dossier: "gb-zebra", Confidence: .7}},
	}
	for _, f := range change {
		f(&doc, &tags)
	}
	var saved store.Saved
	err := w.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		var err error
		if saved, err = tx.Save(ctx, store.Entry{Document: doc, Tags: tags, Digest: title}); err == nil {
			_, err = tx.Notice(ctx, saved.ID, doc, w.base)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return saved.ID
}

// few is the record with a single dossier, for tests to which one is as good as
// hundreds.
type few struct{ *record.Record }

func (f few) Dossiers(ctx context.Context, filter policy.Filter) ([]policy.Dossier, error) {
	filter.Dossiers = []string{"gb-zebra"}
	return f.Record.Dossiers(ctx, filter)
}

// brief leaves out most of the record.
func brief(o *bulk.Options) {
	o.Chronicle = few{o.Chronicle.(*record.Record)}
	o.Actors = slices.DeleteFunc(slices.Clone(o.Actors), func(a policy.Actor) bool { return a.ID != "signal" })
}

func (w *world) options() bulk.Options {
	return bulk.Options{
		Reader: w.store, Chronicle: record.New(w.base, w.store, w.now), Jurisdictions: w.base.Jurisdictions, Actors: w.base.Actors,
		Names: wire.NewNames(w.base.Jurisdictions, w.base.Dossiers, w.base.Actors), Base: base, Version: "test", Folder: w.folder, Hour: 3, Now: w.now, Logger: slog.New(slog.DiscardHandler),
	}
}

func (w *world) exporter(t testing.TB, change ...func(*bulk.Options)) *bulk.Exporter {
	t.Helper()
	o := w.options()
	brief(&o)
	for _, f := range change {
		f(&o)
	}
	x, err := bulk.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// whole puts the whole record back.
func (w *world) whole(o *bulk.Options) {
	o.Chronicle, o.Actors = w.options().Chronicle, w.options().Actors
}

// api returns the API over the same database.
func (w *world) api(t testing.TB) http.Handler {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	_, err := api.New(engine, api.Options{
		Reader: w.store, Chronicle: record.New(w.base, w.store, w.now), BaseURL: base, Now: w.now, Bulk: shelf.New(w.folder),
		Record: api.Record{Jurisdictions: w.base.Jurisdictions, Dossiers: w.base.Dossiers, Actors: w.base.Actors},
	})
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func ask(handler http.Handler, method, address string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, address, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

func publish(t testing.TB, x *bulk.Exporter) bulk.Published {
	t.Helper()
	done, err := x.Publish(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return done
}

// lines returns the lines of a compressed file.
func lines(t testing.TB, path string) [][]byte {
	t.Helper()
	var all [][]byte
	for scanner := bufio.NewScanner(bytes.NewReader(unzipped(t, path))); scanner.Scan(); {
		all = append(all, bytes.Clone(scanner.Bytes()))
	}
	return all
}

func unzipped(t testing.TB, path string) []byte {
	t.Helper()
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	reader, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return content
}

type object = map[string]any

func rows(t testing.TB, folder, table string) []object {
	t.Helper()
	var all []object
	for _, line := range lines(t, filepath.Join(folder, table+".ndjson.gz")) {
		all = append(all, decode(t, line))
	}
	return all
}

func decode(t testing.TB, text []byte) object {
	t.Helper()
	var o object
	if err := json.Unmarshal(text, &o); err != nil {
		t.Fatalf("%v: %s", err, text)
	}
	return o
}

// newKey makes a private key as ssh-keygen does.
func newKey(t testing.TB, seed byte) string {
	t.Helper()
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{seed}, ed25519.SeedSize))
	block, err := ssh.MarshalPrivateKey(private, "bulk")
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(block))
}
