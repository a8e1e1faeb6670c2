package web

import (
	"net/http"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// A reader's choices live in the reader's own cookies, set only when the reader
// makes a choice, and hold nothing else.
const (
	themeCookie     = "theme"
	shortcutsCookie = "shortcuts"
	yearInSeconds   = 365 * 24 * 60 * 60
)

// The choices; where none is made the first, empty one holds.
var (
	themes    = []string{"", "light", "dark"}
	shortcuts = []string{"", "off"}
)

// choice returns what the reader chose, or nothing where the cookie is absent or
// is none of ours.
func choice(c *gin.Context, cookie string, allowed []string) string {
	value, err := c.Cookie(cookie)
	if err != nil || !slices.Contains(allowed, value) {
		return ""
	}
	return value
}

// settings keeps a reader's choice and leads back to the page they came from.
// Without a referrer browsers send "Origin: null" with our own forms, so the
// origin proves nothing here; a browser that says the form is another site's is
// believed, and the worst that is left is a page in other colours.
func (s *Site) settings(c *gin.Context) {
	switch c.GetHeader("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		s.failAs(c, http.StatusForbidden, nil)
		return
	}
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, 4<<10)
	if err := c.Request.ParseForm(); err != nil {
		s.failAs(c, http.StatusBadRequest, nil)
		return
	}
	form := c.Request.PostForm
	var mistakes policy.FieldErrors
	keep := func(cookie string, allowed []string) {
		if !form.Has(cookie) {
			return
		}
		value := form.Get(cookie)
		if !slices.Contains(allowed, value) {
			mistakes = append(mistakes, policy.FieldError{Field: cookie, Value: value, Problem: "there is no such choice",
				Hint: "choose one of the buttons at the foot of a page"})
			return
		}
		s.setCookie(c, cookie, value)
	}
	keep(themeCookie, themes)
	keep(shortcutsCookie, shortcuts)
	if err := mistakes.OrNil(); err != nil {
		s.fail(c, err)
		return
	}
	c.Redirect(http.StatusSeeOther, ownPath(form.Get("back")))
}

// setCookie keeps a choice for a year, or forgets it where it is the default.
func (s *Site) setCookie(c *gin.Context, name, value string) {
	age := yearInSeconds
	if value == "" {
		age = -1
	}
	http.SetCookie(c.Writer, &http.Cookie{
		Name: name, Value: value, Path: "/", MaxAge: age,
		Secure: s.secure, HttpOnly: true, SameSite: http.SameSiteLaxMode,
	})
}

// ownPath returns the path if it is one of ours, and the front page otherwise:
// "//host" and "/\host" lead elsewhere in a browser.
func ownPath(path string) string {
	if !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") || strings.ContainsAny(path, "\\\r\n\t") {
		return "/"
	}
	return path
}
