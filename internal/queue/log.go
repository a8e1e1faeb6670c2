package queue

import (
	"context"
	"log/slog"
)

// quiet keeps River's account of its own doings out of the log: what it did well
// is of no interest to an operator.
func quiet(logger *slog.Logger) *slog.Logger {
	return slog.New(warnings{logger.Handler()})
}

// warnings is a log handler that drops what is less than a warning.
type warnings struct{ next slog.Handler }

func (w warnings) Enabled(ctx context.Context, level slog.Level) bool {
	return level >= slog.LevelWarn && w.next.Enabled(ctx, level)
}

func (w warnings) Handle(ctx context.Context, record slog.Record) error {
	return w.next.Handle(ctx, record)
}

func (w warnings) WithAttrs(attrs []slog.Attr) slog.Handler { return warnings{w.next.WithAttrs(attrs)} }

func (w warnings) WithGroup(name string) slog.Handler { return warnings{w.next.WithGroup(name)} }
