package web

import (
	"fmt"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"
)

// contentPolicy allows our own style sheet, our own optional script, our own
// icon and our own forms, and nothing else: no inline code, no frames, no
// connection to anybody.
const contentPolicy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// powers are the browser features that our pages give up.
const powers = "accelerometer=(), browsing-topics=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), " +
	"microphone=(), midi=(), payment=(), publickey-credentials-get=(), usb=(), xr-spatial-tracking=()"

// protect sets the headers by which a browser keeps the reader's visit between
// the reader and us.
func (s *Site) protect(c *gin.Context) {
	h := c.Writer.Header()
	h.Set("Content-Security-Policy", contentPolicy)
	h.Set("Permissions-Policy", powers)
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	if s.secure {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
	if s.options.OnionURL != "" {
		h.Set("Onion-Location", s.options.OnionURL+c.Request.URL.RequestURI())
	}
}

// recoverPanic turns a bug of ours into an error page and a line in the log.
func (s *Site) recoverPanic(c *gin.Context) {
	defer func() {
		reason := recover()
		if reason == nil {
			return
		}
		if reason == http.ErrAbortHandler {
			panic(reason) // the server's own way of dropping a connection
		}
		s.options.Logger.Error("page failed", "path", loggedPath(c), "panic", fmt.Sprint(reason), "stack", string(debug.Stack()))
		if !c.Writer.Written() {
			s.failAs(c, http.StatusInternalServerError, nil)
		}
	}()
	c.Next()
}
