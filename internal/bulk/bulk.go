// Package bulk writes everything that the API shows into files: each table as NDJSON
// and CSV, with what describes and proves them. Whoever has the files can ask them
// anything, and nobody learns what was asked.
//
// A row is what the API answers, made by the same api/wire. A set of files is written
// beside the published ones and takes its place in one step, so that a reader never
// sees half of one; see the package shelf for what a published set is.
package bulk

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"golang.org/x/crypto/ssh"

	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// Reader is what rows are read from.
type Reader interface {
	WholeItems(ctx context.Context, relevant bool, after policy.ItemID, limit int) ([]policy.Item, error)
	IrrelevantItems(ctx context.Context, after policy.ItemID, limit int) ([]policy.Removal, error)
	ResolvedCandidates(ctx context.Context) ([]policy.Candidate, error)
	RecordStates(ctx context.Context) ([]policy.RecordState, error)
	Facets(ctx context.Context, f policy.Filter) (policy.Facets, error)
	Sources(ctx context.Context) ([]policy.SourceStatus, error)
	Stats(ctx context.Context) (policy.Stats, error)
}

// Chronicle is the record together with what machines noticed since.
type Chronicle interface {
	Dossiers(ctx context.Context, f policy.Filter) ([]policy.Dossier, error)
	Dossier(ctx context.Context, id string, on policy.Date, items policy.Filter) (record.Dossier, error)
	Actor(ctx context.Context, id string, items policy.Filter) (record.Actor, error)
	Candidates(ctx context.Context, f policy.Filter) (policy.CandidatePage, error)
}

// Options say what is written and where. Reader, Chronicle and Folder have no default.
type Options struct {
	Reader        Reader
	Chronicle     Chronicle
	Jurisdictions []policy.Jurisdiction
	Actors        []policy.Actor
	Names         wire.Names

	Base    string // the public address, without a slash at the end, as the API has it
	Version string // of the program
	Folder  string // of the published sets
	Keep    int    // how many of them stay; 0 means 7
	Hour    int    // of the day, by UTC, from which on a night's set is due
	Key     string // private key of OpenSSH, without a passphrase; empty signs nothing

	Now    func() time.Time // time.Now if nil
	Logger *slog.Logger     // slog.Default if nil
}

// Exporter writes bulk files. It is safe for concurrent use.
type Exporter struct {
	Options
	make   wire.Maker
	signer ssh.Signer // nil where nothing is signed
	tables []table
	begun  time.Time
}

// New returns an exporter. A key that cannot be used wraps policy.ErrConfig.
func New(o Options) (*Exporter, error) {
	if o.Keep <= 0 {
		o.Keep = 7
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.Default()
	}
	x := &Exporter{Options: o, make: wire.Maker{Base: o.Base, Names: o.Names, Now: o.Now}, begun: o.Now()}
	var err error
	if x.signer, err = signerOf(o.Key); err != nil {
		return nil, err
	}
	x.tables = x.allTables()
	return x, nil
}

// The formats of tables.
const (
	NDJSON = "ndjson"
	CSV    = "csv"
)

// Formats is the list of the formats.
var Formats = []string{NDJSON, CSV}

// Choice says which tables are written in which formats; empty lists mean all.
type Choice struct {
	Tables  []string
	Formats []string
}

// Tables returns the names of all tables.
func (x *Exporter) Tables() []string {
	var names []string
	for _, t := range x.tables {
		names = append(names, t.about().name)
	}
	return names
}

// Progress is told of how many rows of about how many are written, and of which table.
type Progress func(done, total int, table string)

// chosen returns the tables and formats of a choice. An unknown name wraps
// policy.ErrInvalid.
func (x *Exporter) chosen(c Choice) ([]table, []string, error) {
	for _, unknown := range []struct {
		field        string
		asked, known []string
	}{{"table", c.Tables, x.Tables()}, {"format", c.Formats, Formats}} {
		for _, name := range unknown.asked {
			if !slices.Contains(unknown.known, name) {
				return nil, nil, policy.FieldErrors{{
					Field: unknown.field, Value: name, Problem: "there is no such " + unknown.field, Hint: "use " + strings.Join(unknown.known, ", "),
				}}
			}
		}
	}
	formats := c.Formats
	if len(formats) == 0 {
		formats = Formats
	}
	if len(c.Tables) == 0 {
		return x.tables, formats, nil
	}
	return slices.DeleteFunc(slices.Clone(x.tables), func(t table) bool { return !slices.Contains(c.Tables, t.about().name) }), formats, nil
}

// Stream writes one table to a writer, as it is in the files but not compressed.
func (x *Exporter) Stream(ctx context.Context, to io.Writer, name, format string, progress Progress) error {
	tables, _, err := x.chosen(Choice{[]string{name}, []string{format}})
	if err != nil {
		return err
	}
	counter, err := x.counter(ctx, tables, progress)
	if err != nil {
		return err
	}
	if _, err := tables[0].write(ctx, map[string]io.Writer{format: to}, counter); err != nil {
		return fmt.Errorf("writing the table %s: %w", name, err)
	}
	return nil
}

// counter returns what counts the rows of tables for a progress, which may be nil.
func (x *Exporter) counter(ctx context.Context, tables []table, progress Progress) (func(table string), error) {
	if progress == nil {
		return func(string) {}, nil
	}
	stats, err := x.Reader.Stats(ctx)
	if err != nil {
		return nil, fmt.Errorf("counting the rows: %w", err)
	}
	rows := map[string]int{"items": stats.Relevant, "other-items": stats.Items - stats.Relevant, "removed": stats.Items - stats.Relevant}
	total, done := 0, 0
	for _, t := range tables {
		total += rows[t.about().name]
	}
	return func(table string) {
		done++
		if done%100 == 0 {
			progress(done, max(total, done), table)
		}
	}, nil
}
