package api_test

import (
	"net/http/httptest"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/gin-gonic/gin"
)

func full(b *testing.B, ttl time.Duration) *gin.Engine {
	reader := &memory{}
	for n := range policy.DefaultLimit {
		item := bill()
		item.ID = policy.ItemID(n + 1)
		reader.items = append(reader.items, item)
	}
	o := options(reader)
	o.FeedTTL = ttl
	engine, _ := mount(b, o)
	return engine
}

func measure(b *testing.B, engine *gin.Engine, address string, header ...string) {
	first := ask(engine, "GET", address, header...)
	b.SetBytes(int64(first.Body.Len()))
	b.ReportAllocs()
	b.ResetTimer()
	r := httptest.NewRequest("GET", address, nil)
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	for b.Loop() {
		w := httptest.NewRecorder()
		engine.ServeHTTP(w, r)
		if w.Code != first.Code {
			b.Fatalf("got %d", w.Code)
		}
	}
}

func BenchmarkItemsJSON(b *testing.B) {
	measure(b, full(b, -1), "/api/v1/items")
}

func BenchmarkItemsGzip(b *testing.B) {
	measure(b, full(b, -1), "/api/v1/items", "Accept-Encoding", "gzip")
}

func BenchmarkItemsNotModified(b *testing.B) {
	engine := full(b, -1)
	measure(b, engine, "/api/v1/items", "If-None-Match", ask(engine, "GET", "/api/v1/items").Header().Get("ETag"))
}

func BenchmarkFeedWritten(b *testing.B) {
	measure(b, full(b, -1), "/feeds/items.atom")
}

func BenchmarkFeedKept(b *testing.B) {
	measure(b, full(b, time.Hour), "/feeds/items.atom")
}

func BenchmarkFeedKeptGzip(b *testing.B) {
	measure(b, full(b, time.Hour), "/feeds/items.atom?jurisdiction=FR&stance=neutral", "Accept-Encoding", "gzip")
}

func BenchmarkFeedNotModified(b *testing.B) {
	engine := full(b, time.Hour)
	measure(b, engine, "/feeds/items.atom", "If-None-Match", ask(engine, "GET", "/feeds/items.atom").Header().Get("ETag"))
}

func BenchmarkRecord(b *testing.B) {
	engine, _ := whole(b, func(o *api.Options) { o.FeedTTL = time.Hour })
	for _, address := range []string{
		"/api/v1/dossiers", "/api/v1/dossiers/eu-csa-regulation", "/api/v1/dossiers/eu-csa-regulation/positions?on=2025-09-30", "/api/v1/events", "/api/v1/upcoming",
		"/api/v1/jurisdictions/EU", "/api/v1/actors/signal", "/api/v1/timeline", "/feeds/events.atom", "/feeds/upcoming.ics", "/feeds/dossiers/eu-csa-regulation.atom",
	} {
		b.Run(address, func(b *testing.B) { measure(b, engine, address) })
	}
}
