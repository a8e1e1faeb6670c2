package api_test

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
)

// With these flags the browser test leaves pictures, and looks for barriers: axe-core is
// no part of the repository; "npm pack axe-core" brings it.
var (
	pictures = flag.String("pictures", "", "the folder for pictures of every page")
	axe      = flag.String("axe", "", "the path of axe.min.js, to look for barriers on every page")
)

const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then((r) => JSON.stringify(r.passes.length < 10 ? ["it looked at too little"] : r.violations.map((v) => v.id + ": " + v.help + " – " + v.nodes.map((n) => n.html.slice(0, 140)).slice(0, 4).join(" | "))))`

// smallTargets finds links that are less than 24 pixels high and not within a sentence.
const smallTargets = `[...document.querySelectorAll("li > a, .small > a")].map((e) => [e, e.getBoundingClientRect()])
	.filter(([, r]) => r.height < 24).map(([e, r]) => e.textContent.slice(0, 50) + " " + r.height).join("\n")`

// TestABrowserShowsFramesWithinAnotherSite lets a page of another origin frame ours, as
// oEmbed says, and looks at them as a reader of that page does.
func TestABrowserShowsFramesWithinAnotherSite(t *testing.T) {
	t.Parallel()
	o := options(sample())
	server := httptest.NewUnstartedServer(nil)
	o.BaseURL = "http://" + server.Listener.Addr().String()
	engine, _ := mount(t, o)
	server.Config.Handler = engine
	server.Start()
	t.Cleanup(server.Close)
	ctx, asked := browse(t)
	for _, path := range []string{"/embed/dossiers/fr-bill-7", "/embed/timeline", "/embed/timeline?show=events&jurisdiction=FR", "/embed/items", "/embed/items?stance=protects&jurisdiction=FR"} {
		for _, look := range []struct {
			width  int64
			scheme string
		}{{320, "light"}, {320, "dark"}, {800, "light"}, {800, "dark"}} {
			name := fmt.Sprintf("%s, %d pixels, %s", path, look.width, look.scheme)
			_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
				Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: look.scheme}},
			})
			if err != nil {
				t.Fatal(err)
			}
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(look.width, 480), chromedp.Navigate(server.URL+path)); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			if over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)); err != nil || over > 0 {
				t.Errorf("%s: %d pixels too wide (%v)", name, over, err)
			}
			if small, err := chromedp.Run(ctx, chromedp.Evaluate[string](smallTargets)); err != nil || small != "" {
				t.Errorf("%s: targets too small: %s (%v)", name, small, err)
			}
			if *pictures != "" {
				picture(ctx, t, filepath.Join(*pictures, strings.NewReplacer("/", "-", "?", "-", "&", "-", "=", "-", ", ", "-", " ", "").Replace(name)+".png"))
			}
			if *axe != "" && look.width == 320 {
				findBarriers(ctx, t, name)
			}
		}
	}
	for _, address := range asked() {
		if !strings.HasPrefix(address, server.URL+"/embed/") && address != server.URL+"/favicon.ico" { // which a tab asks for, and no frame
			t.Errorf("the browser asked for %s", address)
		}
	}
	frameElsewhere(ctx, t, server.URL)
}

// frameElsewhere lets another origin frame a dossier as oEmbed says, and another page.
func frameElsewhere(ctx context.Context, t *testing.T, ours string) {
	t.Helper()
	for frame, want := range map[string]bool{"/embed/dossiers/fr-bill-7": true, "/feeds/": false} {
		other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/html")
			_, _ = io.WriteString(w, `<!doctype html><title>Another site</title><iframe src="`+ours+frame+`" width="600" height="480" sandbox="allow-popups"></iframe>`)
		}))
		t.Cleanup(other.Close)
		if err := chromedp.Do(ctx, chromedp.Navigate(other.URL), chromedp.Sleep(300*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		tree, err := chromedp.Call(ctx, page.GetFrameTree, cdp.Empty{})
		if err != nil {
			t.Fatal(err)
		}
		if shown := len(tree.FrameTree.ChildFrames) == 1 && tree.FrameTree.ChildFrames[0].Frame.UnreachableURL == ""; shown != want {
			t.Errorf("%s within another site: shown %t", frame, shown)
		}
	}
}

func findBarriers(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	code, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Call(ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Reload()); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](string(code)+`; 1`)); err != nil {
		t.Fatal(err)
	}
	answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](runAxe, chromedp.EvalAwaitPromise))
	if err != nil {
		t.Fatal(err)
	}
	var violations []string
	if err := json.Unmarshal([]byte(answer), &violations); err != nil {
		t.Fatal(err)
	}
	for _, v := range violations {
		t.Errorf("%s: %s", name, v)
	}
}

func picture(ctx context.Context, t *testing.T, path string) {
	t.Helper()
	png, err := chromedp.Run(ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o644); err != nil {
		t.Fatal(err)
	}
}

// browse starts a browser that knows nothing, and tells what it asked for.
func browse(t *testing.T) (context.Context, func() []string) {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(prerequisite.Chromium(t)), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.UserDataDir(t.TempDir()),
	}
	for _, name := range []string{"disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars"} {
		options = append(options, chromedp.Flag(name, true))
	}
	// Frames of another origin are in the same process, so that they can be seen.
	options = append(options, chromedp.Flag("disable-site-isolation-trials", true), chromedp.Flag("disable-features", "IsolateOrigins,site-per-process"))
	ctx, stop := context.WithTimeout(t.Context(), 2*time.Minute)
	t.Cleanup(stop)
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stopAllocator)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	var mu sync.Mutex
	var all []string
	err := chromedp.Listen(ctx, func(event any) {
		if e, ok := event.(*network.EventRequestWillBeSent); ok {
			mu.Lock()
			defer mu.Unlock()
			all = append(all, e.Request.URL)
		}
	})
	if err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) })
	return ctx, func() []string {
		mu.Lock()
		defer mu.Unlock()
		return append([]string(nil), all...)
	}
}
