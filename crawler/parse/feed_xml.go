package parse

import (
	"bytes"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/mmcdole/gofeed"
	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

var errNoFeed = fmt.Errorf("%w feed: no RSS, Atom or JSON Feed was found", policy.ErrInvalid)

const maxTTL = 7 * 24 * time.Hour // a feed that asks for more is believed so far

func (f *feedReader) readXML() (rawFeed, error) {
	text, lost := repairXML(f.text)
	o, ok := findOutline(text)
	if !ok {
		return rawFeed{}, errNoFeed
	}
	if lost > 0 {
		f.problem("%d characters that XML forbids were dropped", lost)
	}
	f.result.Entries = len(o.entries)
	f.baseOf(o)
	if o.sound() {
		if raw, err := parseFeed(o, o.whole()); err == nil && len(raw.entries) == len(o.entries) {
			f.hints(raw)
			return raw.rawFeed, nil
		}
	}
	raw := f.salvage(o)
	f.hints(raw)
	return raw.rawFeed, nil
}

// baseOf takes the xml:base of the root into account.
func (f *feedReader) baseOf(o outline) {
	root := string(o.text[o.root.start:o.root.end])
	for _, quote := range []string{`"`, `'`} {
		_, after, ok := strings.Cut(root, "xml:base="+quote)
		value, _, closed := strings.Cut(after, quote)
		if !ok || !closed {
			continue
		}
		if base, err := url.Parse(resolve(f.base, value)); err == nil && base.Host != "" {
			f.base = base
		}
	}
}

// whole returns the feed from its root element on.
func (o *outline) whole() []byte {
	if o.root.local() == "channel" {
		return bytes.Join([][]byte{[]byte("<rss>"), o.text[o.root.start:], []byte("</rss>")}, nil)
	}
	return o.text[o.root.start:]
}

// sound reports whether all entries are complete.
func (o *outline) sound() bool {
	for _, s := range o.entries {
		if s.cut || s.unclosed || s.deep {
			return false
		}
	}
	return !o.capped
}

// parsedFeed keeps what only the format's own type holds.
type parsedFeed struct {
	rawFeed
	ttl  string
	feed *gofeed.Feed
}

func parseFeed(o outline, text []byte) (parsedFeed, error) {
	return guard("feed", func() (parsedFeed, error) {
		if o.root.local() == "feed" {
			return parseAtom(text)
		}
		return parseRSS(text)
	})
}

func parseRSS(text []byte) (parsedFeed, error) {
	parsed, err := new(rss.Parser).Parse(bytes.NewReader(text))
	if err != nil {
		return parsedFeed{}, fmt.Errorf("%w RSS: %w", policy.ErrInvalid, err)
	}
	translator := gofeed.DefaultRSSTranslator{DisableContentImageScan: true}
	feed, err := translator.Translate(parsed)
	if err != nil {
		return parsedFeed{}, fmt.Errorf("%w RSS: %w", policy.ErrInvalid, err)
	}
	p := parsedFeed{feed: feed, ttl: parsed.TTL, rawFeed: rawFeed{title: feed.Title, language: feed.Language, home: feed.Link}}
	for _, links := range feed.Extensions {
		for _, l := range links["link"] {
			p.take(l.Attrs["rel"], l.Attrs["href"])
		}
	}
	for i, item := range feed.Items {
		e := rawEntry{Item: item, link: firstOf(origLink(item.Extensions), item.Link, atomLink(item.Extensions))}
		guid := parsed.Items[i].GUID
		e.permalink = guid != nil && !strings.EqualFold(strings.TrimSpace(guid.IsPermalink), "false")
		if item.DublinCoreExt != nil && len(item.DublinCoreExt.Language) > 0 {
			e.language = item.DublinCoreExt.Language[0]
		}
		p.entries = append(p.entries, e)
	}
	return p, nil
}

func parseAtom(text []byte) (parsedFeed, error) {
	parsed, err := new(atom.Parser).Parse(bytes.NewReader(text))
	if err != nil {
		return parsedFeed{}, fmt.Errorf("%w Atom: %w", policy.ErrInvalid, err)
	}
	feed, err := new(gofeed.DefaultAtomTranslator).Translate(parsed)
	if err != nil {
		return parsedFeed{}, fmt.Errorf("%w Atom: %w", policy.ErrInvalid, err)
	}
	p := parsedFeed{feed: feed, rawFeed: rawFeed{title: feed.Title, language: firstOf(parsed.Language, feed.Language), home: feed.Link}}
	for _, l := range parsed.Links {
		p.take(l.Rel, l.Href)
	}
	for _, item := range feed.Items {
		p.entries = append(p.entries, rawEntry{Item: item, link: firstOf(origLink(item.Extensions), item.Link), permalink: true})
	}
	return p, nil
}

// take keeps the links of a feed that say something about the feed itself.
func (p *parsedFeed) take(rel, href string) {
	target := map[string]*string{"self": &p.self, "hub": &p.hub, "next": &p.next}[strings.ToLower(rel)]
	if target != nil && *target == "" {
		*target = href
	}
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t = strings.TrimSpace(t); t != "" {
			return t
		}
	}
	return ""
}

