package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/gzip"
	"go.uber.org/goleak"

	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestGenuineCaptures(t *testing.T) {
	folder := prerequisite.Captures(t)
	for name, want := range map[string]int{"press.warc.gz": 169, "official.warc.gz": 152} {
		t.Run(name, func(t *testing.T) {
			a := open(t, filepath.Join(folder, name))
			counts := map[string]int{}
			for record, err := range a.Records() {
				if err != nil {
					t.Fatal(err)
				}
				counts[record.Type()]++
				if err := record.Verify(); err != nil {
					t.Errorf("%s: %v", record.Location(), err)
				}
				if record.Type() != TypeResponse {
					continue
				}
				response, err := record.Response()
				if err != nil || response.StatusCode != 200 || response.ContentLength == 0 || record.Date().IsZero() {
					t.Errorf("%s: %+v, %v", record.Location(), response, err)
				}
			}
			if counts[TypeResponse] != want || counts[TypeInfo] != 1 || len(counts) != 2 {
				t.Errorf("records: %v, want %d responses", counts, want)
			}
		})
	}
}

func open(t testing.TB, path string) *Archive {
	t.Helper()
	a, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func inMemory(content []byte) *Archive {
	return newArchive("test.warc", bytes.NewReader(content), int64(len(content)))
}

// response is the text of a record with an HTTP response, and its empty lines.
func response(target, head, body string) string {
	block := head + "\r\n\r\n" + body
	return fmt.Sprintf("WARC/1.1\r\nWARC-Type: response\r\nWARC-Target-URI: %s\r\nWARC-Date: 2026-11-02T10:00:00Z\r\n"+
		"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", target, len(block), block)
}

func packed(texts ...string) []byte {
	var out bytes.Buffer
	for _, text := range texts {
		w := gzip.NewWriter(&out)
		_, _ = io.WriteString(w, text)
		_ = w.Close()
	}
	return out.Bytes()
}

// read returns the targets of what can be read and the offsets of what cannot.
func read(t *testing.T, a *Archive) (targets []string, damaged []int64) {
	t.Helper()
	for record, err := range a.Records() {
		var damage *DamageError
		switch {
		case err == nil:
			targets = append(targets, record.Target())
		case errors.As(err, &damage):
			damaged = append(damaged, damage.Offset)
		default:
			t.Fatalf("an error that is no *DamageError: %v", err)
		}
	}
	return targets, damaged
}

func TestDamagedArchives(t *testing.T) {
	one, two, three := response("http://a/1", "HTTP/1.1 200 OK", "one"), response("http://a/2", "HTTP/1.1 200 OK", "two"), response("http://a/3", "HTTP/1.1 200 OK", "three")
	first, second, third := packed(one), packed(two), packed(three)
	behind := []int64{int64(len(first))}
	join := func(parts ...[]byte) []byte { return bytes.Join(parts, nil) }
	spoilt := bytes.Clone(second)
	for i := 20; i < 60; i++ {
		spoilt[i] ^= 0xa5
	}
	checksum := bytes.Clone(second)
	checksum[len(checksum)-6] ^= 1
	huge := strings.Replace(two, "Content-Length: ", "Content-Length: 99", 1)
	bare := strings.ReplaceAll(strings.Replace(one, "Content-Length: 22", "Content-Length: 20", 1), "\r\n", "\n")
	tests := map[string]struct {
		content []byte
		targets string
		damaged []int64
	}{
		"nothing":                    {nil, "", nil},
		"a record a member":          {join(first, second, third), "123", nil},
		"one member for all":         {packed(one + two + three), "123", nil},
		"not compressed":             {[]byte(one + two + three), "123", nil},
		"mixed":                      {join(first, []byte(two), third), "123", nil},
		"bare line feeds":            {[]byte(bare + two), "12", nil},
		"only white space":           {[]byte("\r\n\r\n"), "", nil},
		"rubbish only":               {[]byte(strings.Repeat("rubbish ", 99)), "", []int64{0}},
		"rubbish first":              {join([]byte("rubbish\n"), first, second), "12", []int64{0}},
		"rubbish between":            {join(first, []byte{0x1f, 0x8b, 8, 0, 9, 9}, second), "12", behind},
		"rubbish between plain ones": {[]byte(one + "rubbish WARC/1.0\n" + two), "12", []int64{int64(len(one))}},
		"spoilt member":              {join(first, spoilt, third), "13", behind},
		"spoilt checksum":            {join(first, checksum, third), "13", behind},
		"cut within a member":        {join(first, second[:len(second)-20]), "1", behind},
		"cut within a plain record":  {[]byte(one + two[:len(two)-20]), "1", []int64{int64(len(one))}},
		"a length beyond the cap":    {join(first, packed(huge+strings.Repeat(" ", 1000)), third), "13", behind},
		"no length":                  {join(first, packed("WARC/1.0\r\nWARC-Type: response\r\n\r\n"), third), "13", behind},
		"a header without end":       {join(first, packed("WARC/1.0\r\nX: "+strings.Repeat("x", 2*maxHead)), third), "13", behind},
		"another format in a member": {join(first, packed("hello"), third), "13", behind},
		"damage in a shared member":  {packed(one + "junk\r\n" + two), "12", []int64{0}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			targets, damaged := read(t, inMemory(tt.content))
			if got := strings.ReplaceAll(strings.Join(targets, ""), "http://a/", ""); got != tt.targets {
				t.Errorf("read %q, want %q", got, tt.targets)
			}
			if fmt.Sprint(damaged) != fmt.Sprint(tt.damaged) {
				t.Errorf("damage at %v, want %v", damaged, tt.damaged)
			}
		})
	}
}

