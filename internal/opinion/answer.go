package opinion

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// What of an answer is kept, in bytes and in number.
const (
	maxReason  = 240
	maxValues  = 12 // words of one list
	maxDropped = 20
	maxShown   = 40 // of a word that was dropped
)

// Answer is what is left of a model's answer.
type Answer struct {
	Opinions []policy.Opinion // without item, model and times
	Dropped  []string         // what did not count, and why; for people, at most twenty
}

// errNoAnswer means that nothing in an answer counts.
var errNoAnswer = errors.New("the model's answer does not say whether the document is relevant")

// readAnswer takes from a model's words what counts: words of the closed lists and
// ids of dossiers that were offered.
func readAnswer(content string, offered []policy.Dossier) (Answer, error) {
	var keys map[string]json.RawMessage
	if err := json.Unmarshal([]byte(object(content)), &keys); err != nil || keys == nil {
		return Answer{}, errors.New("the model's answer is not one JSON object")
	}
	var a Answer
	relevant := func(word string) bool { return word == "yes" || word == "no" }
	if !a.one(keys, "relevant", policy.FacetRelevant, relevant) {
		return a, errNoAnswer
	}
	if a.Opinions[0].Value == "yes" {
		a.one(keys, "kind", policy.FacetKind, func(word string) bool { return policy.Kinds.Has(policy.Kind(word)) })
		a.one(keys, "stance", policy.FacetStance, func(word string) bool { return policy.Stances.Has(policy.Stance(word)) })
		a.many(keys, "measures", policy.FacetMeasure, func(word string) bool { return policy.Measures.Has(policy.Measure(word)) })
		a.many(keys, "dossiers", policy.FacetDossier, func(id string) bool {
			return slices.ContainsFunc(offered, func(d policy.Dossier) bool { return d.ID == id })
		})
	}
	a.rest(keys)
	return a, nil
}

// object cuts off what many models write around the object that they are asked for:
// their thoughts, and the fence of a code block.
func object(content string) string {
	content = strings.TrimSpace(content)
	if strings.HasPrefix(content, "<think>") {
		_, content, _ = strings.Cut(content, "</think>")
		content = strings.TrimSpace(content)
	}
	if fenced, ok := strings.CutPrefix(content, "```"); ok {
		content = strings.TrimSuffix(strings.TrimPrefix(fenced, "json"), "```")
	}
	return content
}

// judgement is one word of an answer. Its parts are read one by one, so that a bad
// reason does not cost a good word.
type judgement struct {
	word       string
	confidence float64
	reason     string
	unfit      bool // it came with a reason that cannot be shown
}

func readJudgement(raw json.RawMessage) judgement {
	var parts struct{ Value, Confidence, Reason json.RawMessage }
	if json.Unmarshal(raw, &parts) != nil {
		return judgement{word: word(raw)}
	}
	j := judgement{word: word(parts.Value)}
	var text string
	if json.Unmarshal(parts.Reason, &text) == nil {
		j.reason = reason(text)
		j.unfit = j.reason == "" && strings.TrimSpace(text) != ""
	}
	var number float64
	if json.Unmarshal(parts.Confidence, &number) == nil && number >= 0 && number <= 1 {
		j.confidence = number
	}
	return j
}

// word reads a word. What is neither a text nor yes or no is none.
func word(raw json.RawMessage) string {
	var text string
	if json.Unmarshal(raw, &text) == nil {
		return strings.ToLower(strings.TrimSpace(text))
	}
	switch string(raw) {
	case "true":
		return "yes"
	case "false":
		return "no"
	}
	return ""
}

// reason keeps a reason short and harmless. One that holds an address is none: the
// document may have put it there for people to follow.
func reason(text string) string {
	text = strings.Join(strings.Fields(plain(text, maxReason)), " ")
	lower := strings.ToLower(text)
	for _, mark := range []string{"://", "www.", "@", "<", "javascript:"} {
		if strings.Contains(lower, mark) {
			return ""
		}
	}
	return text
}

// one takes the only word of a facet and reports whether there is one that counts.
func (a *Answer) one(keys map[string]json.RawMessage, key string, facet policy.Facet, known func(string) bool) bool {
	raw, there := keys[key]
	delete(keys, key)
	if !there || string(raw) == "null" {
		return false
	}
	return a.take(facet, readJudgement(raw), known)
}

// many takes the words of a facet that may have several.
func (a *Answer) many(keys map[string]json.RawMessage, key string, facet policy.Facet, known func(string) bool) {
	raw, there := keys[key]
	delete(keys, key)
	if !there || string(raw) == "null" {
		return
	}
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		a.drop(key + ": it is no list")
		return
	}
	for n, raw := range list {
		if n == maxValues {
			a.drop(fmt.Sprintf("%s: %d words too many", key, len(list)-maxValues))
			return
		}
		a.take(facet, readJudgement(raw), known)
	}
}

func (a *Answer) take(facet policy.Facet, j judgement, known func(string) bool) bool {
	if !known(j.word) {
		a.drop(fmt.Sprintf("%s: there is no such word as %s", facet, strconv.QuoteToASCII(plain(j.word, maxShown))))
		return false
	}
	if j.unfit {
		a.drop(fmt.Sprintf("%s: its reason holds an address or marks of a page", facet))
	}
	if !slices.ContainsFunc(a.Opinions, func(o policy.Opinion) bool { return o.Facet == facet && o.Value == j.word }) {
		a.Opinions = append(a.Opinions, policy.Opinion{Facet: facet, Value: j.word, Confidence: j.confidence, Reason: j.reason})
	}
	return true
}

// rest accounts for the keys that nobody asked for, and for those that have no
// meaning for a document that is not relevant.
func (a *Answer) rest(keys map[string]json.RawMessage) {
	names := make([]string, 0, len(keys))
	for key, raw := range keys {
		if text := strings.TrimSpace(string(raw)); text != "null" && text != "[]" {
			names = append(names, key)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains([]string{"kind", "stance", "measures", "dossiers"}, name) {
			a.drop(name + ": it says that the document is not relevant")
			continue
		}
		a.drop("there is no such key as " + strconv.QuoteToASCII(plain(name, maxShown)))
	}
}

func (a *Answer) drop(what string) {
	if len(a.Dropped) < maxDropped {
		a.Dropped = append(a.Dropped, what)
	}
}
