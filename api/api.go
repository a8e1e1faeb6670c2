// Package api answers programs: the HTTP API under /api/v1, described by the
// OpenAPI document that it serves, and the feeds under /feeds. Pages for people
// are the room web; both ask the same policy.Filter.
package api

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/limit"
	"github.com/backdoorwatch/backdoorwatch/api/page"
	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// Reader is what the API reads from.
type Reader interface {
	Items(ctx context.Context, f policy.Filter) (policy.ItemPage, error)
	Item(ctx context.Context, id policy.ItemID) (policy.Item, error)
	// ItemChanges returns one page of what changed, the earliest change first.
	ItemChanges(ctx context.Context, f policy.Filter, since time.Time) (policy.ItemChanges, error)
	Facets(ctx context.Context, f policy.Filter) (policy.Facets, error)
	Stats(ctx context.Context) (policy.Stats, error)
	Sources(ctx context.Context) ([]policy.SourceStatus, error)
	Source(ctx context.Context, id string) (policy.SourceStatus, error)
	// RecordStates returns what is kept of every entry of the record: when what it
	// says last changed, and when it vanished.
	RecordStates(ctx context.Context) ([]policy.RecordState, error)
	Ping(ctx context.Context) error
}

// Record is the part of the curated record that the API names and lists.
type Record struct {
	Jurisdictions []policy.Jurisdiction
	Dossiers      []policy.Dossier
	Actors        []policy.Actor
}

// Options are the settings of the API. Only Reader and Chronicle have no default.
type Options struct {
	Reader    Reader
	Chronicle Chronicle
	Record    Record
	Bulk      *shelf.Shelf // the bulk files that are published; none if nil

	// BaseURL is the public address, such as https://watch.example.org. Addresses
	// in answers are built from it, never from what a caller claims in the header
	// Host. Empty: http:// and Listen.
	BaseURL string
	// Listen is the address that the server listens on; 127.0.0.1:8080 if empty.
	Listen string
	// Version is that of the program; "unknown" if empty.
	Version string

	// RatePerMinute is how many requests one client may send in a minute; 0 is no limit.
	RatePerMinute int
	// TrustedProxies are the networks whose X-Forwarded-For is believed; none if empty.
	TrustedProxies []string

	// TagAuthority and TagDate are the fixed parts of the ids in feeds (RFC 4151):
	// a host name, and a date on which its owner was the one who runs this. They
	// must never change, even when the address does. Empty: the host of BaseURL,
	// and 2026-11-01.
	TagAuthority string
	TagDate      string
	// Hub takes subscriptions to feeds (WebSub); nil where there is no hub of our own.
	Hub Hub
	// OutsideHub is the address of another hub that is told of changes; empty for none.
	OutsideHub string
	// FeedTTL is for how long a written feed is served without asking the reader
	// again; 30 seconds if zero, and not at all if negative.
	FeedTTL time.Duration
	// Timeout is how long one answer may take the reader, after which it is given
	// up; 20 seconds if zero.
	Timeout time.Duration
	// CacheBytes bounds the memory of kept answers; 32 MiB if zero.
	CacheBytes int

	// Deprecated is what is deprecated of the contract; Deprecations() if nil.
	Deprecated []Deprecation

	// NotFound and MethodNotAllowed answer for addresses outside of the API, as
	// pages; problems if nil.
	NotFound         gin.HandlerFunc
	MethodNotAllowed gin.HandlerFunc

	Now    func() time.Time // time.Now if nil
	Logger *slog.Logger     // silent if nil
}

// Hub is a WebSub hub for our feeds.
type Hub interface {
	// Ask takes a request to subscribe to the feed hub.topic, which is one of ours, or to
	// unsubscribe. client is who asks.
	Ask(ctx context.Context, form url.Values, client netip.Addr) error
}

// API is the mounted API.
type API struct {
	server *server
}

// OpenAPI returns the OpenAPI 3.1 document, indented.
func (a *API) OpenAPI() []byte { return a.server.document }

type server struct {
	Options
	router   *gin.RouterGroup // with the middleware that everything of ours shares
	bounded  *gin.RouterGroup // also with an end to how long an answer may take
	kept     *gin.RouterGroup // also with answers that carry an ETag
	huma     huma.API
	desk     problem.Desk
	shelf    *reply.Shelf
	limiter  *limit.Limiter
	pages    *page.Set
	make     wire.Maker
	feeds    *feedCache
	known    atomic.Pointer[states]
	notices  map[string][]notice // by method and route
	order    []string            // the paths of the document, as they were mounted
	document []byte
}

// New mounts the API and the feeds on an engine. It also sets the engine's
// trusted proxies, and its answers to unknown addresses and methods. Mistakes in
// the options wrap policy.ErrConfig.
func New(engine *gin.Engine, o Options) (*API, error) {
	o, err := o.complete()
	if err != nil {
		return nil, err
	}
	if err := engine.SetTrustedProxies(o.TrustedProxies); err != nil {
		return nil, fmt.Errorf("%w: reading the trusted proxies: %w", policy.ErrConfig, err)
	}
	pages, err := page.New()
	if err != nil {
		return nil, fmt.Errorf("reading the page templates: %w", err)
	}
	s := &server{
		Options: o,
		desk:    problem.Desk{Base: o.BaseURL, Logger: o.Logger},
		shelf:   reply.NewShelf(o.CacheBytes / 2),
		limiter: limit.New(o.RatePerMinute, o.Now),
		pages:   pages,
		make:    wire.Maker{Base: o.BaseURL, Names: wire.NewNames(o.Record.Jurisdictions, o.Record.Dossiers, o.Record.Actors), Now: o.Now},
	}
	s.feeds = newFeedCache(o.CacheBytes/2, o.FeedTTL, o.Timeout, o.Now)
	return &API{s}, s.mount(engine)
}

