package main

import (
	"io"
	"os"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// progress shows how far long work has come, on a terminal only.
type progress struct {
	bar *progressbar.ProgressBar
	to  io.Writer
}

func newProgress(to io.Writer, quiet bool) *progress {
	file, ok := to.(*os.File)
	if quiet || !ok || !isatty.IsTerminal(file.Fd()) {
		return &progress{}
	}
	return &progress{to: to}
}

// step says that done of total are done and what is being worked on. It may be
// called by many goroutines.
func (p *progress) step(done, total int, what string) {
	if p.to == nil {
		return
	}
	if p.bar == nil {
		p.bar = progressbar.NewOptions(total, progressbar.OptionSetWriter(p.to), progressbar.OptionShowCount(),
			progressbar.OptionClearOnFinish(), progressbar.OptionSetWidth(30))
	}
	p.bar.ChangeMax(total)
	p.bar.Describe(shorten(what, 40))
	// A bar that cannot be drawn must not stop the work.
	_ = p.bar.Set(done)
}

// finish takes the bar away, so that what is printed next stands alone.
func (p *progress) finish() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}

func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}
