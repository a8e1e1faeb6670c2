package alert_test

import (
	"context"
	"fmt"
	"net/mail"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

const subscribers = 500

// sendUntilKilled is another process that sends what is due. It never ends by itself.
func sendUntilKilled(database, address string) {
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	ctx := context.Background()
	started := time.Now()
	now := func() time.Time { return killed.Add(time.Since(started)) }
	s, err := store.Open(ctx, store.Options{Database: database, Now: now})
	must(err)
	base, err := knowledgeBase()
	must(err)
	keys, err := alert.NewKeys(secret)
	must(err)
	transport, err := alert.ParseSMTP("smtp+plain://" + address)
	must(err)
	transport.Name = "example.org"
	service, err := alert.New(alert.Options{
		Store: s, Record: record.New(base, s, now), Keys: keys, PublicURL: "https://watch.example.org",
		From: mail.Address{Address: "alerts@example.org"}, Transport: transport, Now: now,
	})
	must(err)
	for {
		must(service.Run(ctx))
		time.Sleep(20 * time.Millisecond)
	}
}

// killed is the time in the process that is killed.
var killed = time.Date(2026, 5, 20, 14, 0, 0, 0, time.UTC)

// TestKillInTheMiddle kills a process with SIGKILL while it makes and sends 500 mails,
// at several moments of that, and lets the next one go on.
func TestKillInTheMiddle(t *testing.T) {
	if testing.Short() {
		t.Skip("skipped because it sends 500 mails")
	}
	t.Parallel()
	databases := map[string]func(t *testing.T) string{
		"sqlite":   func(t *testing.T) string { return filepath.Join(t.TempDir(), "test.db") },
		"postgres": func(t *testing.T) string { return prerequisite.Postgres(t) },
	}
	for name, database := range databases {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t, database(t))
			w.fill(t)
			w.killAfter(t, func() bool { return w.made(t) >= subscribers/5 }) // while it makes them
			if made := w.made(t); made >= subscribers || len(w.server.all()) > 0 {
				t.Logf("it was killed late: %d mails were made", made)
			}
			for _, at := range []int{1, subscribers / 2, subscribers - 1} {
				w.kill(t, at)
			}
			w.clock.Add(4 * time.Hour) // the mail that the dead had taken is nobody's now
			w.run()
			w.judge(t)
		})
	}
}

// fill makes subscriptions and something to tell them.
func (w *world) fill(t *testing.T) {
	t.Helper()
	keys, err := alert.NewKeys(secret)
	if err != nil {
		t.Fatal(err)
	}
	err = w.store.InTx(t.Context(), func(ctx context.Context, tx *store.Tx) error {
		for i := range subscribers {
			if err := alert.AddActive(ctx, tx, keys, fmt.Sprintf("a%d@mail.example", i), wish(policy.AlertTexts), w.clock.Now()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	w.clock.Add(time.Minute)
	w.save("one")
	w.save("two")
}

// kill starts a sender and kills it when the server has this many mails, before it says
// that it took the last one.
func (w *world) kill(t *testing.T, at int) {
	t.Helper()
	reached, dead := make(chan struct{}), make(chan struct{})
	var once sync.Once
	w.server.set(func() {
		w.server.taken = func(count int) {
			if count >= at {
				once.Do(func() { close(reached) })
				<-dead
			}
		}
	})
	w.killAfter(t, func() bool {
		select {
		case <-reached:
			return true
		default:
			return false
		}
	})
	close(dead)
	w.server.set(func() { w.server.taken = nil })
}

// killAfter starts a sender and kills it when something holds.
func (w *world) killAfter(t *testing.T, holds func() bool) {
	t.Helper()
	command := exec.Command(os.Args[0], "-test.run=^$")
	command.Env = append(os.Environ(), "BACKDOORWATCH_TEST_SENDER="+w.database, "BACKDOORWATCH_TEST_SMTP="+w.server.address)
	command.Stderr = os.Stderr
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); !holds(); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Error("the sender did not get so far")
			break
		}
	}
	if err := command.Process.Kill(); err != nil {
		t.Error(err)
	}
	_ = command.Wait() // it was killed
}

// made counts the mails that were made, sent or not.
func (w *world) made(t *testing.T) int {
	t.Helper()
	return strings.Count(w.dump(), "alert_mails|")
}

// judge looks at all that came: each subscriber has one mail, however often it came.
func (w *world) judge(t *testing.T) {
	t.Helper()
	byID, byReader := map[string]string{}, map[string]string{}
	all := w.server.all()
	for _, m := range all {
		id := m.header("Message-Id")
		if before, again := byID[id]; again && before != m.bytes {
			t.Errorf("%s came in two forms", id)
		}
		if before, again := byReader[m.to]; again && before != id {
			t.Errorf("a subscriber got %s and %s", before, id)
		}
		byID[id], byReader[m.to] = m.bytes, id
	}
	if len(byReader) != subscribers || len(byID) != subscribers {
		t.Errorf("%d subscribers got %d mails, want %d", len(byReader), len(byID), subscribers)
	}
	if copies := len(all) - len(byID); copies > 3 {
		t.Errorf("%d mails came twice in four crashes", copies)
	}
	t.Logf("%d mails came, %d of them a second time after a crash", len(all), len(all)-len(byID))
}
