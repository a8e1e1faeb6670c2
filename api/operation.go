package api

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/api/problem"
	"github.com/backdoorwatch/backdoorwatch/api/reply"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
)

const typeJSON = "application/json"

// asking is the part of a request that all operations look at themselves: huma
// keeps only the first of repeated parameters, and its own checks would say in
// other words what policy.ParseFilter says.
type asking struct {
	url    url.URL
	accept string
}

// Resolve is called by huma for each request.
func (a *asking) Resolve(ctx huma.Context) []error {
	a.url, a.accept = ctx.URL(), ctx.Header("Accept")
	return nil
}

func (a *asking) request() *asking { return a }

// question is the input of an operation.
type question[I any] interface {
	*I
	request() *asking
}

// answer mounts and describes an operation that answers JSON.
func answer[I, O any, Q question[I]](s *server, op huma.Operation, f func(context.Context, *I) (*O, error)) {
	op.Method = http.MethodGet
	op.SkipValidateParams = true
	op.Responses = withProblems(op.Responses)
	known := queryNames(op.Parameters)
	handle := func(ctx context.Context, in *I) (*O, error) {
		asked := Q(in).request()
		if err := s.checkAsking(asked, known); err != nil {
			return nil, s.desk.From(ctx, err).At(asked.url.RequestURI())
		}
		out, err := f(ctx, in)
		if err != nil {
			return nil, s.desk.From(ctx, err).At(asked.url.RequestURI())
		}
		return out, nil
	}
	s.order = append(s.order, op.Path)
	huma.Register(s.huma, op, handle)
	op.Method, op.Hidden, op.Parameters = http.MethodHead, true, nil
	huma.Register(s.huma, op, handle)
	s.router.OPTIONS(ginPath(op.Path), s.optionsOf("GET, HEAD, OPTIONS"))
}

// raw mounts and describes an operation that writes its answer itself.
func (s *server) raw(group *gin.RouterGroup, op huma.Operation, handle gin.HandlerFunc) {
	op.Method = http.MethodGet
	op.Responses = withProblems(op.Responses)
	s.order = append(s.order, op.Path)
	s.huma.OpenAPI().AddOperation(&op)
	group.GET(ginPath(op.Path), handle)
	group.HEAD(ginPath(op.Path), handle)
	s.router.OPTIONS(ginPath(op.Path), s.optionsOf("GET, HEAD, OPTIONS"))
}

// post mounts and describes an operation that is no reading.
func (s *server) post(group *gin.RouterGroup, op huma.Operation, handle gin.HandlerFunc) {
	op.Method = http.MethodPost
	op.Responses = withProblems(op.Responses)
	delete(op.Responses, "304")
	s.order = append(s.order, op.Path)
	s.huma.OpenAPI().AddOperation(&op)
	group.POST(ginPath(op.Path), handle)
	s.router.OPTIONS(ginPath(op.Path), s.optionsOf("POST, OPTIONS"))
}

func (s *server) checkAsking(a *asking, known []string) error {
	if _, ok := reply.Prefer(a.accept, typeJSON, problem.MediaType); !ok {
		return s.notAcceptable(typeJSON)
	}
	var errs policy.FieldErrors
	for name, values := range a.url.Query() {
		if !slices.Contains(known, name) {
			errs = append(errs, policy.FieldError{
				Field: name, Value: strings.Join(values, ","), Problem: "there is no such parameter", Hint: hint(known),
			})
		}
	}
	slices.SortFunc(errs, func(a, b policy.FieldError) int { return strings.Compare(a.Field, b.Field) })
	return errs.OrNil()
}

func hint(known []string) string {
	if len(known) == 0 {
		return "this address takes none"
	}
	return "use " + strings.Join(known, ", ")
}

func (s *server) notAcceptable(offers ...string) *problem.Problem {
	return s.desk.New(problem.NotAcceptable, "The header Accept allows none of the forms that we have.").
		Hinting("Ask for one of " + strings.Join(offers, ", ") + ", or leave the header out.")
}

func queryNames(parameters []*huma.Param) []string {
	var names []string
	for _, p := range parameters {
		if p.In == "query" {
			names = append(names, p.Name)
		}
	}
	return names
}

// withProblems adds what every operation may answer besides its success.
func withProblems(responses map[string]*huma.Response) map[string]*huma.Response {
	if responses == nil {
		responses = map[string]*huma.Response{}
	}
	responses["304"] = &huma.Response{Description: "You have the current version already (If-None-Match)"}
	responses["default"] = &huma.Response{
		Description: "A problem (RFC 9457); its type is the address of a page that explains it",
		Content:     map[string]*huma.MediaType{problem.MediaType: {Schema: &huma.Schema{Ref: "#/components/schemas/Problem"}}},
	}
	return responses
}

// ginPath writes a path of the document as gin wants it.
func ginPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}
