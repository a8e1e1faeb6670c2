package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"path/filepath"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/spf13/cobra"
	"golang.org/x/sync/errgroup"

	"github.com/backdoorwatch/backdoorwatch/api"
	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
	"github.com/backdoorwatch/backdoorwatch/internal/ingest"
	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/queue"
	"github.com/backdoorwatch/backdoorwatch/internal/record"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
	"github.com/backdoorwatch/backdoorwatch/web"
)

// graceful is how long what is under way may take to end after the first
// interrupt; the second interrupt ends it at once.
const graceful = 15 * time.Second

func serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Read the sources by their schedule and serve pages, API and feeds",
		Long: `Serve does everything on one machine: it reads each source by its own schedule and
serves the pages, the API and the feeds. With --crawl=false it only serves, and
worker processes can read the sources over one PostgreSQL database.`,
		Example: "  backdoorwatch serve --listen 127.0.0.1:8080 --data data",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := settings(c)
			if err != nil {
				return err
			}
			a := assemble(config)
			return errors.Join(serve(c.Context(), a), a.close())
		},
	}
}

func workerCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "worker",
		Short:   "Read the sources by their schedule, without serving; several may share one PostgreSQL database",
		Example: "  backdoorwatch worker --database postgres://watch@db/watch",
		Args:    usage(cobra.NoArgs),
		RunE: func(c *cobra.Command, _ []string) error {
			config, err := settings(c)
			if err != nil {
				return err
			}
			a := assemble(config)
			return errors.Join(work(c.Context(), a), a.close())
		},
	}
}

func serve(ctx context.Context, a *assembly) error {
	// The port is taken first: where it is not free nothing else should start.
	listener, err := net.Listen("tcp", a.config.Listen)
	if err != nil {
		return err
	}
	defer func() { _ = listener.Close() }()
	s, err := a.store(ctx)
	if err != nil {
		return err
	}
	p, base, err := a.pipeline(ctx, s, reading{delay: a.config.Delay, gate: s.Gate()})
	if err != nil {
		return err
	}
	engine, err := a.engine(s, base)
	if err != nil {
		return err
	}
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return a.listen(ctx, listener, engine) })
	if a.config.Crawl {
		group.Go(func() error { return a.crawlBySchedule(ctx, s, p) })
	}
	return group.Wait()
}

func work(ctx context.Context, a *assembly) error {
	s, err := a.store(ctx)
	if err != nil {
		return err
	}
	p, _, err := a.pipeline(ctx, s, reading{delay: a.config.Delay, gate: s.Gate()})
	if err != nil {
		return err
	}
	return a.crawlBySchedule(ctx, s, p)
}

// engine puts pages, API and feeds on one set of routes.
func (a *assembly) engine(s *store.Store, base *knowledge.Base) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	alerts, err := a.pagesOfAlerts(s, base)
	if err != nil {
		return nil, fmt.Errorf("preparing alerts: %w", err)
	}
	site, err := web.New(web.Options{
		Alerts: alerts,
		Reader: s, Record: record.New(base, s, nil), Logger: a.log, PublicURL: a.config.PublicURL, Contact: a.config.Contact,
	})
	if err != nil {
		return nil, fmt.Errorf("making the pages: %w", err)
	}
	if _, err = a.api(engine, s, base, api.Options{NotFound: site.NotFound, MethodNotAllowed: site.MethodNotAllowed}); err != nil {
		return nil, err
	}
	site.Mount(engine)
	return engine, nil
}

// api puts API and feeds on the routes.
func (a *assembly) api(engine *gin.Engine, s *store.Store, base *knowledge.Base, o api.Options) (*api.API, error) {
	hub, err := a.hubForAPI(s)
	if err != nil {
		return nil, fmt.Errorf("preparing the hub: %w", err)
	}
	o.Reader, o.Chronicle = s, record.New(base, s, nil)
	o.Record = api.Record{Jurisdictions: base.Jurisdictions, Dossiers: base.Dossiers, Actors: base.Actors}
	o.Bulk = shelf.New(filepath.Join(a.config.Data, bulkFolder))
	o.BaseURL, o.Listen, o.Version = a.config.PublicURL, a.config.Listen, version
	o.RatePerMinute, o.TrustedProxies = a.config.RateLimit, a.config.TrustedProxies
	o.TagAuthority, o.TagDate = a.config.TagAuthority, a.config.TagDate
	o.Hub, o.OutsideHub, o.Logger = hub, a.config.Hub, a.log
	mounted, err := api.New(engine, o)
	if err != nil {
		return nil, fmt.Errorf("making the API: %w", err)
	}
	return mounted, nil
}

// listen serves until ctx ends, and then lets running requests end.
func (a *assembly) listen(ctx context.Context, listener net.Listener, handler http.Handler) error {
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ReadTimeout:       30 * time.Second,
		WriteTimeout:      60 * time.Second,
		IdleTimeout:       2 * time.Minute,
		MaxHeaderBytes:    64 << 10,
	}
	stopped := make(chan error, 1)
	stop := context.AfterFunc(ctx, func() {
		ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceful)
		defer cancel()
		stopped <- server.Shutdown(ending)
	})
	defer stop()
	a.log.Info("serving", "address", "http://"+listener.Addr().String(), "data", a.config.Data)
	if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serving: %w", err)
	}
	return <-stopped
}

// crawlBySchedule lets the job library visit the hosts that have due sources,
// until ctx ends.
func (a *assembly) crawlBySchedule(ctx context.Context, s *store.Store, p *ingest.Pipeline) error {
	opinions, err := a.opinions(s, p.Base)
	if err != nil {
		return fmt.Errorf("preparing second opinions: %w", err)
	}
	work := queue.Work{VisitHost: p.VisitHost, DueHosts: p.DueHosts, SecondOpinion: opinions}
	alerts, err := a.alerts(s, record.New(p.Base, s, nil))
	if err != nil {
		return fmt.Errorf("preparing alerts: %w", err)
	}
	channels, err := a.channels(s, p.Base)
	if err != nil {
		return fmt.Errorf("preparing channels: %w", err)
	}
	if err := channels.Sync(ctx); err != nil {
		return err
	}
	work.Alerts = a.tell(alerts, channels)
	hub, err := a.hub(s, p.Base)
	if err != nil {
		return fmt.Errorf("preparing the hub: %w", err)
	}
	if hub != nil {
		work.Hub = hub.Run
	}
	p.Announce = announcing(a.announce(), a.feedsChange())
	if a.config.BulkHour >= 0 {
		files, err := a.bulk(s, p.Base)
		if err != nil {
			return fmt.Errorf("preparing bulk files: %w", err)
		}
		work.Bulk = files.Night
	}
	jobs, err := queue.Open(ctx, s, work, queue.Options{
		Worker: true, Hosts: a.config.Concurrency, Logger: a.log,
	})
	if err != nil {
		return fmt.Errorf("preparing the job queue: %w", err)
	}
	p.Doubts = a.doubts(jobs)
	if err := jobs.Start(ctx); err != nil {
		return fmt.Errorf("starting the job queue: %w", err)
	}
	<-ctx.Done()
	ending, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceful)
	defer cancel()
	return jobs.Stop(ending)
}
