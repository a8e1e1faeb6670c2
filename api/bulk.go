package api

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/internal/bulk/shelf"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

// newest is the name by which the newest set is asked for.
const newest = "latest"

// mountBulk serves the sets of bulk files. A download may take longer than an answer
// that is computed, so that these have no end but one for who stands still.
func (s *server) mountBulk() {
	set := pathParameter("set", "The name of a set, such as 2026-05-12; latest leads to the newest")
	s.raw(s.router, huma.Operation{
		OperationID: "list-bulk", Path: "/bulk/", Tags: []string{"Bulk"},
		Summary:     "List the bulk files, as a page",
		Description: "The sets of bulk files with their sizes, and how to verify one, for people.",
		Responses:   success("The page", typeHTML),
	}, s.serveBulkPage)
	s.raw(s.router, huma.Operation{
		OperationID: "get-bulk-signers", Path: "/bulk/allowed_signers", Tags: []string{"Bulk"},
		Summary:     "Read the keys by which sets are signed",
		Description: "One line for each key, as ssh-keygen -Y verify -f takes it. Keep a copy: a key that comes with the files proves nothing about them.",
		Responses:   success("The keys", "text/plain"),
	}, s.serveSigners)
	s.raw(s.router, huma.Operation{
		OperationID: "get-bulk-manifest", Path: "/bulk/{set}", Tags: []string{"Bulk"}, Parameters: []*huma.Param{set},
		Summary:     "Go to the manifest of a set",
		Description: "Leads to manifest.json, which lists the files with counts, bytes and checksums.",
		Responses:   movedOn("The manifest is there"),
	}, s.leadToManifest)
	s.raw(s.router, huma.Operation{
		OperationID: "get-bulk-file", Path: "/bulk/{set}/{file}", Tags: []string{"Bulk"},
		Parameters: []*huma.Param{set, pathParameter("file", "The name of a file in the manifest, such as items.ndjson.gz")},
		Summary:    "Read a file of a set",
		Description: "All that the API shows, as files that are written each night: NDJSON and CSV with schemas, checksums and a signature. " +
			"Range requests work, and the file of a dated set never changes.",
		Responses: fileResponses(),
	}, s.serveBulkFile)
}

func pathParameter(name, description string) *huma.Param {
	return &huma.Param{Name: name, In: "path", Required: true, Description: description, Schema: &huma.Schema{Type: "string"}}
}

func movedOn(description string) map[string]*huma.Response {
	return map[string]*huma.Response{"302": {Description: description, Headers: map[string]*huma.Param{
		"Location": {Description: "Where it is", Schema: &huma.Schema{Type: "string", Format: "uri"}},
	}}}
}

func fileResponses() map[string]*huma.Response {
	all := movedOn("The file is in the newest set, where latest leads")
	all["200"] = success("The file", "application/gzip")["200"]
	all["206"] = &huma.Response{Description: "A part of the file (Range)"}
	return all
}

func (s *server) sets() ([]*shelf.Set, error) {
	if s.Bulk == nil {
		return nil, nil
	}
	return s.Bulk.Sets()
}

// bulkPage is what the page shows.
type bulkPage struct {
	Base  string
	Sets  []*shelf.Set
	First *shelf.Set // the newest; nil where there is none
}

func (s *server) serveBulkPage(c *gin.Context) {
	sets, err := s.sets()
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	page := bulkPage{Base: s.BaseURL, Sets: sets}
	if len(sets) > 0 {
		page.First = sets[0]
	}
	s.servePage(c, "bulk", page)
}

// serveSigners gives the keys of all sets that are there: a new key does not make
// those signed by the old one unverifiable.
func (s *server) serveSigners(c *gin.Context) {
	sets, err := s.sets()
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	var lines []string
	seen := map[string]bool{}
	for _, set := range sets {
		if set.Key != nil && !seen[set.Key.Public] {
			seen[set.Key.Public] = true
			lines = append(lines, set.Key.AllowedSigner()+"\n")
		}
	}
	if len(lines) == 0 {
		s.fail(c, s.desk.New(problem.NotFound, "The bulk files of this site are not signed."))
		return
	}
	c.Header("Cache-Control", "no-cache")
	s.shelf.Keep([]byte(strings.Join(lines, "")), "text/plain; charset=utf-8", time.Time{}).Serve(c.Writer, c.Request)
}

func (s *server) leadToManifest(c *gin.Context) {
	s.leadTo(c, c.Param("set"), shelf.ManifestName)
}

// leadTo redirects to a file of a set, if there is such a file.
func (s *server) leadTo(c *gin.Context, set, file string) {
	sets, err := s.sets()
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	for n, known := range sets {
		if _, ok := known.File(file); ok && (known.Set == set || set == newest && n == 0) {
			c.Header("Cache-Control", "no-cache")
			c.Redirect(http.StatusFound, s.BaseURL+"/bulk/"+known.Set+"/"+file)
			return
		}
	}
	s.fail(c, s.noBulkFile(set, file))
}

func (s *server) noBulkFile(set, file string) *problem.Problem {
	return s.desk.New(problem.NotFound, fmt.Sprintf("There is no file %s in a set %s.", file, set)).
		Hinting("/bulk/ lists the sets that are kept; older ones are removed. /bulk/latest leads to the newest.")
}

func (s *server) serveBulkFile(c *gin.Context) {
	set, name := c.Param("set"), c.Param("file")
	if set == newest || s.Bulk == nil {
		s.leadTo(c, set, name)
		return
	}
	file, about, of, err := s.Bulk.Open(set, name)
	if errors.Is(err, policy.ErrNotFound) {
		s.fail(c, s.noBulkFile(set, name))
		return
	}
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	defer func() { _ = file.Close() }()
	header := c.Writer.Header()
	header.Set("ETag", `"`+about.SHA256+`"`)
	header.Set("Content-Type", about.MediaType)
	header.Set("Cache-Control", "public, max-age=31536000, immutable")
	http.ServeContent(&patient{ResponseWriter: c.Writer}, c.Request, name, of.GeneratedAt, file)
}

// patience is how long a reader of a file may take for the next part of it. The
// server's own limit is for a whole answer, which a large file over a slow network
// does not keep.
const patience = time.Minute

// patient is a writer that gives the reader time as long as something moves.
type patient struct {
	http.ResponseWriter
}

func (p *patient) Write(data []byte) (int, error) {
	// A writer without deadlines, as in tests, has none that could be too short.
	_ = http.NewResponseController(p.ResponseWriter).SetWriteDeadline(time.Now().Add(patience))
	return p.ResponseWriter.Write(data)
}
