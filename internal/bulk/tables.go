package bulk

import (
	"cmp"
	"context"
	"reflect"
	"slices"
	"strconv"

	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// tableNames are those of the entries that the record can lose.
var tableNames = map[policy.RecordKind]string{
	policy.RecordDossier: "dossiers", policy.RecordEvent: "events", policy.RecordActor: "actors", policy.RecordJurisdiction: "jurisdictions",
}

// allTables are the tables of a set, in the order in which they are listed.
func (x *Exporter) allTables() []table {
	tags := []reflect.Type{reflect.TypeFor[wire.Tags](), reflect.TypeFor[wire.Evidence]()}
	return []table{
		tableOf[wire.Item]{heading{"items", "Documents about encryption policy: what a source said, and what we think it means, with the words that caused it. As /api/v1/items/{id}, by number.", "id"},
			wire.WholeItemColumns(), tags, x.items(true)},
		tableOf[wire.Item]{heading{"other-items", "Documents that were read and are not about encryption policy, in the same form. An item that comes here leaves items.", "id"},
			wire.WholeItemColumns(), tags, x.items(false)},
		tableOf[wire.Event]{heading{"events", "The dated steps of dossiers: past and expected, curated, crawled and suggested. As /api/v1/events/{id}, by dossier and time.", "id"},
			wire.EventColumns(), nil, x.events},
		tableOf[wire.DossierFacts]{heading{"dossiers", "The laws, plans, cases and treaties that the record follows. As /api/v1/dossiers/{id} without what other tables have, by id.", "id"},
			wire.DossierFactColumns(), nil, x.dossiers},
		tableOf[wire.HistoryStep]{heading{"positions", "What each actor said on each dossier, and where one changed sides. As history in /api/v1/actors/{id}, by actor and time.", ""},
			wire.PositionColumns(), nil, x.positions},
		tableOf[wire.ActorFacts]{heading{"actors", "Everybody whom the record knows. As /api/v1/actors/{id} without what other tables have, by id.", "id"},
			wire.ActorFactColumns(), nil, x.actors},
		tableOf[wire.Jurisdiction]{heading{"jurisdictions", "Places and bodies that make rules. As /api/v1/jurisdictions, by code.", "code"},
			wire.JurisdictionColumns(), nil, x.jurisdictions},
		tableOf[wire.SourceFacts]{heading{"sources", "Every place that is read, with its licence and attribution where it states them. As /api/v1/sources without how it is doing, by id.", "id"},
			wire.SourceFactColumns(), nil, x.sources},
		tableOf[wire.CandidateRow]{heading{"candidates", "Bills and acts that official sources state and that the record does not have yet. As /api/v1/candidates, by number.", "id"},
			wire.CandidateColumns(), nil, x.candidates},
		tableOf[wire.Gone]{heading{"removed", "Tombstones: rows that a table does not have (any more). Delete those that you have from an earlier set.", ""},
			wire.GoneColumns(), nil, x.removed},
	}
}

// atOnce is how many items are in memory at once.
const atOnce = 200

func (x *Exporter) items(relevant bool) func(context.Context, func(wire.Item) error) error {
	return func(ctx context.Context, give func(wire.Item) error) error {
		for after := policy.ItemID(0); ; {
			some, err := x.Reader.WholeItems(ctx, relevant, after, atOnce)
			if err != nil {
				return err
			}
			for _, item := range some {
				after = item.ID
				if err := give(x.make.Item(item)); err != nil {
					return err
				}
			}
			if len(some) < atOnce {
				return nil
			}
		}
	}
}

// eachDossier reads all that is known of one dossier after the other, by id.
func (x *Exporter) eachDossier(ctx context.Context, do func(record.Dossier) error) error {
	all, err := x.Chronicle.Dossiers(ctx, policy.Filter{})
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b policy.Dossier) int { return cmp.Compare(a.ID, b.ID) })
	for _, known := range all {
		d, err := x.Chronicle.Dossier(ctx, known.ID, policy.Date{}, policy.Filter{Limit: 1})
		if err == nil {
			err = do(d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *Exporter) events(ctx context.Context, give func(wire.Event) error) error {
	states, err := x.Reader.RecordStates(ctx)
	if err != nil {
		return err
	}
	changed := wire.ChangedIn(states)
	return x.eachDossier(ctx, func(d record.Dossier) error {
		for _, e := range slices.Concat(d.History, d.Suggested) {
			if err := give(x.make.Event(e, changed)); err != nil {
				return err
			}
		}
		return nil
	})
}

func (x *Exporter) dossiers(ctx context.Context, give func(wire.DossierFacts) error) error {
	return x.eachDossier(ctx, func(d record.Dossier) error { return give(x.make.DossierFacts(d)) })
}

func (x *Exporter) eachActor(ctx context.Context, do func(record.Actor) error) error {
	all := slices.SortedFunc(slices.Values(x.Actors), func(a, b policy.Actor) int { return cmp.Compare(a.ID, b.ID) })
	for _, known := range all {
		a, err := x.Chronicle.Actor(ctx, known.ID, policy.Filter{Limit: 1})
		if err == nil {
			err = do(a)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (x *Exporter) positions(ctx context.Context, give func(wire.HistoryStep) error) error {
	return x.eachActor(ctx, func(a record.Actor) error {
		for _, step := range x.make.History(a) {
			if err := give(step); err != nil {
				return err
			}
		}
		return nil
	})
}

func (x *Exporter) actors(ctx context.Context, give func(wire.ActorFacts) error) error {
	return x.eachActor(ctx, func(a record.Actor) error { return give(x.make.ActorFacts(a)) })
}

func (x *Exporter) jurisdictions(ctx context.Context, give func(wire.Jurisdiction) error) error {
	facets, err := x.Reader.Facets(ctx, policy.Filter{Relevance: policy.RelevantOnly})
	if err != nil {
		return err
	}
	all := x.make.Jurisdictions(x.Jurisdictions, facets.Jurisdictions).Jurisdictions
	slices.SortFunc(all, func(a, b wire.Jurisdiction) int { return cmp.Compare(a.Code, b.Code) })
	return giveAll(all, give)
}

func (x *Exporter) sources(ctx context.Context, give func(wire.SourceFacts) error) error {
	all, err := x.Reader.Sources(ctx)
	if err != nil {
		return err
	}
	slices.SortFunc(all, func(a, b policy.SourceStatus) int { return cmp.Compare(a.ID, b.ID) })
	for _, s := range all {
		if err := give(x.make.SourceFacts(s)); err != nil {
			return err
		}
	}
	return nil
}

func (x *Exporter) candidates(ctx context.Context, give func(wire.CandidateRow) error) error {
	for f := (policy.Filter{Order: policy.OrderOldest, Limit: policy.MaxLimit}); ; {
		page, err := x.Chronicle.Candidates(ctx, f)
		if err != nil {
			return err
		}
		if err := giveAll(x.make.Candidates(page).Candidates, give); err != nil || page.Next == "" {
			return err
		}
		f = f.Page(page.Next)
	}
}

// removed gives what the record has lost, candidates that became dossiers, and the
// numbers of items that are not in the table items.
func (x *Exporter) removed(ctx context.Context, give func(wire.Gone) error) error {
	states, err := x.Reader.RecordStates(ctx)
	if err != nil {
		return err
	}
	for _, state := range states {
		if table := tableNames[state.Kind]; table != "" && !state.RemovedAt.IsZero() {
			if err := give(wire.Gone{Table: table, ID: state.ID, At: state.RemovedAt.UTC()}); err != nil {
				return err
			}
		}
	}
	resolved, err := x.Reader.ResolvedCandidates(ctx)
	if err != nil {
		return err
	}
	for _, c := range resolved {
		if err := give(wire.Gone{Table: "candidates", ID: strconv.FormatInt(int64(c.ID), 10), At: c.ResolvedAt.UTC(), Now: c.Dossier}); err != nil {
			return err
		}
	}
	return x.removedItems(ctx, give)
}

func (x *Exporter) removedItems(ctx context.Context, give func(wire.Gone) error) error {
	const many = 5000 // they are small
	for after := policy.ItemID(0); ; {
		some, err := x.Reader.IrrelevantItems(ctx, after, many)
		if err != nil {
			return err
		}
		for _, r := range some {
			after = r.ID
			if err := give(wire.Gone{Table: "items", ID: strconv.FormatInt(int64(r.ID), 10), At: r.At.UTC(), Now: "other-items"}); err != nil {
				return err
			}
		}
		if len(some) < many {
			return nil
		}
	}
}

func giveAll[T any](all []T, give func(T) error) error {
	for _, row := range all {
		if err := give(row); err != nil {
			return err
		}
	}
	return nil
}
