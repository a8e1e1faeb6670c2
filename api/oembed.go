package api

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/api/wire"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

const (
	oembedPath = "/api/v1/oembed"
	typeXML    = "text/xml"
)

// The size of a frame in pixels, where nobody asks for less.
const (
	embedWidth  = 600
	embedHeight = 480
)

// mountOEmbed tells other sites how to show our pages. Consumers send parameters of
// their own, so that unknown ones are no mistake here.
func (s *server) mountOEmbed() {
	schema := s.huma.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[wire.OEmbed](), true, "OEmbed")
	s.raw(s.kept, huma.Operation{
		OperationID: "get-oembed", Path: oembedPath, Tags: []string{"Feeds"},
		Summary:     "Say how to embed a page of ours",
		Description: "oEmbed 1.0 for /timeline with any parameters, and for /dossiers/{id}.",
		Parameters: []*huma.Param{
			{Name: "url", In: "query", Required: true, Description: "The address of our page", Schema: &huma.Schema{Type: "string"}},
			one("maxwidth", "The largest width, in pixels", &huma.Schema{Type: "integer"}, nil),
			one("maxheight", "The largest height, in pixels", &huma.Schema{Type: "integer"}, nil),
			one("format", "The form of the answer; where it is left out, the one that the header Accept likes best", choice("json", "xml"), nil),
		},
		Responses: map[string]*huma.Response{"200": {Description: "How to embed it", Content: map[string]*huma.MediaType{
			typeJSON: {Schema: schema}, typeXML: {Schema: &huma.Schema{Type: "string"}},
		}}},
	}, s.serveOEmbed)
}

func (s *server) serveOEmbed(c *gin.Context) {
	c.Header("Vary", "Accept")
	query := c.Request.URL.Query()
	made, err := s.oembed(query)
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	form := query.Get("format")
	if best, ok := reply.Prefer(c.GetHeader("Accept"), typeJSON, typeXML, "application/xml"); form == "" && !ok {
		s.fail(c, s.notAcceptable(typeJSON, typeXML))
		return
	} else if form == "" && best != typeJSON {
		form = "xml"
	}
	if form == "xml" {
		body, err := xml.Marshal(made)
		s.write(c, typeXML+"; charset=utf-8", append([]byte(xml.Header), body...), err)
		return
	}
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	err = encoder.Encode(made)
	s.write(c, typeJSON, body.Bytes(), err)
}

// write answers with bytes that were made, or failed to be.
func (s *server) write(c *gin.Context, mediaType string, body []byte, err error) {
	if err != nil {
		s.fail(c, s.desk.From(c.Request.Context(), err))
		return
	}
	c.Data(http.StatusOK, mediaType, body)
}

func (s *server) oembed(query url.Values) (wire.OEmbed, error) {
	var errs policy.FieldErrors
	width := within(query, "maxwidth", embedWidth, &errs)
	height := within(query, "maxheight", embedHeight, &errs)
	if f := query.Get("format"); f != "" && f != "json" && f != "xml" {
		errs = append(errs, policy.FieldError{Field: "format", Value: f, Problem: "we have no such form", Hint: "write json or xml, or leave it out"})
	}
	title, frame, err := s.shown(query.Get("url"))
	if err != nil {
		errs = append(errs, policy.FieldError{
			Field: "url", Value: query.Get("url"), Problem: err.Error(), Hint: "write an address such as " + s.BaseURL + "/timeline?jurisdiction=FR",
		})
	}
	if len(errs) > 0 {
		return wire.OEmbed{}, errs
	}
	code := fmt.Sprintf(`<iframe src="%s" title="%s" width="%d" height="%d" loading="lazy" referrerpolicy="no-referrer" `+
		`sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>`, html.EscapeString(frame), html.EscapeString(title), width, height)
	return wire.OEmbed{
		Type: "rich", Version: "1.0", Title: title, ProviderName: "Backdoor Watch", ProviderURL: s.BaseURL,
		CacheAge: 86400, Width: width, Height: height, HTML: code,
	}, nil
}

// shown returns the title of a page of ours, and the address of what it shows for a frame.
func (s *server) shown(address string) (title, frame string, _ error) {
	path, ok := strings.CutPrefix(address, s.BaseURL+"/")
	u, err := url.Parse("/" + path)
	if !ok || err != nil {
		return "", "", fmt.Errorf("it is no page of ours")
	}
	if id, ok := strings.CutPrefix(u.Path, "/dossiers/"); ok && s.make.Names.Dossiers[id] != "" {
		return "Backdoor Watch: " + s.make.Names.Dossiers[id], s.BaseURL + embedDossierPath + pathOf(id), nil
	}
	if u.Path != "/timeline" {
		return "", "", fmt.Errorf("it is no page that can be embedded")
	}
	u, show, err := withoutShow(u)
	if err != nil {
		return "", "", err
	}
	filter, err := s.filter(u)
	if err != nil {
		return "", "", err
	}
	switch show {
	case "items":
		return s.title(filter), s.address(embedPath, filter), nil
	case "events":
		return s.titled("events", filter), withShow(s.address(embedTimelinePath, filter), show), nil
	}
	return s.title(filter), s.address(embedTimelinePath, filter), nil
}

// within returns the size that is asked for, and at most the usual one.
func within(query url.Values, name string, usual int, errs *policy.FieldErrors) int {
	text := query.Get(name)
	if text == "" {
		return usual
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 1 {
		*errs = append(*errs, policy.FieldError{Field: name, Value: text, Problem: "it is not a size", Hint: "write a number of pixels"})
		return usual
	}
	return min(n, usual)
}
