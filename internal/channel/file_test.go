package channel_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/danielgtaylor/huma/v2"

	"github.com/backdoorwatch/backdoorwatch/internal/alert"
	"github.com/backdoorwatch/backdoorwatch/internal/channel"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: got\n%s\nwant\n%s", path, got, want)
	}
}

func environment(name string) (string, bool) {
	value, ok := map[string]string{
		"HOOK_SECRET": newSecret, "OLD_SECRET_FILE": "testdata/secret", "CHAT_TOKEN": "hush-token", "LOST_FILE": "testdata/nowhere",
	}[name]
	return value, ok
}

func file(t testing.TB, path string) channel.File {
	base, err := knowledgeBase()
	if err != nil {
		t.Fatal(err)
	}
	desk := alert.NewDesk(alert.DeskOptions{Record: record.New(base, nil, nil)})
	return channel.File{Path: path, Getenv: environment, AllowHosts: []string{"intranet.example"}, Check: desk.Check}
}

// TestFiles reads testdata/files/*.yaml: each has beside it what comes out, or what is
// wrong. A new case needs no code.
func TestFiles(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/files/*.yaml")
	if err != nil || len(paths) < 2 {
		t.Fatalf("%d files, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			all, err := file(t, path).Load()
			var out strings.Builder
			for _, c := range all {
				line, err := json.Marshal(c.Alert)
				if err != nil {
					t.Fatal(err)
				}
				out.WriteString(strings.Join([]string{c.Name, string(c.Kind), c.Masked(), c.Target, strings.Join(c.Secrets, ","), string(line)}, " ") + "\n")
			}
			if err != nil {
				if !errors.Is(err, policy.ErrConfig) {
					t.Errorf("it is no mistake of the configuration: %v", err)
				}
				if strings.Contains(err.Error(), "hush") || strings.Contains(err.Error(), newSecret[6:]) {
					t.Errorf("a secret is told: %v", err)
				}
				out.WriteString(err.Error() + "\n")
			}
			golden(t, strings.TrimSuffix(path, ".yaml")+".txt", out.String())
		})
	}
	if _, err := file(t, "testdata/nowhere").Load(); !errors.Is(err, policy.ErrConfig) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// TestSchema holds that the JSON Schema of webhooks is that of what is sent.
func TestSchema(t *testing.T) {
	t.Parallel()
	registry := huma.NewMapRegistry("#/$defs/", huma.DefaultSchemaNamer)
	root := registry.Schema(reflect.TypeFor[channel.Message](), true, "Message").Ref
	for _, s := range registry.Map() {
		s.AdditionalProperties = nil // a later version may tell more
	}
	schema, err := json.MarshalIndent(map[string]any{
		"$schema": "https://json-schema.org/draft/2020-12/schema",
		"title":   "Body of a Backdoor Watch webhook",
		"$ref":    root,
		"$defs":   registry.Map(),
	}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "testdata/webhook.schema.json", string(schema)+"\n")
}

func FuzzParse(f *testing.F) {
	paths, err := filepath.Glob("testdata/files/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range paths {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, target := range targets {
		f.Add([]byte("- {name: a, kind: chat, target: \"" + target + "\"}"))
	}
	read := file(f, "channels.yaml")
	f.Fuzz(func(t *testing.T, text []byte) {
		all, err := read.Parse(text)
		if err != nil && !errors.Is(err, policy.ErrConfig) {
			t.Errorf("it is no mistake of the configuration: %v", err)
		}
		for _, c := range all {
			if c.Name == "" || c.Target == "" || c.Alert.Check() != nil {
				t.Errorf("got %+v", c)
			}
		}
	})
}
