// Package prerequisite finds the real things that the fuller tests need: a
// PostgreSQL server, a browser, the genuine captures. Where one is missing a
// test skips and says why; where BACKDOORWATCH_REQUIRE names it, as the
// project's own checks do, the test fails instead.
package prerequisite

import (
	"context"
	"crypto/rand"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
)

// Postgres returns the address of an empty database of its own, made on the
// server that BACKDOORWATCH_TEST_POSTGRES names and dropped after the test.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv("BACKDOORWATCH_TEST_POSTGRES")
	if server == "" {
		missing(t, "postgres", "set BACKDOORWATCH_TEST_POSTGRES to the address of a PostgreSQL server, postgres://user@host/postgres")
	}
	name := "backdoorwatch_" + strings.ToLower(rand.Text()[:12])
	statement(t, server, "CREATE DATABASE "+name)
	t.Cleanup(func() { statement(t, server, "DROP DATABASE "+name+" WITH (FORCE)") })
	address, err := url.Parse(server)
	if err != nil {
		t.Fatalf("reading BACKDOORWATCH_TEST_POSTGRES: %v", err)
	}
	address.Path = "/" + name
	return address.String()
}

func statement(t testing.TB, server, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		t.Fatalf("connecting to the PostgreSQL server of BACKDOORWATCH_TEST_POSTGRES: %v", err)
	}
	defer func() { _ = conn.Close(ctx) }()
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

// Chromium returns the path of a browser.
func Chromium(t testing.TB) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	missing(t, "chromium", "install Chromium")
	return ""
}

// Program returns the path of a program, for tests that need a real peer.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		missing(t, name, "install "+name)
	}
	return path
}

// Captures returns the folder of the genuine captures: BACKDOORWATCH_CAPTURES,
// or the folder shared/captures beside the repository.
func Captures(t testing.TB) string {
	t.Helper()
	return beside(t, "BACKDOORWATCH_CAPTURES", "captures")
}

// Labelled returns the folder of the labelled texts: BACKDOORWATCH_LABELLED, or
// the folder shared/eval beside the repository.
func Labelled(t testing.TB) string {
	t.Helper()
	return beside(t, "BACKDOORWATCH_LABELLED", "eval")
}

func beside(t testing.TB, variable, folder string) string {
	t.Helper()
	path := os.Getenv(variable)
	if path == "" {
		path = filepath.Join(Root(t), "..", "shared", folder)
	}
	if _, err := os.Stat(path); err != nil {
		missing(t, folder, "set "+variable+" to their folder")
	}
	return path
}

// Root returns the top folder of the repository.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}

func missing(t testing.TB, name, remedy string) {
	t.Helper()
	required := strings.Split(os.Getenv("BACKDOORWATCH_REQUIRE"), ",")
	if slices.Contains(required, name) {
		t.Fatalf("%s is missing, and BACKDOORWATCH_REQUIRE asks for it: %s", name, remedy)
	}
	t.Skipf("skipped for want of %s: %s", name, remedy)
}
