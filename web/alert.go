package web

import (
	"io"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// alertPage is the page behind a link of a mail.
type alertPage struct {
	frame
	Heading  string
	Status   policy.AlertStatus
	Rhythm   rhythmForm
	Confirm  bool   // a button to confirm is needed
	Manage   string // address of the forms that change it; empty where there are none
	KeyUntil string // day on which the key expires
	Leave    bool   // a button to unsubscribe is needed
	Gone     bool   // there is nothing any more
}

func (alertPage) template() string { return "alert" }

// alertPage shows what a link is for, and changes nothing.
func (s *Site) alertPage(purpose policy.AlertPurpose) func(c *gin.Context) (page, error) {
	return func(c *gin.Context) (page, error) {
		status, err := s.options.Alerts.Status(c.Request.Context(), purpose, c.Param("token"))
		if err != nil {
			return nil, err
		}
		p := shownAlert("Your alert", status)
		switch purpose {
		case policy.AlertToConfirm:
			p.Confirm = status.State == policy.AlertPending
			p.setHeading(map[bool]string{true: "Do you want this alert?", false: "This alert is confirmed"}[p.Confirm])
		case policy.AlertToManage:
			p.Manage = c.Request.URL.Path
		case policy.AlertToUnsubscribe:
			if status.State == "" {
				return unsubscribed(), nil
			}
			p.Leave = true
			p.setHeading("Do you want no more of this?")
		}
		return p, nil
	}
}

// loggedPath is the path of a request, without the token that a link of a mail holds.
func loggedPath(c *gin.Context) string {
	if c.Param("token") != "" {
		return c.FullPath()
	}
	return c.Request.URL.Path
}

func shownAlert(heading string, status policy.AlertStatus) *alertPage {
	p := &alertPage{Status: status, Rhythm: rhythmOf(status.Alert)}
	if until := status.Key.Expires; !until.IsZero() {
		p.KeyUntil = policy.Day(until.Date()).Words()
	}
	p.setHeading(heading)
	return p
}

func (p *alertPage) setHeading(heading string) { p.Heading, p.Title = heading, heading }

func (s *Site) confirmAlert(c *gin.Context) (page, error) {
	status, manage, err := s.options.Alerts.Confirm(c.Request.Context(), c.Param("token"))
	if err != nil {
		return nil, err
	}
	p := shownAlert("Thank you: the alert is yours", status)
	p.Manage = "/alerts/manage/" + manage
	return p, nil
}

func (s *Site) changeAlert(c *gin.Context) (page, error) {
	values, err := sent(c)
	if err != nil {
		return nil, err
	}
	alerts, ctx, token := s.options.Alerts, c.Request.Context(), c.Param("token")
	var status policy.AlertStatus
	heading := "Your alert was changed"
	switch values.Get("do") {
	case "pause":
		heading = "Your alert rests"
		status, err = alerts.Pause(ctx, token)
	case "resume":
		heading = "Your alert goes on"
		status, err = alerts.Resume(ctx, token)
	case "key":
		heading = "Your mail will be encrypted"
		var key []byte
		if key, err = sentKey(c, values); err == nil {
			status, err = alerts.SetKey(ctx, token, key)
		}
	case "plain":
		heading = "Your mail will be plain"
		status, err = alerts.DropKey(ctx, token)
	default:
		if status, err = alerts.Status(ctx, policy.AlertToManage, token); err != nil {
			return nil, err
		}
		var a policy.Alert
		values.Del("do")
		values.Set(paramTopic, string(status.Alert.Topic)) // it stays what it is
		if a, err = alertOf(values); err != nil {
			return nil, err
		}
		status, err = alerts.Change(ctx, token, a)
	}
	if err != nil {
		return nil, err
	}
	p := shownAlert(heading, status)
	p.Manage = c.Request.URL.Path
	return p, nil
}

// sentKey is the key that was pasted or uploaded.
func sentKey(c *gin.Context, values url.Values) ([]byte, error) {
	if text := strings.TrimSpace(values.Get("key")); text != "" {
		return []byte(text), nil
	}
	file, _, err := c.Request.FormFile("keyfile")
	if err != nil {
		return nil, policy.FieldErrors{{Field: "key", Problem: "there is none", Hint: "paste it, or choose its file"}}
	}
	defer func() { _ = file.Close() }()
	text, err := io.ReadAll(file)
	if err != nil {
		return nil, policy.FieldErrors{{Field: "key", Problem: "its file cannot be read"}}
	}
	return text, nil
}

// unsubscribe answers people and mail programs alike.
func (s *Site) unsubscribe(c *gin.Context) (page, error) {
	if err := s.options.Alerts.Unsubscribe(c.Request.Context(), c.Param("token")); err != nil {
		return nil, err
	}
	return unsubscribed(), nil
}

func unsubscribed() *alertPage {
	p := &alertPage{Gone: true}
	p.setHeading("You are unsubscribed")
	return p
}
