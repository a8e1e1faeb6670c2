package channel

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// mastodon is spoken to without the library, which does not know it: one request to
// /api/v1/statuses (docs.joinmastodon.org/methods/statuses). Its Idempotency-Key makes a
// text that is sent again after a crash the same post.
const mastodon = "mastodon"

var visibilities = []string{"", "public", "unlisted", "private"}

// mastodonAddress checks an address such as mastodon://TOKEN@host?visibility=unlisted.
func mastodonAddress(u *url.URL) error {
	token := u.User.Username()
	_, password := u.User.Password()
	switch query := u.Query(); {
	case u.Host == "" || token == "" || password || strings.Trim(u.Path, "/") != "":
		return errors.New("it is not as mastodon://TOKEN@host")
	case !slices.Contains(visibilities, query.Get("visibility")):
		return errors.New("visibility is public, unlisted or private")
	case !slices.Contains([]string{"", "yes", "no"}, query.Get("disabletls")):
		return errors.New("disabletls is yes or no")
	}
	return nil
}

// toot posts a text. Without TLS it does so only to an excepted host, since the token would
// lie open on the way.
func (s *Service) toot(ctx context.Context, target, id string, text []byte) Result {
	u, err := url.Parse(target)
	if err != nil || mastodonAddress(u) != nil {
		return Result{Class: Settings}
	}
	to := url.URL{Scheme: "https", Host: u.Host, Path: "/api/v1/statuses"}
	if u.Query().Get("disabletls") == "yes" {
		if !exempt(s.AllowHosts, u.Host) {
			return Result{Class: Settings}
		}
		to.Scheme = "http"
	}
	form := url.Values{"status": {string(text)}}
	if v := u.Query().Get("visibility"); v != "" {
		form.Set("visibility", v)
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), strings.NewReader(form.Encode()))
	if err != nil {
		return Result{Class: Settings}
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("User-Agent", s.Agent)
	request.Header.Set("Authorization", "Bearer "+u.User.Username())
	request.Header.Set("Idempotency-Key", id)
	return s.exchange(request)
}