func TestRecordAboveTheCapIsPassedOver(t *testing.T) {
	a := inMemory(packed(response("http://a/1", "HTTP/1.1 200 OK", strings.Repeat("x", 5000)), response("http://a/2", "HTTP/1.1 200 OK", "two")))
	a.limit = 1000
	var tooLarge bool
	for _, err := range a.Records() {
		tooLarge = tooLarge || errors.Is(err, ErrTooLarge)
	}
	if targets, _ := read(t, a); !tooLarge || fmt.Sprint(targets) != "[http://a/2]" {
		t.Errorf("read %v, said so: %v", targets, tooLarge)
	}
}

// TestHostileStarts reads a file made of what looks like the start of a member.
func TestHostileStarts(t *testing.T) {
	hostile := append(bytes.Repeat([]byte{0x1f, 0x8b, 8, 0}, 50_000), packed(response("http://a/1", "HTTP/1.1 200 OK", "one"))...)
	start := time.Now()
	if targets, damaged := read(t, inMemory(hostile)); fmt.Sprint(targets) != "[http://a/1]" || len(damaged) != 1 {
		t.Errorf("read %v, damage at %d places", targets, len(damaged))
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("it took %s", took)
	}
}

func TestForeignResponses(t *testing.T) {
	tests := map[string]struct {
		block        string
		status       int
		want, header string
	}{
		"plain":                 {"HTTP/1.1 200 OK\r\nX: 1\r\n\r\nbody", 200, "body", "1"},
		"HTTP/2":                {"HTTP/2 404\r\nX: 1\r\n\r\nbody", 404, "body", "1"},
		"no header":             {"HTTP/1.0 200 OK\r\n\r\nbody", 200, "body", ""},
		"wrong length":          {"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\nbody", 200, "body", ""},
		"chunked":               {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nbody\r\n0\r\n\r\n", 200, "body", ""},
		"said to be chunked":    {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nbody", 200, "body", ""},
		"folded and bad lines":  {"HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\nbad line\r\n: none\r\n\r\nbody", 200, "body", "1 2"},
		"empty body":            {"HTTP/1.1 204 No Content\r\n\r\n", 204, "", ""},
		"only a head":           {"HTTP/1.1 204 No Content\r\nX: 1", 204, "", "1"},
		"bare line feeds":       {"HTTP/1.1 200 OK\nX: 1\n\nbody", 200, "body", "1"},
		"not an HTTP response":  {"hello\r\n\r\nbody", 0, "", ""},
		"a status out of range": {"HTTP/1.1 99 X\r\n\r\nbody", 0, "", ""},
		"empty":                 {"", 0, "", ""},
		"a head without end":    {"HTTP/1.1 200 OK\r\n" + strings.Repeat("X: 1\r\n", maxHead/4), 0, "", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := Record{Block: []byte(tt.block)}.Response()
			if (err != nil) != (tt.status == 0) {
				t.Fatalf("got %v", err)
			}
			if err != nil {
				return
			}
			body, _ := io.ReadAll(got.Body)
			if got.StatusCode != tt.status || string(body) != tt.want || got.Header.Get("X") != tt.header {
				t.Errorf("got %d %q %v", got.StatusCode, body, got.Header)
			}
		})
	}
}

func TestVerify(t *testing.T) {
	const block = "HTTP/1.1 200 OK\r\n\r\nhello"
	tests := map[string]struct {
		name, digest string
		fails        bool
	}{
		"base32":         {"WARC-Payload-Digest", "sha1:VL2MMHO4YXUKFWV63YHTWSBM3GXKSQ2N", false},
		"hex":            {"WARC-Payload-Digest", "SHA1:aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d", false},
		"ours":           {"WARC-Block-Digest", digest([]byte(block)), false},
		"other payload":  {"WARC-Payload-Digest", "sha1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", true},
		"other block":    {"WARC-Block-Digest", "sha256:00", true},
		"unknown digest": {"WARC-Block-Digest", "crc:00", false},
		"none":           {"X", "", false},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			header := readHeader([]byte("Content-Type: application/http\r\n" + tt.name + ": " + tt.digest))
			if err := (Record{Header: header, Block: []byte(block)}).Verify(); (err != nil) != tt.fails {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestOpenFailures(t *testing.T) {
	if _, err := Open(t.TempDir()); err == nil {
		t.Error("a folder was opened")
	}
	if _, err := Open(filepath.Join(t.TempDir(), "none")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func FuzzArchive(f *testing.F) {
	one := response("http://a/1", "HTTP/1.1 200 OK\r\nX: 1", "one")
	f.Add([]byte(one + one))
	f.Add(packed(one, one))
	f.Add(packed(one + one))
	f.Add(append([]byte("x"), packed(one)[:40]...))
	f.Fuzz(func(t *testing.T, content []byte) {
		a := inMemory(content)
		a.limit = 1 << 20
		last := int64(-1)
		for record, err := range a.Records() {
			var damage *DamageError
			if err != nil && !errors.As(err, &damage) {
				t.Fatalf("an error that is no *DamageError: %v", err)
			}
			if record.Offset < last || record.Offset >= int64(len(content)) {
				t.Fatalf("offset %d after %d of %d", record.Offset, last, len(content))
			}
			last = record.Offset
			if err == nil {
				_ = record.Verify()
				_, _ = record.Response()
			}
		}
		_, _ = a.Transport().RoundTrip(httptest.NewRequest(http.MethodGet, "http://a/1", nil))
	})
}

// BenchmarkRead reads text that is about as compressible as web pages are.
func BenchmarkRead(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	var texts []string
	size := 0
	for i := range 100 {
		var page strings.Builder
		for range 10_000 {
			fmt.Fprintf(&page, "<p>word%d ", random.IntN(5000))
		}
		texts = append(texts, response(fmt.Sprint("http://a/", i), "HTTP/1.1 200 OK", page.String()))
		size += len(texts[i])
	}
	content := packed(texts...)
	b.SetBytes(int64(size))
	for b.Loop() {
		readAll(b, inMemory(content), len(texts))
	}
}

// BenchmarkReadCaptures reads genuine web pages.
func BenchmarkReadCaptures(b *testing.B) {
	a := open(b, filepath.Join(prerequisite.Captures(b), "press.warc.gz"))
	b.SetBytes(15_250_250)
	for b.Loop() {
		readAll(b, a, 170)
	}
}

func readAll(b *testing.B, a *Archive, want int) {
	records := 0
	for _, err := range a.Records() {
		if err != nil {
			b.Fatal(err)
		}
		records++
	}
	if records != want {
		b.Fatalf("%d records", records)
	}
}
