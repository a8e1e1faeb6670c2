package channel_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/channel"
)

func TestNtfy(t *testing.T) {
	onBoth(t, func(t *testing.T, w *world) {
		w.use(w.chat("ntfy://reader:hush@" + w.server.host() + "/news?scheme=http"))
		w.clock.Add(time.Minute)
		w.server.set(says(http.StatusInternalServerError, `{"code":50001,"http":500,"error":"no"}`))
		for i := range 47 {
			w.save(fmt.Sprintf("n%d", i), titled(fmt.Sprintf("Vote %d <!channel> @everyone [here](https://evil.example)", i)))
		}
		w.news()
		w.server.set(says(http.StatusOK, `{"id":"x","event":"message"}`))
		w.clock.Add(10 * time.Minute)
		w.run()
		all := w.server.all()
		if len(all) != 2 || all[0].body != all[1].body {
			t.Fatalf("want the same twice, got %+v", all)
		}
		r := all[1]
		if user, password, ok := (&http.Request{Header: r.header}).BasicAuth(); r.path != "/news" || !ok || user != "reader" || password != "hush" {
			t.Errorf("got %s with %v", r.path, r.header)
		}
		want := "[EU] Vote 0 ‹!channel› ＠everyone [here] (https://evil.example)\nNews · 20 May 2026 · test-source\nhttps://watch.example.org/items/1\n\n"
		if !strings.HasPrefix(r.body, want) || !strings.HasSuffix(r.body, "\n\nand 37 more: https://watch.example.org/timeline") || len(r.body) > 3900 {
			t.Errorf("got %d bytes:\n%s", len(r.body), r.body)
		}
		if got := w.classes("newsroom"); got != "status 500,  200" {
			t.Errorf("the log says %s", got)
		}
	})
}

func TestSlack(t *testing.T) {
	t.Parallel()
	w := newWorld(t, t.TempDir()+"/test.db")
	w.options(func(o *channel.Options) {
		o.Channels = []channel.Channel{w.chat("slack://hook:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@webhook")}
		o.Shouter = shouter("hooks.slack.com=" + w.server.host())
	})
	w.clock.Add(time.Minute)
	w.server.set(says(http.StatusOK, "invalid_payload")) // it says no with status 200
	w.save("one")
	w.news()
	w.server.set(says(http.StatusOK, "ok"))
	w.clock.Add(10 * time.Minute)
	w.run()
	all := w.server.all()
	if len(all) != 2 || all[1].path != "/services/AAAAAAAAA/BBBBBBBBB/123456789123456789123456" || !strings.Contains(all[1].body, "[EU] Title of one") || !json.Valid([]byte(all[1].body)) {
		t.Errorf("got %+v", all)
	}
	if got := w.classes("newsroom"); got != "rejected 200,  200" {
		t.Errorf("the log says %s", got)
	}
}

func TestMatrix(t *testing.T) {
	t.Parallel()
	w := newWorld(t, t.TempDir()+"/test.db")
	w.use(w.chat("matrix://:hush@" + w.server.host() + "/?rooms=!room:matrix.example&disableTLS=yes"))
	w.clock.Add(time.Minute)
	w.server.set(func(out http.ResponseWriter, in *http.Request) {
		if strings.Contains(in.URL.Path, "/join/") {
			says(http.StatusOK, `{"room_id":"!room:matrix.example"}`)(out, in)
			return
		}
		says(http.StatusOK, `{"event_id":"$1"}`)(out, in)
	})
	w.save("one")
	w.news()
	all := w.server.all()
	if len(all) != 2 || !strings.Contains(all[1].path, "/rooms/%21room:matrix.example/send/m.room.message?access_token=hush") && !strings.Contains(all[1].path, "/rooms/!room:matrix.example/send/m.room.message?access_token=hush") {
		t.Fatalf("got %+v", all)
	}
	var sent struct{ MsgType, Body string }
	if err := json.Unmarshal([]byte(all[1].body), &sent); err != nil || sent.MsgType != "m.text" || !strings.HasPrefix(sent.Body, "[EU] Title of one\n") {
		t.Errorf("got %+v, %v", sent, err)
	}
	if got := w.classes("newsroom"); got != " 200" {
		t.Errorf("the log says %s", got)
	}
	w.tellsNoSecret(t)
}

