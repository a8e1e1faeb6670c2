package fetch

import (
	"bytes"
	"net/http"
	"testing"
)

// BenchmarkGet gets a page of 16 kB from a loopback server, through the whole
// chain, with no rest between requests.
func BenchmarkGet(b *testing.B) {
	page := bytes.Repeat([]byte("0123456789abcdef"), 1000)
	for name, write := range map[string]func(http.ResponseWriter){
		"plain": func(w http.ResponseWriter) { _, _ = w.Write(page) },
		"gzip": func() func(http.ResponseWriter) {
			packed := packGzip(page)
			return func(w http.ResponseWriter) {
				w.Header().Set("Content-Encoding", "gzip")
				_, _ = w.Write(packed)
			}
		}(),
		"not modified": func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotModified) },
	} {
		b.Run(name, func(b *testing.B) {
			url := serve(b, "127.0.0.1", site(func(w http.ResponseWriter, _ *http.Request) { write(w) }))
			f := newFetcher(b, Options{})
			request := Request{URL: url}
			request.Validators.ETag = `"v1"`
			for b.Loop() {
				if _, err := f.Get(b.Context(), request); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pages/s")
		})
	}
}