// origLink is where an entry lies whose link leads through FeedBurner or Pheedo.
func origLink(extensions ext.Extensions) string {
	for _, prefix := range []string{"feedburner", "pheedo"} {
		for _, name := range []string{"origLink", "origlink"} {
			if values := extensions[prefix][name]; len(values) > 0 {
				return values[0].Value
			}
		}
	}
	return ""
}

func atomLink(extensions ext.Extensions) string {
	for _, prefix := range []string{"atom", "atom03", "atom10"} {
		for _, l := range extensions[prefix]["link"] {
			if rel := l.Attrs["rel"]; rel == "" || rel == "alternate" {
				return l.Attrs["href"]
			}
		}
	}
	return ""
}

// hints reads how often the feed wants to be read.
func (f *feedReader) hints(p parsedFeed) {
	minutes, err := strconv.Atoi(strings.TrimSpace(p.ttl))
	ttl := time.Duration(max(min(minutes, int(maxTTL/time.Minute)), 0)) * time.Minute
	if err != nil && p.feed != nil {
		ttl = updatePeriod(p.feed.Extensions["sy"])
	}
	f.result.TTL = min(ttl, maxTTL)
}

func updatePeriod(sy map[string][]ext.Extension) time.Duration {
	if len(sy["updatePeriod"]) == 0 {
		return 0
	}
	period := map[string]time.Duration{
		"hourly": time.Hour, "daily": 24 * time.Hour, "weekly": 7 * 24 * time.Hour, "monthly": maxTTL, "yearly": maxTTL,
	}[strings.ToLower(sy["updatePeriod"][0].Value)]
	if len(sy["updateFrequency"]) > 0 {
		if n, err := strconv.Atoi(sy["updateFrequency"][0].Value); err == nil && n > 0 {
			period /= time.Duration(n)
		}
	}
	return period
}

// salvage reads a feed of which the whole could not be read: all complete
// entries at once, or else each by itself.
func (f *feedReader) salvage(o outline) parsedFeed {
	p, err := parseFeed(o, o.head())
	if err != nil {
		f.problem("the head of the feed could not be read")
	}
	p.entries = nil
	var good [][]byte
	cut, deep, unclosed := 0, 0, 0
	for _, s := range o.entries {
		switch {
		case s.cut:
			cut++
		case s.deep:
			deep++
		default:
			if s.unclosed {
				unclosed++
			}
			good = append(good, o.entry(s))
		}
	}
	if cut > 0 || !bytes.Contains(o.text, []byte("</"+o.root.name)) {
		f.problem("the feed is cut off; %d complete entries were kept", len(good))
	}
	if o.capped {
		f.problem("entries after the first %d were left out", maxEntries)
	}
	if unclosed > 0 {
		f.problem("%d entries have no end; they were read up to the next one", unclosed)
	}
	if deep > 0 {
		f.problem("%d entries are nested too deeply to be read", deep)
	}
	p.entries = f.entriesOf(o, good)
	return p
}

func (f *feedReader) entriesOf(o outline, texts [][]byte) []rawEntry {
	if all, err := parseFeed(o, o.around(texts...)); err == nil && len(all.entries) == len(texts) {
		return all.entries
	}
	var entries []rawEntry
	var failed []error
	for _, text := range texts {
		one, err := parseFeed(o, o.around(text))
		if err == nil && len(one.entries) == 0 {
			err = errors.New("no entry came out")
		}
		if err != nil {
			failed = append(failed, err)
			continue
		}
		entries = append(entries, one.entries[0])
	}
	if len(failed) > 0 {
		f.problem("%d of %d entries could not be read, the first one because of: %v", len(failed), len(texts), failed[0])
	}
	return entries
}
