package channel_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/backdoorwatch/backdoorwatch/internal/channel"
)

func TestMastodon(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.use(w.chat("mastodon://hush@" + w.server.host() + "?disabletls=yes&visibility=unlisted"))
		w.clock.Add(time.Minute)
		w.server.set(says(http.StatusServiceUnavailable, `{"error":"later"}`))
		w.save("long", titled(strings.Repeat("Суд о шифровании ", 20)))
		w.save("one", titled(strings.Repeat("A vote on encryption ", 12)))
		w.save("two", titled(strings.Repeat("A court on encryption ", 12)))
		w.news()
		w.server.set(says(http.StatusOK, `{"id":"1"}`))
		w.clock.Add(10 * time.Minute)
		w.run()
		all := w.server.all()
		if len(all) != 2 || all[0].body != all[1].body {
			t.Fatalf("want the same twice, got %+v", all)
		}
		r := all[1]
		key := r.header.Get("Idempotency-Key")
		if r.path != "/api/v1/statuses" || r.header.Get("Authorization") != "Bearer hush" || !strings.HasPrefix(key, "msg_") || key != all[0].header.Get("Idempotency-Key") {
			t.Errorf("got %s with %v", r.path, r.header)
		}
		form, err := url.ParseQuery(r.body)
		text := form.Get("status")
		if err != nil || form.Get("visibility") != "unlisted" || !strings.HasPrefix(text, "[EU] Суд о шифровании") || len(text) > 480 ||
			!strings.HasSuffix(text, "https://watch.example.org/timeline") || utf8.RuneCountInString(text) > 500 {
			t.Errorf("got %v, %v", form, err)
		}
	})
}

func TestMastodonKeepsItsToken(t *testing.T) {
	for _, tc := range []struct{ name, target, log string }{
		{"without TLS to a host that is not excepted", "?disabletls=yes", "settings 0"},
		{"with TLS to a private host", "", "forbidden 0"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, t.TempDir()+"/test.db")
			w.options(func(o *channel.Options) {
				o.Channels = []channel.Channel{w.chat("mastodon://hush@" + w.server.host() + tc.target)}
				o.AllowHosts = nil
			})
			w.clock.Add(time.Minute)
			w.save("one")
			w.news()
			if got := w.classes("newsroom"); strings.TrimSpace(got) != tc.log || len(w.server.all()) > 0 {
				t.Errorf("the log says %q, want %q; %d requests", got, tc.log, len(w.server.all()))
			}
		})
	}
}
