package api

import (
	"errors"
	"io"
	"mime"
	"net/http"
	"net/netip"
	"net/url"
	"slices"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// HubPath is where our hub takes subscriptions.
const HubPath = "/websub"

const (
	typeForm = "application/x-www-form-urlencoded"
	// longestForm is more than the fields of a request can have.
	longestForm = 16 << 10
)

// HubAddress is the whole address of our hub.
func (a *API) HubAddress() string { return a.server.BaseURL + HubPath }

// mountHub lets programs subscribe to feeds.
func (s *server) mountHub() {
	text := func(about string) *huma.Schema { return &huma.Schema{Type: "string", Description: about} }
	form := &huma.Schema{Type: "object", Required: []string{"hub.mode", "hub.topic", "hub.callback"}, Properties: map[string]*huma.Schema{
		"hub.mode":          {Type: "string", Enum: []any{"subscribe", "unsubscribe"}},
		"hub.topic":         text("The address of a feed, as its rel=self has it"),
		"hub.callback":      text("Where the feed is sent to when it changes"),
		"hub.lease_seconds": {Type: "integer", Description: "For how long; one hour to 30 days, 10 days if left out"},
		"hub.secret":        text("Less than 200 bytes, by which we sign what we send"),
	}}
	s.post(s.bounded, huma.Operation{
		OperationID: "subscribe-to-feed", Path: HubPath, Tags: []string{"Feeds"},
		Summary: "Be sent a feed when it changes, or no longer (WebSub)",
		Description: "A hub after the W3C Recommendation WebSub. The callback is asked whether it wants what was asked for; after that each change of the feed " +
			"is sent to it, signed with the secret.",
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{typeForm: {Schema: form}}},
		Responses:   map[string]*huma.Response{"202": {Description: "Taken; the callback will be asked"}},
	}, s.askHub)
}

func (s *server) askHub(c *gin.Context) {
	if s.Hub == nil {
		s.fail(c, s.desk.New(problem.NotFound, "This server has no hub of its own.").Hinting("A feed names its hubs, where it has some."))
		return
	}
	values, err := formOf(c.Writer, c.Request)
	if err == nil {
		err = s.topicOf(c, values)
	}
	if err == nil {
		client, _ := netip.ParseAddr(c.ClientIP()) // what is no address is one client too
		err = s.Hub.Ask(c.Request.Context(), values, client)
	}
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	c.Header("Cache-Control", "no-store")
	c.Status(http.StatusAccepted)
}

// formOf reads the fields of a body, and nothing of the address.
func formOf(w http.ResponseWriter, r *http.Request) (url.Values, error) {
	if mediaType, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || mediaType != typeForm {
		return nil, policy.FieldErrors{{Field: "Content-Type", Value: r.Header.Get("Content-Type"), Problem: "it is not that of a form", Hint: "send " + typeForm}}
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestForm))
	if err != nil {
		return nil, policy.FieldErrors{{Field: "body", Problem: "it could not be read, or is too long"}}
	}
	values, err := url.ParseQuery(string(body))
	if err != nil {
		return nil, policy.FieldErrors{{Field: "body", Problem: "it is not a form"}}
	}
	return values, nil
}

// topicOf checks that somebody who subscribes asks for a feed of ours. Who wants to end a
// subscription may name one that is no more.
func (s *server) topicOf(c *gin.Context, values url.Values) error {
	address := values.Get("hub.topic")
	if address == "" || values.Get("hub.mode") == "unsubscribe" {
		return nil // the hub says what is wrong with it
	}
	_, err := s.topic(c.Request.Context(), address)
	if err = meaningOf(err); err == nil {
		return nil
	}
	if errors.Is(err, policy.ErrInvalid) || errors.Is(err, policy.ErrNotFound) || errors.Is(err, policy.ErrGone) {
		return policy.FieldErrors{{Field: "hub.topic", Value: address, Problem: "it is not the address of a feed: " + err.Error(),
			Hint: "send the address that the feed calls rel=self; " + s.BaseURL + "/feeds/ lists feeds"}}
	}
	return err
}

// hubs are those at which one can subscribe to a feed. The outside one is told of few
// feeds, and nobody should wait there for the others.
func (s *server) hubs(l list, suffix string, filter policy.Filter) []string {
	var all []string
	if filter.Cursor != "" {
		return nil
	}
	if s.Hub != nil {
		all = append(all, s.BaseURL+HubPath)
	}
	announced := len(filter.Values()) == 0 && slices.ContainsFunc(formats(), func(f format) bool { return f.suffix == suffix })
	if s.OutsideHub != "" && announced {
		all = append(all, s.OutsideHub)
	}
	return all
}
