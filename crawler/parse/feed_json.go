package parse

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/mmcdole/gofeed"
	jsonfeed "github.com/mmcdole/gofeed/json"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// readJSON reads a JSON Feed member by member, so that one bad item or a cut
// loses no other item.
func (f *feedReader) readJSON() (rawFeed, error) {
	r := jsonReader{feedReader: f, decoder: json.NewDecoder(bytes.NewReader(f.text)), feed: &jsonfeed.Feed{}}
	if _, err := r.decoder.Token(); err != nil {
		return rawFeed{}, fmt.Errorf("%w JSON Feed: %w", policy.ErrInvalid, err)
	}
	err := r.members()
	if !r.found {
		return rawFeed{}, errNoFeed
	}
	if err != nil {
		f.problem("the feed is cut off or broken; %d complete entries were kept", len(r.feed.Items))
		f.result.Entries++
	}
	if r.failed > 0 {
		f.problem("%d of %d entries could not be read", r.failed, f.result.Entries)
	}
	return r.raw()
}

type jsonReader struct {
	*feedReader
	decoder *json.Decoder
	feed    *jsonfeed.Feed
	hub     string
	found   bool // there is a list of items
	failed  int
}

func (r *jsonReader) members() error {
	for r.decoder.More() {
		key, err := r.decoder.Token()
		if err != nil {
			return err
		}
		if key == "items" {
			err = r.items()
		} else {
			err = r.member(fmt.Sprint(key))
		}
		if err != nil {
			return err
		}
	}
	_, err := r.decoder.Token()
	return err
}

func (r *jsonReader) items() error {
	if t, err := r.decoder.Token(); err != nil || t != json.Delim('[') {
		return fmt.Errorf("items is no list: %w", err)
	}
	r.found = true
	for r.decoder.More() && r.result.Entries < maxEntries {
		var raw json.RawMessage
		if err := r.decoder.Decode(&raw); err != nil {
			return err
		}
		r.result.Entries++
		item, err := lenientItem(raw)
		if err != nil {
			r.failed++
			continue
		}
		r.feed.Items = append(r.feed.Items, item)
	}
	_, err := r.decoder.Token()
	return err
}

// lenientItem reads an item member by member where it has one of a wrong type:
// what cannot be read is left out.
func lenientItem(raw json.RawMessage) (*jsonfeed.Item, error) {
	item := &jsonfeed.Item{}
	if nested(raw) {
		return nil, errTooBig
	}
	if json.Unmarshal(raw, item) == nil {
		return item, nil
	}
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		return nil, err
	}
	for key, value := range members {
		if !fits(key, value) {
			delete(members, key)
		}
	}
	kept, err := json.Marshal(members)
	if err != nil {
		return nil, err
	}
	item = &jsonfeed.Item{}
	return item, json.Unmarshal(kept, item)
}

// fits reports whether a member of an item has the type that it should have.
func fits(key string, value json.RawMessage) bool {
	one, err := json.Marshal(map[string]json.RawMessage{key: value})
	return err == nil && json.Unmarshal(one, &jsonfeed.Item{}) == nil
}

// nested reports whether JSON is nested beyond what is read.
func nested(raw []byte) bool {
	depth, quoted := 0, false
	for i := 0; i < len(raw); i++ {
		switch c := raw[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			if depth++; depth > maxNesting {
				return true
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return false
}

func (r *jsonReader) member(key string) error {
	var raw json.RawMessage
	if err := r.decoder.Decode(&raw); err != nil {
		return err
	}
	if key == "hubs" {
		var hubs []struct{ URL string }
		if json.Unmarshal(raw, &hubs) == nil && len(hubs) > 0 {
			r.hub = hubs[0].URL
		}
		return nil
	}
	one, err := json.Marshal(map[string]json.RawMessage{key: raw})
	if err == nil {
		before := *r.feed
		if json.Unmarshal(one, r.feed) != nil {
			*r.feed = before // a member of a wrong type says nothing
		}
	}
	return nil
}

func (r *jsonReader) raw() (rawFeed, error) {
	feed, err := new(gofeed.DefaultJSONTranslator).Translate(r.feed)
	if err != nil {
		return rawFeed{}, fmt.Errorf("%w JSON Feed: %w", policy.ErrInvalid, err)
	}
	raw := rawFeed{title: feed.Title, language: r.feed.Language, self: r.feed.FeedURL, next: r.feed.NextURL, home: r.feed.HomePageURL, hub: r.hub}
	for i, item := range feed.Items {
		own := r.feed.Items[i]
		raw.entries = append(raw.entries, rawEntry{Item: item, link: firstOf(own.URL, own.ExternalURL), permalink: true, language: own.Language})
	}
	return raw, nil
}
