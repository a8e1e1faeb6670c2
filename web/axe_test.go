package web_test

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"testing"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// axe-core is no part of the repository; "npm pack axe-core" brings it.
var axe = flag.String("axe", "", "the path of axe.min.js, to look for barriers on every page")

// runAxe asks for everything that axe knows of WCAG 2.2 AA and good practice, and
// answers with a line for each rule that a page breaks.
const runAxe = `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
	.then((r) => JSON.stringify(r.passes.length < 15 ? ["it looked at too little"] : r.violations.map((v) => v.id + ": " + v.help + " – " + v.nodes.map((n) => n.html.slice(0, 140)).slice(0, 4).join(" | "))))`

func TestAxeFindsNoBarrier(t *testing.T) {
	if *axe == "" {
		t.Skip("skipped for want of axe-core: give its axe.min.js with -axe")
	}
	code, err := os.ReadFile(*axe)
	if err != nil {
		t.Fatal(err)
	}
	ctx, _ := browse(t)
	full, empty := serve(t, storybook(), withStoryAlerts), serve(t, &memory{sources: storySources()[5:6]})
	if _, err := chromedp.Call(ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true}); err != nil {
		t.Fatal(err)
	}
	wanted := regexp.MustCompile(*looked)
	for _, p := range everyPage() {
		if !wanted.MatchString(p.name) {
			continue
		}
		base := full.URL
		if p.empty {
			base = empty.URL
		}
		for _, look := range []string{"light", "dark"} {
			scheme(ctx, t, look)
			if err := chromedp.Do(ctx, chromedp.EmulateViewport(1280, 900), chromedp.Navigate(base+p.path)); err != nil {
				t.Fatal(err)
			}
			if _, err := chromedp.Run(ctx, chromedp.Evaluate[int](openDetails+`; `+string(code)+`; 1`)); err != nil {
				t.Fatal(err)
			}
			answer, err := chromedp.Run(ctx, chromedp.Evaluate[string](runAxe, chromedp.EvalAwaitPromise))
			if err != nil {
				t.Fatalf("%s, %s: %v", p.name, look, err)
			}
			var violations []string
			if err := json.Unmarshal([]byte(answer), &violations); err != nil {
				t.Fatal(err)
			}
			for _, v := range violations {
				t.Errorf("%s, %s: %s", p.name, look, v)
			}
		}
	}
}