// targets are one address for each service; what is a host of the operator's is private.
var targets = map[string]string{
	"discord":    "discord://token@webhookid",
	"googlechat": "googlechat://10.0.0.1/v1/spaces/FOO/messages?key=bar&token=baz",
	"gotify":     "gotify://10.0.0.1/Aaa.bbb.ccc.ddd",
	"matrix":     "matrix://:token@10.0.0.1/?rooms=!a:b",
	"mattermost": "mattermost://10.0.0.1/token",
	"ntfy":       "ntfy://10.0.0.1/topic",
	"pushover":   "pushover://:token@user/",
	"rocketchat": "rocketchat://10.0.0.1/tokenA/tokenB/room",
	"slack":      "slack://hook:AAAAAAAAA-BBBBBBBBB-123456789123456789123456@webhook",
	"telegram":   "telegram://110201543:AAHdqTcvCH1vGWJxfSeofSAs0K5PALDsaw@telegram?chats=@channel",
	"zulip":      "zulip://bot-mail:bot-key@zulip.example.org/?stream=foo&topic=bar",
}

// TestEveryServiceIsBehindTheGuard sends by every service that may be used. Each must ask
// through our network, and what leads to a private host must be refused there; those with
// a fixed host are sent to one by the test.
func TestEveryServiceIsBehindTheGuard(t *testing.T) {
	t.Parallel()
	fixed := map[string]string{
		"discord": "discord.com", "pushover": "api.pushover.net", "slack": "hooks.slack.com", "telegram": "api.telegram.org",
		"zulip": "zulip.example.org", // it takes no address in numbers
	}
	shouted := slices.DeleteFunc(channel.Services(), func(name string) bool { return name == "mastodon" }) // which has a test of its own
	if len(targets) != len(shouted) {
		t.Errorf("%d targets for %d services", len(targets), len(shouted))
	}
	for _, service := range shouted {
		t.Run(service, func(t *testing.T) {
			t.Parallel()
			if problem := channel.ChatProblem(targets[service]); problem != "" {
				t.Fatalf("its address: %s", problem)
			}
			result := shouter(fixed[service]+"=127.0.0.1:1").Shout(t.Context(), channel.Order{Target: targets[service], Text: "news", Timeout: time.Second})
			if result.Class != channel.Forbidden || result.Requests == 0 {
				t.Errorf("got %+v", result)
			}
		})
	}
}

// TestFailuresThatTheLibraryHides: one service reports success where it has none, another
// panics. What the network saw counts.
func TestFailuresThatTheLibraryHides(t *testing.T) {
	t.Parallel()
	server := openReceiver(t)
	server.set(says(http.StatusBadGateway, "<html>no JSON"))
	result := shouter("api.telegram.org="+server.host()).Shout(t.Context(), channel.Order{
		Target: targets["telegram"], Text: "news", Timeout: time.Second, AllowHosts: []string{"127.0.0.1"},
	})
	if result.Class != channel.Refused || result.Status != http.StatusBadGateway {
		t.Errorf("got %+v", result)
	}
}

func TestChatIsNotSentElsewhere(t *testing.T) {
	t.Parallel()
	server, inner := openReceiver(t), openReceiver(t)
	server.set(func(out http.ResponseWriter, in *http.Request) {
		http.Redirect(out, in, inner.URL, http.StatusTemporaryRedirect)
	})
	result := shouter("").Shout(t.Context(), channel.Order{
		Target: "ntfy://" + server.host() + "/news?scheme=http", Text: "news", Timeout: time.Second, AllowHosts: []string{"127.0.0.1"},
	})
	if result.Class != channel.Redirect || len(inner.all()) > 0 {
		t.Errorf("got %+v", result)
	}
}

func TestShouterThatDoesNotWork(t *testing.T) {
	t.Parallel()
	for _, program := range []string{"/nowhere", "/bin/true"} {
		if result := (channel.Process{Program: program}).Shout(t.Context(), channel.Order{}); result.Class != channel.Broken {
			t.Errorf("%s: got %+v", program, result)
		}
	}
}
