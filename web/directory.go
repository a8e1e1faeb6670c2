package web

import (
	"context"
	"sync"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// namesAge is how long the sources' names are kept before they are asked again;
// they change only when the operator changes the list.
const namesAge = time.Minute

// sourceNames knows the sources' names by id.
type sourceNames struct {
	reader Reader
	now    func() time.Time

	mu    sync.Mutex
	known map[string]string
	until time.Time
}

// get returns the names. Where they cannot be read the older ones serve on, and
// ids stand in for what is missing: a list is not lost for want of a name.
func (n *sourceNames) get(ctx context.Context) map[string]string {
	n.mu.Lock()
	defer n.mu.Unlock()
	if now := n.now(); now.After(n.until) {
		if all, err := n.reader.Sources(ctx); err == nil {
			n.known = namesOf(all)
			n.until = now.Add(namesAge)
		}
	}
	return n.known
}

func namesOf(sources []policy.SourceStatus) map[string]string {
	names := make(map[string]string, len(sources))
	for _, source := range sources {
		names[source.ID] = source.Name
	}
	return names
}

// labeller gives the words for every value that a page shows.
type labeller struct {
	names   Names
	sources map[string]string
}

func (s *Site) labeller(ctx context.Context) labeller {
	return labeller{s.options.Names, s.sources.get(ctx)}
}

func (l labeller) place(code string) string   { return either(l.names.Jurisdiction(code), code) }
func (l labeller) dossier(id string) string   { return either(l.names.Dossier(id), id) }
func (l labeller) actor(id string) string     { return either(l.names.Actor(id), id) }
func (l labeller) source(id string) string    { return either(l.sources[id], id) }
func (l labeller) language(tag string) string { return languageName(tag) }
func (l labeller) kind(v string) string       { return policy.Kinds.Label(policy.Kind(v)) }
func (l labeller) stance(v string) string     { return policy.Stances.Label(policy.Stance(v)) }
func (l labeller) measure(v string) string    { return policy.Measures.Label(policy.Measure(v)) }

// either returns the first of the two that is there.
func either[T ~string](value, fallback T) T {
	if value == "" {
		return fallback
	}
	return value
}
