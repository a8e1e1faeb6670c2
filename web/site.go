package web

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
)

// Reader answers what the pages ask. Errors wrap policy's meanings where the
// page can say more than that something went wrong.
type Reader interface {
	Items(ctx context.Context, filter policy.Filter) (policy.ItemPage, error)
	Item(ctx context.Context, id policy.ItemID) (policy.Item, error)
	Facets(ctx context.Context, filter policy.Filter) (policy.Facets, error)
	Stats(ctx context.Context) (policy.Stats, error)
	Sources(ctx context.Context) ([]policy.SourceStatus, error)
	Source(ctx context.Context, id string) (policy.SourceStatus, error)
}

// Record answers what the pages ask of dossiers, actors and jurisdictions. A
// thing that there is not wraps policy.ErrNotFound, one that there was and that
// was removed policy.ErrGone.
type Record interface {
	Base() *knowledge.Base
	Dossiers(ctx context.Context, filter policy.Filter) ([]policy.Dossier, error)
	Dossier(ctx context.Context, id string, on policy.Date, items policy.Filter) (record.Dossier, error)
	Event(ctx context.Context, id string) (policy.DossierEvent, error)
	Events(ctx context.Context, dossier string) ([]policy.DossierEvent, error)
	EventPage(ctx context.Context, filter policy.Filter) (policy.EventPage, error)
	EventsByMonth(ctx context.Context, filter policy.Filter) ([]policy.EffectMonth, error)
	Timeline(ctx context.Context, filter policy.Filter) (policy.TimelinePage, error)
	Places() []record.Place
	Jurisdiction(ctx context.Context, code string, filter policy.Filter) (record.Jurisdiction, error)
	Actor(ctx context.Context, id string, items policy.Filter) (record.Actor, error)
	Candidates(ctx context.Context, filter policy.Filter) (policy.CandidatePage, error)
	Candidate(ctx context.Context, id policy.CandidateID) (record.Candidate, error)
}

// Options say what the pages are made of. Reader and Record are required.
type Options struct {
	Reader    Reader
	Record    Record
	Alerts    Alerts           // nil: no mail can be sent, and the pages say so
	Now       func() time.Time // nil: time.Now
	Logger    *slog.Logger     // nil: nothing is logged
	PublicURL string           // the address people use, "https://watch.example.org"; empty where unknown
	OnionURL  string           // the same site as an onion service, or empty
	Contact   string           // how to reach the operator, shown on the about page; empty: not shown
}

// Site is all pages. It is safe for concurrent use.
type Site struct {
	options   Options
	assets    *assets
	templates templates
	versions  *versions
	sources   *directory
	secure    bool // people reach us by https
}

// New makes the pages. Its errors are mistakes in our own templates or in the
// options (policy.ErrConfig).
func New(options Options) (*Site, error) {
	if options.Reader == nil || options.Record == nil {
		return nil, fmt.Errorf("%w: the pages need a reader and a record", policy.ErrConfig)
	}
	public, err := url.Parse(options.PublicURL)
	if err != nil || (options.PublicURL != "" && public.Host == "") {
		return nil, fmt.Errorf("%w: the public address %q is not an address like https://watch.example.org", policy.ErrConfig, options.PublicURL)
	}
	if options.Now == nil {
		options.Now = time.Now
	}
	if options.Logger == nil {
		options.Logger = slog.New(slog.DiscardHandler)
	}
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	templates, err := loadTemplates(assets)
	if err != nil {
		return nil, err
	}
	return &Site{
		options:   options,
		assets:    assets,
		templates: templates,
		versions:  newVersions(options.Now),
		sources:   &directory{reader: options.Reader, now: options.Now},
		secure:    public.Scheme == "https",
	}, nil
}

// Mount adds the routes of all pages to the engine. It leaves the engine's
// answer to unknown addresses alone, since other rooms share the engine; give
// NotFound and MethodNotAllowed to it for the addresses that are pages.
func (s *Site) Mount(engine *gin.Engine) {
	routes := engine.Group("", s.protect, s.recoverPanic)
	get := func(path string, handler gin.HandlerFunc) {
		routes.GET(path, handler)
		routes.HEAD(path, handler)
	}
	get("/", s.page(s.home))
	get("/timeline", s.page(s.timeline))
	get("/items/:id", s.page(s.item))
	get("/events/:id", s.page(s.event))
	get("/dossiers", s.page(s.dossierList))
	get("/dossiers/:id", s.page(s.dossier))
	get("/places", s.page(s.placeList))
	get("/places/:code", s.page(s.place))
	get("/actors", s.page(s.actorList))
	get("/actors/:id", s.page(s.actor))
	get("/candidates", s.page(s.candidateList))
	get("/candidates/:id", s.page(s.candidate))
	get("/sources", s.page(s.sourceList))
	get("/sources/:id", s.page(s.source))
	get("/about", s.page(s.about))
	get("/static/:name", s.asset)
	routes.POST("/settings", s.settings)
	s.alertRoutes(routes)
}

// NotFound answers for an address that does not exist.
func (s *Site) NotFound(c *gin.Context) {
	s.protect(c)
	s.fail(c, fmt.Errorf("the page %s: %w", c.Request.URL.Path, policy.ErrNotFound))
}

// MethodNotAllowed answers for a page that is asked in another way than it can
// be. The engine has set the Allow header.
func (s *Site) MethodNotAllowed(c *gin.Context) {
	s.protect(c)
	s.failAs(c, http.StatusMethodNotAllowed, nil)
}

// absolute returns the full address of a path of ours, or the path alone where
// our public address is unknown.
func (s *Site) absolute(path string) string {
	return strings.TrimSuffix(s.options.PublicURL, "/") + path
}
