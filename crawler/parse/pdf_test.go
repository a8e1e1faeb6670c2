package parse

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

// testPDF returns a reader whose compiled engine is kept between runs of the
// tests, in the user's cache.
func testPDF(t testing.TB) *PDF {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		dir = os.TempDir()
	}
	p := NewPDF(filepath.Join(dir, "backdoorwatch-test"))
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Errorf("closing: %v", err)
		}
	})
	return p
}

func TestPDFText(t *testing.T) {
	p := testPDF(t)
	body, err := os.ReadFile("testdata/pdf/bill.pdf")
	if err != nil {
		t.Fatal(err)
	}
	t.Run("a small bill", func(t *testing.T) {
		text, problems, err := p.Text(t.Context(), body)
		const want = "Encryption Protection Bill\n\nNo public authority may require a provider to weaken encryption."
		if err != nil || text != want || len(problems) > 0 {
			t.Errorf("got %q, %v, %v; want %q", text, problems, err, want)
		}
	})
	t.Run("no PDF", func(t *testing.T) {
		if _, _, err := p.Text(t.Context(), []byte("%PDF-1.7 and nothing")); !errors.Is(err, policy.ErrInvalid) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a page without text", func(t *testing.T) {
		blank := strings.ReplaceAll(string(body), "Tj", "  ")
		text, problems, err := p.Text(t.Context(), []byte(blank))
		if err != nil || text != "" || len(problems) != 1 {
			t.Errorf("got %q, %v, %v", text, problems, err)
		}
	})
	t.Run("cancelled, and then used again", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := p.Text(ctx, body); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
		if text, _, err := p.Text(t.Context(), body); err != nil || text == "" {
			t.Errorf("got %q, %v", text, err)
		}
	})
	t.Run("several at once", func(t *testing.T) {
		var readers sync.WaitGroup
		for range 4 {
			readers.Go(func() {
				if text, _, err := p.Text(t.Context(), body); err != nil || !strings.Contains(text, "encryption") {
					t.Errorf("got %q, %v", text, err)
				}
			})
		}
		readers.Wait()
	})
}

// A document that takes too long is given up, and the reader goes on with the
// next one.
func TestPDFTimeLimit(t *testing.T) {
	p := testPDF(t)
	small, err := os.ReadFile("testdata/pdf/bill.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Text(t.Context(), small); err != nil { // starts the engine
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, _, err := p.Text(ctx, longPDF(maxPDFPages)); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	if took := time.Since(start); took > 5*time.Second {
		t.Errorf("took %v to stop", took)
	}
	if text, _, err := p.Text(t.Context(), small); err != nil || text == "" {
		t.Errorf("afterwards: %q, %v", text, err)
	}
}

// longPDF is a document of n pages that hold the same lines.
func longPDF(n int) []byte {
	content := "BT /F1 11 Tf 72 720 Td " + strings.Repeat("(No authority may require a provider to weaken encryption.) Tj 0 -14 Td ", 45) + "ET"
	objects := []string{"<< /Type /Catalog /Pages 2 0 R >>", "", "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content)}
	var kids strings.Builder
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", i+5)
		objects = append(objects, "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R /Resources << /Font << /F1 3 0 R >> >> >>")
	}
	objects[1] = fmt.Sprintf("<< /Type /Pages /Kids [%s] /Count %d >>", kids.String(), n)
	out := []byte("%PDF-1.4\n")
	table := "0000000000 65535 f \n"
	for i, o := range objects {
		table += fmt.Sprintf("%010d 00000 n \n", len(out))
		out = fmt.Appendf(out, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	return fmt.Appendf(out, "xref\n0 %d\n%strailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, table, len(objects)+1, len(out))
}

func TestPDFClosed(t *testing.T) {
	p := NewPDF("")
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := p.Text(t.Context(), nil); err == nil {
		t.Error("a closed reader still reads")
	}
}

func TestPDFOfABrowser(t *testing.T) {
	browser := prerequisite.Chromium(t)
	dir := t.TempDir()
	page := `<!doctype html><meta charset=utf-8><body style="font:14px sans-serif"><h1>Proposition de loi relative au chiffrement</h1>
<p>Article premier. Nul ne peut être contraint d’affaiblir le chiffrement de bout en bout des communications électroniques, ni d’y introduire une porte dérobée.</p>
<p>Το απόρρητο των επικοινωνιών είναι απαραβίαστο.</p><p>Право на шифрование.</p><p dir=rtl>الحق في التشفير منذ 2026</p><p dir=rtl>הזכות להצפנה מובטחת</p></body>`
	source, target := filepath.Join(dir, "bill.html"), filepath.Join(dir, "bill.pdf")
	if err := os.WriteFile(source, []byte(page), 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), browser, "--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer",
		"--user-data-dir="+filepath.Join(dir, "profile"), "--print-to-pdf="+target, "file://"+source)
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("printing a page: %v\n%s", err, out)
	}
	body, err := os.ReadFile(target)
	if err != nil {
		t.Fatal(err)
	}
	text, problems, err := testPDF(t).Text(t.Context(), body)
	if err != nil || len(problems) != 1 || !strings.Contains(problems[0], "right-to-left") {
		t.Fatalf("%v, %v", problems, err)
	}
	for _, want := range []string{
		"Proposition de loi relative au chiffrement\n\nArticle premier. Nul ne peut",
		"affaiblir le chiffrement de bout en bout des communications électroniques, ni d’y introduire une porte dérobée.",
		"Το απόρρητο των επικοινωνιών είναι απαραβίαστο.", "Право на шифрование.", "الحق في التشفير منذ 2026", "הזכות להצפנה מובטחת",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is missing in:\n%s", want, text)
		}
	}
}
