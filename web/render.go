package web

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"
)

//go:embed templates
var templateFiles embed.FS

// pageNames are the pages; each has a template of its name.
var pageNames = []string{
	"home", "timeline", "item", "event", "dossiers", "dossier", "places", "place", "actors", "actor", "candidates", "candidate",
	"sources", "source", "about", "problem", "subscribe", "alert",
}

// templates are the parsed templates by page.
type templates map[string]*template.Template

func loadTemplates(a *assets) (templates, error) {
	shared, err := template.New("").
		Funcs(template.FuncMap{"asset": a.address, "number": number, "lower": strings.ToLower, "pair": pairOf}).
		ParseFS(templateFiles, "templates/shared/*.html")
	if err != nil {
		return nil, fmt.Errorf("reading the shared templates: %w", err)
	}
	all := templates{}
	for _, name := range pageNames {
		one, err := shared.Clone()
		if err == nil {
			one, err = one.ParseFS(templateFiles, "templates/"+name+".html")
		}
		if err != nil {
			return nil, fmt.Errorf("reading the template of page %s: %w", name, err)
		}
		all[name] = one.Option("missingkey=error")
	}
	return all, nil
}

// page is a page struct: it names its template and holds the frame around it.
type page interface {
	template() string
	around() *frame
}

func (t templates) render(p page) ([]byte, error) {
	var out bytes.Buffer
	if err := t[p.template()].ExecuteTemplate(&out, "layout", p); err != nil {
		return nil, fmt.Errorf("rendering page %s: %w", p.template(), err)
	}
	return out.Bytes(), nil
}

// redirect is the outcome of a page that has a better address.
type redirect struct {
	to     string
	always bool // the other address is the one that lasts
}

func (r redirect) Error() string { return "redirect to " + r.to }

// page makes a handler of a function that answers with a page or an error.
func (s *Site) page(make func(c *gin.Context) (page, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		p, err := make(c)
		var elsewhere redirect
		if errors.As(err, &elsewhere) {
			code := http.StatusSeeOther
			if elsewhere.always {
				code = http.StatusMovedPermanently
			}
			c.Redirect(code, elsewhere.to)
			return
		}
		if err != nil {
			s.fail(c, err)
			return
		}
		s.dress(c, p.around())
		body, err := s.templates.render(p)
		if err != nil {
			s.fail(c, err)
			return
		}
		address := c.Request.URL.RequestURI() + "\n" + p.around().Theme + p.around().Shortcuts
		s.versions.of(address, body).write(c.Writer, c.Request, body)
	}
}

// pair hands a template the two things that it needs to show a quotation.
type pair struct {
	Quote quote
	Entry entry
}

func pairOf(q quote, e entry) pair { return pair{q, e} }
