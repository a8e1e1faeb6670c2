package channel

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/nicholas-fedor/shoutrrr/pkg/router"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/discord"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/googlechat"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/matrix"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/mattermost"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/rocketchat"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/slack"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/telegram"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/chat/zulip"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/gotify"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/ntfy"
	"github.com/nicholas-fedor/shoutrrr/pkg/services/push/pushover"
	"github.com/nicholas-fedor/shoutrrr/pkg/types"
)

// service is a chat or push service that the library knows, and that we can hold to the
// dial guard: everything that it asks goes through the transport that Shout sets.
type service struct {
	limit   int // bytes of a text, below what the service takes in one message
	check   func(*url.URL) error
	connect func(types.Service, http.RoundTripper) // where it has a transport of its own
}

// services are those that may be used, by the scheme of their address. The others of the
// library are refused: they dial by themselves, or nothing tests them here.
var services = map[string]service{
	"discord":    {1900, parsed[discord.Config], nil},
	"googlechat": {3900, parsed[googlechat.Config], nil},
	"gotify":     {4000, parsed[gotify.Config], viaClient},
	mastodon:     {480, mastodonAddress, nil}, // not of the library, see toot
	"matrix":     {8000, matrixAddress, nil},
	"mattermost": {3900, parsed[mattermost.Config], viaClient},
	"ntfy":       {3900, parsed[ntfy.Config], viaClient},
	"pushover":   {1000, parsed[pushover.Config], nil},
	"rocketchat": {3900, parsed[rocketchat.Config], nil},
	"slack":      {3900, parsed[slack.Config], nil},
	"telegram":   {3900, telegramAddress, nil},
	"zulip":      {8000, parsed[zulip.Config], nil},
}

// parsed reads an address as its service does, without connecting.
func parsed[C any, P interface {
	*C
	SetURL(*url.URL) error
}](u *url.URL) error {
	return P(new(C)).SetURL(u)
}

func matrixAddress(u *url.URL) error {
	c := matrix.Config{}
	if err := c.SetURL(u); err != nil {
		return errors.New("it is not as matrix://:TOKEN@host/?rooms=!id:host")
	}
	if c.User != "" || c.Password == "" {
		return errors.New("it needs an access token and no user: a password would log in anew for each message; write matrix://:TOKEN@host/?rooms=!id:host")
	}
	return single(c.Rooms, "room")
}

func telegramAddress(u *url.URL) error {
	c := telegram.Config{}
	if err := c.SetURL(u); err != nil {
		return errors.New("it is not as telegram://TOKEN@telegram?chats=@name")
	}
	return single(c.Chats, "chat")
}

// single refuses several receivers of one message: where one of them fails, the others
// would be told again.
func single(receivers []string, what string) error {
	if len(receivers) != 1 {
		return fmt.Errorf("it must name exactly one %s; write one channel for each", what)
	}
	return nil
}

// viaClient replaces the transport of a service that makes its own.
func viaClient(s types.Service, network http.RoundTripper) {
	switch s := s.(type) {
	case interface{ SetHTTPClient(*http.Client) }:
		s.SetHTTPClient(&http.Client{Transport: network})
	case interface{ GetHTTPClient() *http.Client }:
		s.GetHTTPClient().Transport = network
	}
}

// chatProblem says what is wrong with the address of a chat; empty where nothing is. It
// quotes nothing of it.
func chatProblem(target string) string {
	u, err := url.Parse(target)
	if err != nil {
		return "it is not an address"
	}
	known, found := services[u.Scheme]
	if !found {
		return "it begins with no service that we use; choose of " + strings.Join(slices.Sorted(maps.Keys(services)), ", ")
	}
	if err := checked(known.check, u); err != nil {
		if u.Scheme == "matrix" || u.Scheme == "telegram" || u.Scheme == mastodon {
			return err.Error() // our own words
		}
		return "it is not an address of " + u.Scheme
	}
	return ""
}

// checked checks an address by a library that panics on some.
func checked(check func(*url.URL) error, u *url.URL) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("it is not an address of this service")
		}
	}()
	return check(u)
}

// Order is a text that is to be sent to a chat.
type Order struct {
	Target     string        `json:"target"`
	Text       string        `json:"text"`
	AllowHosts []string      `json:"allow_hosts"`
	Timeout    time.Duration `json:"timeout"` // of each request
}

// Shout sends a text to a chat, with everything that the library asks going through
// network. It sets the transport that the whole process uses by default, since most
// services take no other: it is for a process that does nothing else, see Process.
func Shout(order Order, network http.RoundTripper) Result {
	watch := &watched{next: network, timeout: order.Timeout}
	http.DefaultTransport = watch
	err := shout(order, watch)
	// What the network saw counts: some services report no failure, and some panic.
	result := watch.last
	result.Requests = watch.requests
	switch {
	case watch.requests == 0:
		result.Class = Settings
	case result.Class == "" && err != nil:
		result.Class = Rejected
	}
	return result
}

func shout(order Order, network http.RoundTripper) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("the service panicked")
		}
	}()
	u, err := url.Parse(order.Target)
	if err != nil {
		return errors.New("the target is not an address")
	}
	known, found := services[u.Scheme]
	if !found {
		return errors.New("there is no such service")
	}
	if u.Scheme == "discord" { // one message, and not one for each line
		query := u.Query()
		query.Set("splitLines", "No")
		u.RawQuery = query.Encode()
	}
	var r router.ServiceRouter
	s, err := r.Locate(u.String())
	if err != nil {
		return err
	}
	switch s := s.(type) {
	case *pushover.Service:
		s.Client = &http.Client{Transport: network}
	case *rocketchat.Service:
		s.Client = &http.Client{Transport: network}
	}
	if known.connect != nil {
		known.connect(s, network)
	}
	return s.Send(order.Text, &types.Params{})
}

// watched is the network with caps, and without redirects. It remembers how the last
// request ended, since the library tells little of it.
type watched struct {
	next     http.RoundTripper
	timeout  time.Duration
	requests int
	last     Result
}

var errRedirect = errors.New("the server sent us elsewhere")

// RoundTrip implements http.RoundTripper. It is called by one at a time.
func (w *watched) RoundTrip(request *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(request.Context(), w.timeout)
	defer cancel()
	w.requests++
	response, err := w.next.RoundTrip(request.WithContext(ctx))
	if err != nil {
		w.last = Result{Class: class(err)}
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(response.Body, readAtMost))
	_ = response.Body.Close()
	if err != nil {
		w.last = Result{Class: class(err)}
		return nil, err
	}
	if w.last = answered(response); w.last.Class == Redirect {
		return nil, errRedirect
	}
	response.Body, response.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
	return response, nil
}
