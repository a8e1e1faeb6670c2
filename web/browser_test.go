package web_test

import (
	"context"
	"flag"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/web"
)

// With this flag the browser test leaves a picture of every page of the
// storybook, wide and narrow, light and dark, in the given folder.
var pictures = flag.String("pictures", "", "the folder for pictures of every page")

// Which pages the browser looks at: those whose name fits.
var looked = flag.String("page", "", "a pattern of the names of the pages to look at; empty means all")

// watcher notes what a browser's tab asks for and complains about.
type watcher struct {
	mu       sync.Mutex
	requests []string
	problems []string
}

func (w *watcher) see(event any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		w.requests = append(w.requests, e.Request.URL)
	case *log.EventEntryAdded:
		w.problems = append(w.problems, fmt.Sprintf("%s: %s %s", e.Entry.Level, e.Entry.Text, e.Entry.URL))
	case *runtime.EventConsoleAPICalled:
		w.problems = append(w.problems, "something was written to the console")
	case *runtime.EventExceptionThrown:
		w.problems = append(w.problems, fmt.Sprintf("exception: %v", e.ExceptionDetails))
	}
}

// take returns what was seen since it was last asked.
func (w *watcher) take() (requests, problems []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	requests, problems = w.requests, w.problems
	w.requests, w.problems = nil, nil
	return requests, problems
}

// browse starts a browser that knows nothing and asks nobody by itself.
func browse(t *testing.T) (context.Context, *watcher) {
	t.Helper()
	options := []chromedp.ExecAllocatorOption{
		chromedp.ExecPath(prerequisite.Chromium(t)), chromedp.Headless, chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.NoFirstRun, chromedp.NoDefaultBrowserCheck, chromedp.UserDataDir(t.TempDir()),
	}
	for _, name := range []string{"disable-quic", "disable-background-networking", "disable-component-update", "disable-sync", "disable-dev-shm-usage", "hide-scrollbars"} {
		options = append(options, chromedp.Flag(name, true))
	}
	patience := 2 * time.Minute
	if *pictures != "" {
		patience = 15 * time.Minute
	}
	ctx, stop := context.WithTimeout(t.Context(), patience)
	t.Cleanup(stop)
	ctx, stopAllocator := chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(stopAllocator)
	ctx, closeTab := chromedp.NewContext(ctx)
	t.Cleanup(closeTab)
	w := &watcher{}
	if err := chromedp.Listen(ctx, w.see); err != nil {
		t.Fatalf("starting the browser: %v", err)
	}
	t.Cleanup(func() { _ = chromedp.Cancel(ctx) }) // waits for the browser to end, before its folder is removed
	return ctx, w
}

func scheme(ctx context.Context, t *testing.T, name string) {
	t.Helper()
	_, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: name}},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestABrowserShowsEveryPageWithoutComplaint(t *testing.T) {
	t.Parallel()
	ctx, w := browse(t)
	full, empty := serve(t, storybook(), withStoryAlerts), serve(t, &memory{sources: storySources()[5:6]})
	wanted := regexp.MustCompile(*looked)
	for _, p := range everyPage() {
		if !wanted.MatchString(p.name) {
			continue
		}
		base := full.URL
		if p.empty {
			base = empty.URL
		}
		for _, look := range []struct {
			name   string
			width  int64
			scheme string
		}{{"wide-light", 1280, "light"}, {"wide-dark", 1280, "dark"}, {"narrow-light", 390, "light"}, {"narrow-dark", 390, "dark"}} {
			if *pictures == "" && look.scheme == "dark" {
				continue // the same page in other colours; only eyes can tell
			}
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(look.width, 900)); err != nil {
				t.Fatalf("%s: %v", p.name, err)
			}
			if *pictures != "" || look.width == 1280 { // else the page that is there is made narrow
				scheme(ctx, t, look.scheme)
				if err := chromedp.Do(ctx, chromedp.Navigate(base+p.path)); err != nil {
					t.Fatalf("%s: %v", p.name, err)
				}
			}
			if *pictures != "" {
				picture(ctx, t, filepath.Join(*pictures, p.name+"-"+look.name+".png"))
			}
			if *pictures != "" && look.name == "wide-light" {
				printed(ctx, t, filepath.Join(*pictures, p.name+"-print.png"))
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](openDetails)); err != nil {
				t.Fatal(err)
			}
			if over, err := chromedp.Run(ctx, chromedp.Evaluate[int](`document.documentElement.scrollWidth - innerWidth`)); err != nil || over > 0 {
				t.Errorf("%s, %s: %d pixels too wide (%v)", p.name, look.name, over, err)
			}
			small, err := chromedp.Run(ctx, chromedp.Evaluate[string](smallTargets))
			if err != nil || small != "" {
				t.Errorf("%s, %s: targets too small: %s (%v)", p.name, look.name, small, err)
			}
			if *pictures != "" {
				picture(ctx, t, filepath.Join(*pictures, p.name+"-"+look.name+"-open.png"))
			}
		}
		checkSeen(t, w, p.name, base, p.status)
	}
}

