package bulk_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/bulk"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

const (
	benchItems = 100_000
	benchSeed  = 200
)

// many is a SQLite database of 100,000 items of 400 words, one in four relevant. A few
// are saved as a crawl does and then multiplied in the database: saving all of them
// takes a minute.
func many(b *testing.B) *world {
	b.Helper()
	w := open(b, filepath.Join(b.TempDir(), "test.db"))
	for n := range benchSeed {
		random := rand.New(rand.NewPCG(uint64(n), 7))
		var body strings.Builder
		for range 400 {
			fmt.Fprintf(&body, "w%d ", int(random.ExpFloat64()*1500))
		}
		w.take(b, fmt.Sprint("generated ", n), func(d *policy.Document, t *policy.Tags) {
			d.Text = body.String()
			if n%4 != 0 {
				t.Relevant = policy.Tag{Value: "no", Confidence: .9}
			}
		})
	}
	db := w.store.Handle().SQLite
	do := func(statement string) {
		if _, err := db.ExecContext(b.Context(), statement); err != nil {
			b.Fatalf("%s: %v", statement, err)
		}
	}
	var count, last int
	for {
		if err := db.QueryRowContext(b.Context(), "SELECT count(*), max(id) FROM items").Scan(&count, &last); err != nil {
			b.Fatal(err)
		}
		if count >= benchItems {
			return w
		}
		limit := min(count, benchItems-count)
		do(fmt.Sprintf("CREATE TEMP TABLE copied AS SELECT * FROM items ORDER BY id LIMIT %d", limit))
		do("CREATE TEMP TABLE details AS SELECT * FROM item_details WHERE item IN (SELECT id FROM copied)")
		do(fmt.Sprintf("UPDATE copied SET id = id + %d, sort_key = sort_key + %d, story = id + %d, carried = 1", last, last, last))
		do(fmt.Sprintf("UPDATE details SET item = item + %d", last))
		do("INSERT INTO items SELECT * FROM copied")
		do("INSERT INTO item_details SELECT * FROM details")
		do("DROP TABLE copied")
		do("DROP TABLE details")
	}
}

// BenchmarkExport writes a whole set, and reports the largest heap that it had.
func BenchmarkExport(b *testing.B) {
	w := many(b)
	x := w.exporter(b, w.whole)
	runtime.GC()
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	before, most := memory.HeapInuse, uint64(0)
	watch := func(done, _ int, _ string) {
		if done%2000 == 0 {
			runtime.ReadMemStats(&memory)
			most = max(most, memory.HeapInuse)
		}
	}
	for b.Loop() {
		manifest, err := x.Write(b.Context(), b.TempDir(), bulk.Choice{}, watch)
		if err != nil {
			b.Fatal(err)
		}
		var size int64
		for _, t := range manifest.Tables {
			for _, f := range t.Files {
				size += f.Bytes
			}
		}
		b.ReportMetric(float64(size)/(1<<20), "MB/set")
	}
	b.ReportMetric(float64(before)/(1<<20), "MB-heap-before")
	b.ReportMetric(float64(most)/(1<<20), "MB-heap-peak")
	b.ReportMetric(benchItems*float64(b.N)/b.Elapsed().Seconds(), "items/s")
}
