package channel_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/channel"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const manyChannels = 60

// killed is the time in the process that is killed.
var killed = time.Date(2026, 5, 20, 14, 0, 0, 0, time.UTC)

func many(address string) []channel.Channel {
	var all []channel.Channel
	for i := range manyChannels {
		all = append(all, channel.Channel{
			Name: fmt.Sprintf("c%d", i), Kind: channel.Webhook, Target: fmt.Sprintf("%s/c%d", address, i), Secrets: []string{newSecret},
			Alert: policy.Alert{Topic: policy.AlertTexts, Cadence: policy.CadenceInstant, Zone: "UTC"},
		})
	}
	return all
}

// sendUntilKilled is another process that sends what is due. It never ends by itself.
func sendUntilKilled(database, address string) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	started := time.Now()
	now := func() time.Time { return killed.Add(time.Since(started)) }
	s, err := store.Open(context.Background(), store.Options{Database: database, Now: now})
	must(err)
	base, err := knowledgeBase()
	must(err)
	service := channel.New(channel.Options{
		Store: s, Now: now, Channels: many(address), AllowHosts: []string{"127.0.0.1"},
		Desk: alert.NewDesk(alert.DeskOptions{Store: s, Record: record.New(base, s, now), PublicURL: "https://watch.example.org", Now: now}),
	})
	for {
		must(service.Run(context.Background()))
		time.Sleep(20 * time.Millisecond)
	}
}

// TestKillInTheMiddle kills a process with SIGKILL while it tells 60 channels, and lets
// the next one go on: each channel is told once, and what comes again is the same.
func TestKillInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped because it starts several processes")
	}
	t.Parallel()
	for name, database := range map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") },
		"postgres": func(t *testing.T) string { return prerequisite.Postgres(t) },
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, database(t))
			w.use(many(w.server.URL)...)
			w.clock.Add(time.Minute)
			w.save("one")
			w.save("two")
			// What the dead were sending is theirs for a while: it is not the next one's.
			for _, at := range []int{1, manyChannels / 2, manyChannels - 12} {
				w.kill(t, at)
			}
			w.server.set(nil)
			w.clock.Add(4 * time.Hour)
			w.run()
			w.judge(t)
		})
	}
}

// kill starts a sender and kills it when the server has this many messages, before it
// says that it took the last ones.
func (w *world) kill(t *testing.T, at int) {
	t.Helper()
	reached, dead := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.server.set(func(out http.ResponseWriter, _ *http.Request) {
		if len(w.server.all()) >= at {
			once.Do(func() { close(reached) })
			<-dead
		}
		out.WriteHeader(http.StatusNoContent)
	})
	command := exec.Command(os.Args[0], "-test.run=^$")
	command.Env = append(os.Environ(), "BACKDOORWATCH_TEST_SENDER="+w.database, "BACKDOORWATCH_TEST_RECEIVER="+w.server.URL)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	select {
	case <-reached:
	case <-time.After(20 * time.Second):
		t.Error("the sender did not get so far")
	}
	if err := command.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = command.Wait() // it was killed
	close(dead)
}

// judge looks at all that came: each channel has one message, however often it came.
func (w *world) judge(t *testing.T) {
	t.Helper()
	bodies, ids := map[string]string{}, map[string]string{}
	all := w.server.all()
	for _, r := range all {
		id := r.header.Get("webhook-id")
		if before, again := bodies[id]; again && before != r.body {
			t.Errorf("%s came in two forms", id)
		}
		if before, again := ids[r.path]; again && before != id {
			t.Errorf("%s was told by %s and %s", r.path, before, id)
		}
		bodies[id], ids[r.path] = r.body, id
	}
	if len(ids) != manyChannels || len(bodies) != manyChannels {
		t.Errorf("%d channels got %d messages, want %d", len(ids), len(bodies), manyChannels)
	}
	t.Logf("%d messages came, %d of them a second time after a crash", len(all), len(all)-len(bodies))
}
