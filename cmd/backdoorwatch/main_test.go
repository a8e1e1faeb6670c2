package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/spf13/cobra"

	"github.com/backdoorwatch/backdoorwatch/internal/config"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"backdoorwatch": func() { os.Exit(run(os.Args[1:])) },
		"exits":         exits,
	})
}

// exits runs the program and checks its exit code: exits 4 config check.
func exits() {
	got := run(os.Args[2:])
	if want := os.Args[1]; want != string(rune('0'+got)) {
		_, _ = io.WriteString(os.Stderr, "the exit code is "+string(rune('0'+got))+", not "+want+"\n")
		os.Exit(1)
	}
}

// TestScripts runs the scripts in testdata/script: commands as a person types
// them, and what must come out. A new case needs no code.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{Dir: "testdata/script"})
}

func TestExitCodes(t *testing.T) {
	interrupted, cancel := context.WithCancel(t.Context())
	cancel()
	for _, tc := range []struct {
		name string
		ctx  context.Context
		err  error
		want int
	}{
		{"fine", t.Context(), nil, 0},
		{"anything else", t.Context(), errors.New("disk full"), 1},
		{"wrong usage", t.Context(), errUsage, 2},
		{"wrong question", t.Context(), policy.FieldErrors{{Field: "stance"}}, 2},
		{"not found", t.Context(), policy.ErrNotFound, 3},
		{"configuration", t.Context(), errors.Join(policy.ErrConfig, policy.FieldErrors{{Field: "listen"}}), 4},
		{"a folder that cannot be written", t.Context(), &os.PathError{Op: "mkdir", Path: "/srv", Err: syscall.EROFS}, 4},
		{"a port that is taken", t.Context(), &net.OpError{Op: "listen", Err: syscall.EADDRINUSE}, 4},
		{"in part", t.Context(), errPartial, 5},
		{"interrupted", interrupted, context.Canceled, 130},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := exitCode(tc.ctx, tc.err); got != tc.want {
				t.Errorf("got %d, want %d", got, tc.want)
			}
		})
	}
}

func TestTakenPortIsOneClearSentence(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = taken.Close() }()
	err = serve(t.Context(), assemble(config.Config{Data: t.TempDir(), Listen: taken.Addr().String()}))
	if got := sentence(err); !strings.Contains(got, "is taken by another program") || !strings.Contains(got, "--listen") {
		t.Errorf("got %q", got)
	}
}

func TestReadOnlyFolderIsOneClearSentence(t *testing.T) {
	err := &os.PathError{Op: "mkdir", Path: "/srv/watch", Err: os.ErrPermission}
	if got := sentence(err); !strings.Contains(got, "/srv/watch cannot be written") || !strings.Contains(got, "--data") {
		t.Errorf("got %q", got)
	}
}

// TestServe starts the whole program on an empty folder without a network, as a
// newcomer does, and asks for its pages.
func TestServe(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	_ = listener.Close()
	a := assemble(config.Config{
		Data: t.TempDir(), Listen: address, PublicURL: "http://" + address, Concurrency: 2, Crawl: true, Delay: time.Second,
		LogLevel: "error", LogFormat: "text",
	})
	a.config.Database = filepath.Join(a.config.Data, "backdoorwatch.db")
	ended := make(chan error, 1)
	go func() { ended <- errors.Join(serve(ctx, a), a.close()) }()

	waitFor(t, "http://"+address+"/healthz")
	for _, path := range []string{"/", "/timeline", "/sources", "/about", "/api/v1/items", "/api/v1/sources", "/api/v1/openapi.json", "/feeds/items.atom", "/feeds/items.rss", "/feeds/items.json"} {
		response, err := http.Get("http://" + address + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = response.Body.Close()
		if response.StatusCode != http.StatusOK {
			t.Errorf("%s answers %s", path, response.Status)
		}
	}
	if n := countSources(t, "http://"+address+"/api/v1/sources"); n < 30 {
		t.Errorf("the API lists %d sources, want at least 30", n)
	}
	stop()
	select {
	case err := <-ended:
		// It may be stopped while it still makes the tables of jobs, which is no failure.
		if err != nil && !errors.Is(err, context.Canceled) {
			t.Errorf("ending: %v", err)
		}
	case <-time.After(graceful + 5*time.Second):
		t.Fatal("it did not end")
	}
}

func waitFor(t *testing.T, address string) {
	t.Helper()
	for range 200 {
		response, err := http.Get(address)
		if err == nil {
			_ = response.Body.Close()
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s does not answer", address)
}

func countSources(t *testing.T, address string) int {
	t.Helper()
	response, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	var body map[string]json.RawMessage
	if err := json.NewDecoder(response.Body).Decode(&body); err != nil {
		t.Fatal(err)
	}
	var list []json.RawMessage
	for _, value := range body {
		if json.Unmarshal(value, &list) == nil && len(list) > 0 {
			return len(list)
		}
	}
	return len(list)
}

// TestEveryCommandExplainsItself holds that help is there for each command.
func TestEveryCommandExplainsItself(t *testing.T) {
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: its short help is %q", c.CommandPath(), c.Short)
		}
		if c.Runnable() && c.Args == nil && c.Name() != "crawl" {
			t.Errorf("%s does not check its arguments", c.CommandPath())
		}
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(rootCommand())
}
