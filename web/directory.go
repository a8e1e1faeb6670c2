package web

import (
	"context"
	"sync"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// directoryAge is how long the names of the sources are kept before they are asked
// again; they change only when the operator changes the list.
const directoryAge = time.Minute

// directory knows the sources' names.
type directory struct {
	reader Reader
	now    func() time.Time

	mu    sync.Mutex
	known map[string]string // by the source's id
	until time.Time
}

// get returns the names. Where the sources cannot be read the older names serve
// on, and ids stand in for what is missing: a list is not lost for want of a name.
func (d *directory) get(ctx context.Context) map[string]string {
	d.mu.Lock()
	defer d.mu.Unlock()
	if now := d.now(); now.After(d.until) {
		if all, err := d.reader.Sources(ctx); err == nil {
			d.known = namesOf(all)
			d.until = now.Add(directoryAge)
		}
	}
	return d.known
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
	base    *knowledge.Base
	sources map[string]string
	now     time.Time
}

func (s *Site) labeller(ctx context.Context) labeller {
	return labeller{s.options.Record.Base(), s.sources.get(ctx), s.options.Now()}
}

func (l labeller) place(code string) string {
	j, _ := l.base.Jurisdiction(code)
	return either(j.Name, code)
}

func (l labeller) dossier(id string) string {
	d, _ := l.base.Dossier(id)
	return either(d.Name(), id)
}

func (l labeller) actor(id string) string {
	a, _ := l.base.Actor(id)
	return either(a.Name, id)
}

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
