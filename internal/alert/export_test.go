package alert

import (
	"context"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// AddActive keeps a confirmed subscription without the mail that asks.
func AddActive(ctx context.Context, tx *store.Tx, keys *Keys, address string, a policy.Alert, now time.Time) error {
	id := newID()
	return tx.AddSubscription(ctx, store.Subscription{
		ID: id, Holder: keys.lookup("address", strings.ToLower(address)), Address: keys.seal("address "+id, []byte(address)),
		Alert: a, State: policy.AlertActive, CreatedAt: now, Since: now,
	})
}
