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

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
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

// Names gives the names that people read for codes and ids of the record. An
// empty answer means that there is none; the code is shown instead.
type Names interface {
	Jurisdiction(code string) string
	Dossier(id string) string
	Actor(id string) string
}

// Options say what the pages are made of. Reader is required.
type Options struct {
	Reader    Reader
	Names     Names            // nil: codes are shown as they are
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
	sources   *sourceNames
	secure    bool // people reach us by https
}

// New makes the pages. Its errors are mistakes in our own templates or in the
// options (policy.ErrConfig).
func New(options Options) (*Site, error) {
	if options.Reader == nil {
		return nil, fmt.Errorf("%w: the pages need a reader", policy.ErrConfig)
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
	if options.Names == nil {
		options.Names = noNames{}
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
		sources:   &sourceNames{reader: options.Reader, now: options.Now},
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
	get("/sources", s.page(s.sourceList))
	get("/sources/:id", s.page(s.source))
	get("/about", s.page(s.about))
	get("/static/:name", s.asset)
	routes.POST("/settings", s.settings)
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

type noNames struct{}

func (noNames) Jurisdiction(string) string { return "" }
func (noNames) Dossier(string) string      { return "" }
func (noNames) Actor(string) string        { return "" }
