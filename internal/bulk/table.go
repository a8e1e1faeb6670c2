package bulk

import (
	"context"
	"encoding/json"
	"io"
	"reflect"

	"github.com/backdoorwatch/backdoorwatch/api/schema"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
)

// heading is what is said of a table as a whole.
type heading struct {
	name        string
	description string
	key         string // the column that tells rows apart; empty where several do
}

// table is a list of rows of one type.
type table interface {
	about() heading
	// write writes all rows, once in each of the formats, and says one after the other
	// to the counter.
	write(ctx context.Context, to map[string]io.Writer, counted func(table string)) (rows int, err error)
	shape() schema.Shape
	csvw() ([]byte, error)
}

// tableOf is a table of rows that api/wire knows.
type tableOf[T any] struct {
	heading
	columns []wire.Column[T]
	within  []reflect.Type // where columns come from that are no fields of T
	// rows gives one row after the other, in an order that does not change, and stops at
	// the first error.
	rows func(ctx context.Context, give func(T) error) error
}

func (t tableOf[T]) about() heading { return t.heading }

func (t tableOf[T]) shape() schema.Shape { return schema.Of(reflect.TypeFor[T]()) }

func (t tableOf[T]) write(ctx context.Context, to map[string]io.Writer, counted func(string)) (rows int, err error) {
	var sheet *wire.Sheet[T]
	if w := to[CSV]; w != nil {
		sheet = wire.NewSheet(w, t.columns)
	}
	var lines *json.Encoder
	if w := to[NDJSON]; w != nil {
		lines = json.NewEncoder(w)
		lines.SetEscapeHTML(false)
	}
	err = t.rows(ctx, func(row T) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		rows++
		counted(t.name)
		if lines != nil {
			if err := lines.Encode(row); err != nil {
				return err
			}
		}
		if sheet != nil {
			return sheet.Write(row)
		}
		return nil
	})
	if err == nil && sheet != nil {
		err = sheet.Flush()
	}
	return rows, err
}
