package websub_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/prerequisite"
	"github.com/backdoorwatch/backdoorwatch/internal/websub"
)

func postgres(t testing.TB) string { return prerequisite.Postgres(t) }

func TestForms(t *testing.T) {
	for _, tc := range []struct {
		name, form string
		wrong      string // the fields, parted by spaces
		lease      time.Duration
	}{
		{"all that is needed", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/", "", 240 * time.Hour},
		{"a long lease", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/&hub.lease_seconds=9223372036854775807", "", 720 * time.Hour},
		{"a short lease", "hub.mode=unsubscribe&hub.topic=t&hub.callback=http://a.example:8080/&hub.lease_seconds=0", "", time.Hour},
		{"nothing", "", "hub.mode hub.topic hub.callback", 0},
		{"another mode", "hub.mode=publish&hub.topic=t&hub.callback=https://a.example/", "hub.mode", 0},
		{"a lease that is none", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/&hub.lease_seconds=-1", "hub.lease_seconds", 0},
		{"the longest secret", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/&hub.secret=" + strings.Repeat("x", 199), "", 240 * time.Hour},
		{"a secret too long", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/&hub.secret=" + strings.Repeat("x", 200), "hub.secret", 0},
		{"a callback twice", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/&hub.callback=https://b.example/", "hub.callback", 0},
		{"no web", "hub.mode=subscribe&hub.topic=t&hub.callback=gopher://a.example/", "hub.callback", 0},
		{"a password", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a:b@a.example/", "hub.callback", 0},
		{"a fragment", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/%23x", "hub.callback", 0},
		{"no host", "hub.mode=subscribe&hub.topic=t&hub.callback=https:///x", "hub.callback", 0},
		{"the port of mail", "hub.mode=subscribe&hub.topic=t&hub.callback=http://a.example:25/", "hub.callback", 0},
		{"too long", "hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/" + strings.Repeat("x", 2000), "hub.callback", 0},
	} {
		t.Run(tc.name, func(t *testing.T) {
			values, err := url.ParseQuery(tc.form)
			if err != nil {
				t.Fatal(err)
			}
			form, err := websub.ParseForm(values)
			var mistakes policy.FieldErrors
			errors.As(err, &mistakes)
			var wrong []string
			for _, m := range mistakes {
				wrong = append(wrong, m.Field)
			}
			if got := strings.Join(wrong, " "); got != tc.wrong || tc.wrong == "" && form.Lease != tc.lease {
				t.Errorf("got mistakes in %q, lease %s", got, form.Lease)
			}
		})
	}
}

func FuzzParseForm(f *testing.F) {
	f.Add("hub.mode=subscribe&hub.topic=t&hub.callback=https://a.example/&hub.lease_seconds=86400&hub.secret=x")
	f.Add("hub.mode=subscribe&hub.callback=http://[::1%25lo]:80/&hub.callback=//")
	f.Fuzz(func(t *testing.T, body string) {
		values, err := url.ParseQuery(body)
		if err != nil {
			return
		}
		form, err := websub.ParseForm(values)
		if err != nil {
			var mistakes policy.FieldErrors
			if !errors.As(err, &mistakes) {
				t.Errorf("got %v", err)
			}
			return
		}
		u, err := url.Parse(form.Callback)
		if err != nil || u.User != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || form.Topic == "" || len(form.Secret) > 199 ||
			form.Lease < time.Hour || form.Lease > 30*24*time.Hour {
			t.Errorf("took %+v", form)
		}
	})
}
