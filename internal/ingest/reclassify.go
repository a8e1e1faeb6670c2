package ingest

import (
	"context"

	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// Reclassified says what tagging everything again has changed.
type Reclassified struct {
	store.Noticed
	Changed int // items with other tags than before
}

// Reclassify tags all stored items again and then looks again for what they tell
// about the record. People's corrections stay. Broken off, it goes on where it was
// when it is called again.
func (p *Pipeline) Reclassify(ctx context.Context, progress Progress) (Reclassified, error) {
	changed, err := p.Store.Retag(ctx, p.Tag, func(done, total int) { progress(done, total, "classifying") })
	if err != nil {
		return Reclassified{Changed: changed}, err
	}
	noticed, err := p.Store.NoticeAll(ctx, p.Base)
	return Reclassified{Noticed: noticed, Changed: changed}, err
}
