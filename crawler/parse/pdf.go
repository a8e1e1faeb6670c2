package parse

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Limits on one PDF.
const (
	maxPDFPages  = 2_000
	maxPDFText   = 8 << 20          // bytes
	maxPDFTime   = 60 * time.Second // where the caller sets no deadline
	maxPDFMemory = 8192             // pages of 64 KiB that the engine may use: 512 MiB
)

// PDF turns PDF into text with PDFium, which runs as WebAssembly: a document
// that breaks it breaks nothing of ours, and it sees neither files nor network.
// The engine starts with the first document; one document is read at a time.
// It is safe for concurrent use. Close it at the end.
type PDF struct {
	cacheDir string
	turn     chan struct{} // holds one token: whoever has it owns the fields below
	engine   pdfium.Pool
	stop     context.CancelFunc // interrupts what the engine is doing
	cache    wazero.CompilationCache
	closed   bool
}

// NewPDF returns a reader that keeps the compiled engine in cacheDir, so that it
// starts in a tenth of a second instead of several. An empty cacheDir keeps
// nothing.
func NewPDF(cacheDir string) *PDF {
	p := &PDF{cacheDir: cacheDir, turn: make(chan struct{}, 1)}
	p.turn <- struct{}{}
	return p
}

// Text returns the text of a PDF, paragraphs parted by an empty line as well as
// they can be told, and what was lost. A body that is no readable PDF wraps
// policy.ErrInvalid; the context's error is returned where it ends first.
func (p *PDF) Text(ctx context.Context, body []byte) (text string, problems []string, err error) {
	if len(body) > maxBody*2 {
		return "", nil, fmt.Errorf("reading the PDF: %w (%d bytes)", errTooBig, len(body))
	}
	ctx, cancel := context.WithTimeout(ctx, maxPDFTime)
	defer cancel()
	select {
	case <-ctx.Done():
		return "", nil, fmt.Errorf("waiting to read a PDF: %w", ctx.Err())
	case <-p.turn:
	}
	defer func() { p.turn <- struct{}{} }()
	if err := p.start(); err != nil {
		return "", nil, err
	}
	release := context.AfterFunc(ctx, p.stop)
	text, err = guard("PDF", func() (string, error) { return p.read(ctx, body, &problems) })
	if release(); ctx.Err() != nil {
		p.shutDown() // it was interrupted, and will not run again
		return "", nil, fmt.Errorf("reading the PDF: %w", ctx.Err())
	}
	if err != nil {
		return "", nil, err
	}
	return text, problems, nil
}

// Close ends the engine. A later call of Text fails.
func (p *PDF) Close() error {
	<-p.turn
	defer func() { p.turn <- struct{}{} }()
	p.closed = true
	return p.shutDown()
}

func (p *PDF) start() error {
	if p.closed {
		return errors.New("reading the PDF: the reader was closed")
	}
	if p.engine != nil {
		return nil
	}
	config := wazero.NewRuntimeConfig().
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling). // PDFium needs the latter
		WithCloseOnContextDone(true).
		WithMemoryLimitPages(maxPDFMemory)
	if p.cacheDir != "" {
		cache, err := wazero.NewCompilationCacheWithDir(p.cacheDir)
		if err != nil {
			return fmt.Errorf("opening the cache of the PDF engine: %w", err)
		}
		p.cache, config = cache, config.WithCompilationCache(cache)
	}
	ctx, stop := context.WithCancel(context.Background())
	// An empty file system: the default would mount the whole disk.
	engine, err := webassembly.Init(webassembly.Config{
		Context: ctx, MaxIdle: 1, MaxTotal: 1, RuntimeConfig: config,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		stop()
		return fmt.Errorf("starting the PDF engine: %w", err)
	}
	p.engine, p.stop = engine, stop
	return nil
}

func (p *PDF) shutDown() error {
	var err error
	if p.engine != nil {
		err = p.engine.Close()
		p.stop()
		p.engine = nil
	}
	if p.cache != nil {
		err = errors.Join(err, p.cache.Close(context.Background()))
		p.cache = nil
	}
	return err
}

func (p *PDF) read(ctx context.Context, body []byte, problems *[]string) (string, error) {
	instance, err := p.engine.GetInstanceWithContext(ctx)
	if err != nil {
		return "", fmt.Errorf("starting the PDF engine: %w", err)
	}
	defer func() { _ = instance.Close() }() // frees the document too
	opened, err := instance.OpenDocument(&requests.OpenDocument{File: &body})
	if err != nil {
		return "", fmt.Errorf("%w PDF: %w", policy.ErrInvalid, err)
	}
	count, err := instance.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		return "", fmt.Errorf("%w PDF: %w", policy.ErrInvalid, err)
	}
	r := pdfReader{instance: instance, document: opened.Document, pages: count.PageCount}
	text := r.text(ctx)
	*problems = r.problems()
	return text, nil
}

// pdfReader reads the pages of one document.
type pdfReader struct {
	instance pdfium.Pdfium
	document references.FPDF_DOCUMENT
	pages    int
	failed   int  // pages that could not be read
	empty    int  // pages without text
	rtl      bool // there is text from right to left, whose order is a guess
	read     int
}

func (r *pdfReader) text(ctx context.Context) string {
	var out strings.Builder
	for i := range min(r.pages, maxPDFPages) {
		if ctx.Err() != nil || out.Len() > maxPDFText {
			break
		}
		r.read++
		page, err := r.instance.GetPageText(&requests.GetPageText{
			Page: requests.Page{ByIndex: &requests.PageByIndex{Document: r.document, Index: i}},
		})
		if err != nil {
			r.failed++
			continue
		}
		text := pageText(page.Text)
		if text == "" {
			r.empty++
			continue
		}
		r.rtl = r.rtl || strings.ContainsFunc(text, isRTL)
		out.WriteString(text)
		out.WriteString("\n\n")
	}
	return tidy(out.String())
}

func (r *pdfReader) problems() []string {
	var problems []string
	note := func(n int, text string) {
		if n > 0 {
			problems = append(problems, fmt.Sprintf(text, n, r.pages))
		}
	}
	note(r.failed, "%d of %d pages could not be read")
	note(r.pages-r.read, "%d of %d pages were left out: the document is too long")
	if r.rtl {
		problems = append(problems, "the order of right-to-left letters is a guess")
	}
	if r.read > 0 && r.empty == r.read {
		problems = append(problems, "the PDF holds no text; its pages may be pictures")
	}
	return problems
}
