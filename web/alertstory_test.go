package web_test

import (
	"context"
	"net/netip"
	"slices"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/web"
)

// storyPage is a row of pages.
type storyPage = struct {
	name, path string
	status     int
	empty      bool
}

// alertPages are every template and branch of alerts, beside pages: they are for one
// reader each, so that what holds for public pages need not hold for them.
var alertPages = []storyPage{
	{"subscribe", "/subscribe", 200, false},
	{"subscribe-off", "/subscribe", 200, true},
	{"subscribe-preview", "/subscribe?jurisdiction=EU&stance=weakens&q=chat&cadence=instant&quiet_from=22&quiet_to=7", 200, false},
	{"subscribe-nothing", "/subscribe?topic=sides&jurisdiction=GL", 200, false},
	{"subscribe-bad", "/subscribe?topic=gossip&zone=Moon", 400, false},
	{"alert-confirm", "/alerts/confirm/pending", 200, false},
	{"alert-confirmed", "/alerts/confirm/active", 200, false},
	{"alert-manage", "/alerts/manage/active", 200, false},
	{"alert-manage-paused", "/alerts/manage/paused", 200, false},
	{"alert-manage-encrypted", "/alerts/manage/encrypted", 200, false},
	{"alert-manage-expired", "/alerts/manage/expired", 200, false},
	{"alert-unsubscribe", "/alerts/unsubscribe/active", 200, false},
	{"alert-unsubscribed", "/alerts/unsubscribe/gone", 200, false},
	{"alert-wrong-link", "/alerts/manage/forged", 404, false},
}

// everyPage is pages and alertPages.
func everyPage() []storyPage { return append(slices.Clone(pages), alertPages...) }

func withStoryAlerts(o *web.Options) { o.Alerts = storyAlerts{} }

// storyAlerts has one alert for each token, which is the name of its state.
type storyAlerts struct{}

func (storyAlerts) Preview(_ context.Context, a policy.Alert) (policy.AlertPreview, error) {
	if a.Topic == policy.AlertSides {
		return policy.AlertPreview{Days: 30}, nil
	}
	return policy.AlertPreview{Days: 30, Mails: 4, Things: 230, More: true, Examples: []policy.AlertExample{
		{Date: "24 November 2026", Label: "Legislation", Title: "Committee adopts its report on detection orders and excludes end-to-end encrypted services", Path: "/items/59"},
		{Date: "20 November 2026", Label: "Change of side", Title: "Example Bill: The Example Minister now opposes it, and supported it before", Path: "/dossiers/gl-example-messenger-bill#positions"},
		{Label: "News", Title: "رسالة مفتوحة <b>ضد</b> إضعاف التشفير", Path: "/items/57"},
	}}, nil
}

func (s storyAlerts) Subscribe(context.Context, string, policy.Alert, netip.Addr) error { return nil }

func (s storyAlerts) Status(_ context.Context, _ policy.AlertPurpose, token string) (policy.AlertStatus, error) {
	status := policy.AlertStatus{
		Alert: policy.Alert{Topic: policy.AlertEverything, Cadence: policy.CadenceInstant, Zone: "Europe/Berlin", Quiet: policy.Quiet{From: 22, To: 7}},
		About: "steps and texts – place: European Union; words: “chat”", State: policy.AlertState(token), Since: now(),
	}
	switch token {
	case "pending", "active", "paused":
	case "encrypted", "expired":
		status.State = policy.AlertActive
		status.Key = policy.AlertKey{Fingerprint: "0123 4567 89AB CDEF 0123 4567 89AB CDEF 0123 4567", Expires: time.Date(2027, 5, 19, 0, 0, 0, 0, time.UTC), Unusable: token == "expired"}
	case "gone":
		status = policy.AlertStatus{}
	default:
		return status, policy.ErrNotFound
	}
	return status, nil
}

func (s storyAlerts) Confirm(ctx context.Context, token string) (policy.AlertStatus, string, error) {
	status, err := s.Status(ctx, policy.AlertToConfirm, token)
	return status, token, err
}

func (s storyAlerts) Change(ctx context.Context, token string, _ policy.Alert) (policy.AlertStatus, error) {
	return s.Status(ctx, policy.AlertToManage, token)
}

func (s storyAlerts) SetKey(ctx context.Context, token string, _ []byte) (policy.AlertStatus, error) {
	return s.Status(ctx, policy.AlertToManage, token)
}

func (s storyAlerts) DropKey(ctx context.Context, token string) (policy.AlertStatus, error) {
	return s.Status(ctx, policy.AlertToManage, token)
}

func (s storyAlerts) Pause(ctx context.Context, token string) (policy.AlertStatus, error) {
	return s.Status(ctx, policy.AlertToManage, token)
}

func (s storyAlerts) Resume(ctx context.Context, token string) (policy.AlertStatus, error) {
	return s.Status(ctx, policy.AlertToManage, token)
}

func (storyAlerts) Unsubscribe(context.Context, string) error { return nil }