func (s *server) mount(engine *gin.Engine) error {
	engine.HandleMethodNotAllowed = true
	engine.NoRoute(s.recover, s.noRoute)
	engine.NoMethod(s.recover, s.noMethod)
	s.router = engine.Group("/", s.recover, s.open, s.limit, s.tellDeprecation)
	s.bounded = s.router.Group("/", s.bound)
	s.kept = s.bounded.Group("/", s.shelf.Buffer)
	s.huma = s.newHuma(engine)
	s.mountItems()
	s.mountTables()
	s.mountSources()
	s.mountRecord()
	s.mountDossiers()
	s.mountEvents()
	s.mountActors()
	s.mountCandidates()
	s.mountHealth()
	s.mountFeeds()
	s.mountEmbeds()
	s.mountHub()
	s.mountBulk()
	s.mountProblems()
	if err := s.mountFeedLists(); err != nil {
		return err
	}
	return s.mountDocument()
}

func (o Options) complete() (Options, error) {
	if o.Reader == nil || o.Chronicle == nil {
		return o, fmt.Errorf("%w: the API needs something to read from", policy.ErrConfig)
	}
	var err error
	if o.BaseURL, err = Address(o.BaseURL, o.Listen); err != nil {
		return o, err
	}
	if o.TagAuthority == "" {
		base, _ := url.Parse(o.BaseURL)
		o.TagAuthority = authority(base.Hostname())
	}
	o.defaults()
	if _, err := time.Parse(time.DateOnly, o.TagDate); err != nil {
		return o, fmt.Errorf("%w: the date of feed ids %q is not one: write 2026-11-01", policy.ErrConfig, o.TagDate)
	}
	return o, nil
}

// Address returns the public address in which those in answers begin: the one that is
// set, or that of a listener as this machine reaches it. One that is none wraps
// policy.ErrConfig.
func Address(public, listen string) (string, error) {
	if public == "" {
		public = "http://" + cmp.Or(listen, "127.0.0.1:8080")
	}
	base, err := url.Parse(public)
	if err != nil || (base.Scheme != "http" && base.Scheme != "https") || base.Host == "" ||
		strings.Trim(base.Path, "/") != "" || base.RawQuery != "" || base.Fragment != "" {
		return "", fmt.Errorf("%w: the public address %q is not one: write https://watch.example.org", policy.ErrConfig, public)
	}
	return base.Scheme + "://" + reachable(base.Host), nil
}

func (o *Options) defaults() {
	if o.Version == "" {
		o.Version = "unknown"
	}
	if o.TagDate == "" {
		o.TagDate = "2026-11-01"
	}
	if o.FeedTTL == 0 {
		o.FeedTTL = 30 * time.Second
	}
	if o.Timeout == 0 {
		o.Timeout = 20 * time.Second
	}
	if o.CacheBytes == 0 {
		o.CacheBytes = 32 << 20
	}
	if o.Deprecated == nil {
		o.Deprecated = Deprecations()
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
}

// reachable returns an address by which a listener can be reached: one that
// listens on all addresses is reached by this machine's own name for itself.
func reachable(listen string) string {
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return listen
	}
	if ip := net.ParseIP(host); host == "" || ip != nil && ip.IsUnspecified() {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

// authority returns a host as a tag: URI can name it, which has no room for the
// colons of IPv6.
func authority(host string) string {
	if strings.Contains(host, ":") {
		return "localhost"
	}
	return host
}

func (s *server) noRoute(c *gin.Context) {
	if s.NotFound != nil && !ours(c.Request.URL.Path) {
		s.NotFound(c)
		return
	}
	s.openHeaders(c)
	s.fail(c, s.desk.New(problem.NotFound, "There is nothing at "+c.Request.URL.Path+"."))
}

func (s *server) noMethod(c *gin.Context) {
	if s.MethodNotAllowed != nil && !ours(c.Request.URL.Path) {
		s.MethodNotAllowed(c)
		return
	}
	s.openHeaders(c)
	allowed := c.Writer.Header().Get("Allow")
	s.fail(c, s.desk.New(problem.MethodNotAllowed, c.Request.Method+" is not possible here.").
		With("Allow", allowed).Hinting("Use one of "+allowed+"."))
}

// ours reports whether an address belongs to the API, and its errors to programs.
func ours(path string) bool {
	for _, root := range []string{"/api", "/feeds", "/embed", "/bulk", "/problems", "/healthz", "/feeds.opml", HubPath} {
		if path == root || strings.HasPrefix(path, root+"/") {
			return true
		}
	}
	return false
}

// fail answers with a problem.
func (s *server) fail(c *gin.Context, p *problem.Problem) {
	p.At(c.Request.URL.RequestURI()).Write(c.Writer)
	c.Abort()
}
