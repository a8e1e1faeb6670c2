package report_test

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/alert/report"
)

var update = flag.Bool("update", false, "write the golden files")

// TestReports reads each mail of testdata and compares what it says with the file beside
// it.
func TestReports(t *testing.T) {
	mails, err := filepath.Glob("testdata/*.eml")
	if err != nil || len(mails) < 8 {
		t.Fatalf("got %d mails, %v", len(mails), err)
	}
	for _, path := range mails {
		t.Run(filepath.Base(path), func(t *testing.T) {
			text, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for name, form := range map[string]string{"LF": string(text), "CRLF": strings.ReplaceAll(string(text), "\n", "\r\n")} {
				r, is := report.Parse([]byte(form))
				got := "no report\n"
				if is {
					got = fmt.Sprintf("kind: %s\nstatus: %s\nhard: %v\nmessage-id: %s\nnames: %s\n", r.Kind, r.Status, r.Hard(), r.MessageID, strings.Join(r.Names, " "))
				}
				golden := strings.TrimSuffix(path, ".eml") + ".txt"
				if *update {
					if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
						t.Fatal(err)
					}
				}
				if want, err := os.ReadFile(golden); err != nil || string(want) != got {
					t.Errorf("%s: got\n%swant\n%s%v", name, got, want, err)
				}
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	mails, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range mails {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r, is := report.Parse(text)
		if is != (r.Kind == report.Failure || r.Kind == report.Complaint) {
			t.Errorf("got %+v, %v", r, is)
		}
		if is && r.Kind == report.Failure && (r.Status == "" || len(r.Status) > 9) || len(r.MessageID) > 256 || len(r.Names) > 16 {
			t.Errorf("got %+v", r)
		}
		for _, name := range append(r.Names, r.MessageID) {
			if strings.ContainsAny(name, "\r\n") {
				t.Errorf("%q has lines", name)
			}
		}
	})
}