// openDetails opens whatever is folded, so that it is looked at too.
const openDetails = `[...document.querySelectorAll("details")].map((d) => d.open = true).length`

// smallTargets finds what can be pressed and is less than 24 pixels high or wide,
// other than links within a line of text, as WCAG 2.5.8 has it.
const smallTargets = `[...document.querySelectorAll("a, button, input:not([type=hidden]), select, summary")]
	.filter((e) => e.checkVisibility() && !e.closest(".skip, p:not(.onward):not(.forms), td, th, dd, dt, caption, q"))
	.filter((e) => !(["checkbox", "radio"].includes(e.type) && e.labels[0].getBoundingClientRect().height >= 24))
	.map((e) => [e, e.getBoundingClientRect()])
	.filter(([, r]) => r.height < 24 || r.width < 24)
	.map(([e, r]) => e.outerHTML.slice(0, 90) + " " + r.width + "x" + r.height).join("\n")`

func checkSeen(t *testing.T, w *watcher, name, base string, status int) {
	t.Helper()
	requests, problems := w.take()
	if len(requests) == 0 {
		t.Errorf("%s: the browser's requests were not seen", name)
	}
	own, _ := url.Parse(base)
	for _, request := range requests {
		if u, err := url.Parse(request); err != nil || u.Host != own.Host {
			t.Errorf("%s asked for %s", name, request)
		}
	}
	problems = slices.DeleteFunc(problems, func(p string) bool {
		return status >= 400 && strings.Contains(p, "Failed to load resource") // the browser's word for the page's own status
	})
	if len(problems) > 0 {
		t.Errorf("%s: %s", name, strings.Join(problems, "\n"))
	}
}

// printed leaves a picture of the page as on paper.
func printed(ctx context.Context, t *testing.T, path string) {
	t.Helper()
	for _, media := range []string{"print", ""} {
		if _, err := chromedp.Call(ctx, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Media: media}); err != nil {
			t.Fatal(err)
		}
		if media == "print" {
			picture(ctx, t, path)
		}
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

func TestKeysMoveOpenAndLead(t *testing.T) {
	t.Parallel()
	ctx, _ := browse(t)
	server := serve(t, storybook())
	press := func(keys string) string {
		t.Helper()
		if err := chromedp.Do(ctx, chromedp.KeyEvent(keys), chromedp.Sleep(150*time.Millisecond)); err != nil {
			t.Fatal(err)
		}
		where, err := chromedp.Run(ctx, chromedp.Evaluate[string](`location.pathname + location.hash + " " + (document.activeElement.closest("article")?.id ?? document.activeElement.id)`))
		if err != nil {
			t.Fatal(err)
		}
		return where
	}
	steps := []struct{ keys, want string }{
		{"j", "/timeline i-59"}, {"j", "/timeline i-58"}, {"k", "/timeline i-59"}, {"/", "/timeline q"}, {"jo?", "/timeline q"},
	}
	if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(server.URL+"/timeline?show=items")); err != nil {
		t.Fatal(err)
	}
	for _, step := range steps {
		if got := press(step.keys); got != step.want {
			t.Errorf("%s leads to %q, want %q", step.keys, got, step.want)
		}
	}
	for _, step := range []struct{ keys, want string }{{"jo", "/items/59 "}, {"gs", "/sources "}, {"gd", "/dossiers "}, {"gp", "/places "}, {"?", "/about#keyboard "}} {
		if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/timeline?show=items")); err != nil {
			t.Fatal(err)
		}
		if got := press(step.keys); got != step.want {
			t.Errorf("%s leads to %q, want %q", step.keys, got, step.want)
		}
	}
	if _, err := chromedp.Call(ctx, network.SetCookie, network.SetCookieParams{Name: "shortcuts", Value: "off", URL: server.URL}); err != nil {
		t.Fatal(err)
	}
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/timeline")); err != nil {
		t.Fatal(err)
	}
	if got := press("gs"); got != "/timeline " {
		t.Errorf("with the shortcuts off the keys lead to %q", got)
	}
}

func TestTheSettingsFormWorksInABrowser(t *testing.T) {
	t.Parallel()
	ctx, _ := browse(t)
	server := serve(t, storybook(), func(o *web.Options) { o.PublicURL = "http://localhost" })
	if err := chromedp.Do(ctx, chromedp.Navigate(server.URL+"/timeline?stance=weakens")); err != nil {
		t.Fatal(err)
	}
	if _, err := chromedp.RunResponse(ctx, chromedp.Click(chromedp.CSS(`button[name=theme][value=dark]`))); err != nil {
		t.Fatal(err)
	}
	got, err := chromedp.Run(ctx, chromedp.Evaluate[string](`document.documentElement.dataset.theme + " " + location.pathname + location.search`))
	if err != nil || got != "dark /timeline?stance=weakens" {
		t.Errorf("after pressing Dark: %q (%v)", got, err)
	}
}
