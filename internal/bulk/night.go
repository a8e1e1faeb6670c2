package bulk

import (
	"context"
	"time"
)

// again is how long a night's set that failed is left alone.
const again = time.Hour

// Night publishes where that is due: once after each time that the hour comes, also
// late where no process was there. It is to be called every few minutes.
func (x *Exporter) Night(ctx context.Context) error {
	now := x.Now()
	if !x.due(now) || now.Sub(x.marked(tried)) < again {
		return nil
	}
	done, err := x.Publish(ctx, nil)
	if err != nil {
		return err
	}
	if done.Written {
		x.Logger.Info("bulk files were written", "set", done.Set)
	} else {
		x.Logger.Info("nothing has changed since the last bulk files", "set", done.Set)
	}
	return nil
}

// due reports whether the hour has come since the last time. A folder that is new has
// its first night before it: a database that is still being filled makes no set.
func (x *Exporter) due(now time.Time) bool {
	now = now.UTC()
	last := time.Date(now.Year(), now.Month(), now.Day(), x.Hour, 0, 0, 0, time.UTC)
	if last.After(now) {
		last = last.AddDate(0, 0, -1)
	}
	since := x.marked(checked)
	if since.IsZero() {
		since = x.begun
	}
	return last.After(since)
}
