package web_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/web"
)

// BenchmarkPages measures what the pages themselves cost: the reader is memory.
func BenchmarkPages(b *testing.B) {
	story := storybook()
	site, err := web.New(web.Options{Reader: story, Record: record.New(base(), story, now), Now: now})
	if err != nil {
		b.Fatal(err)
	}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	site.Mount(engine)
	for _, p := range pages {
		if p.empty || p.status != 200 {
			continue
		}
		b.Run(p.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				w := httptest.NewRecorder()
				r := httptest.NewRequestWithContext(b.Context(), http.MethodGet, p.path, nil)
				r.Header.Set("Accept-Encoding", "gzip")
				engine.ServeHTTP(w, r)
				if w.Code != http.StatusOK {
					b.Fatal(w.Code)
				}
			}
		})
	}
}
