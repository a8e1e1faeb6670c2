package web

import (
	"context"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Alerts is mail to those who asked for it. Errors wrap policy's meanings.
type Alerts interface {
	Preview(ctx context.Context, a policy.Alert) (policy.AlertPreview, error)
	Subscribe(ctx context.Context, address string, a policy.Alert, client netip.Addr) error
	Status(ctx context.Context, purpose policy.AlertPurpose, token string) (policy.AlertStatus, error)
	Confirm(ctx context.Context, token string) (status policy.AlertStatus, manage string, err error)
	Change(ctx context.Context, token string, rhythm policy.Alert) (policy.AlertStatus, error)
	SetKey(ctx context.Context, token string, key []byte) (policy.AlertStatus, error)
	DropKey(ctx context.Context, token string) (policy.AlertStatus, error)
	Pause(ctx context.Context, token string) (policy.AlertStatus, error)
	Resume(ctx context.Context, token string) (policy.AlertStatus, error)
	Unsubscribe(ctx context.Context, token string) error
}

// alertRoutes adds the pages of alerts. What changes something is a POST: programs that
// look at the links of a mail press no buttons.
func (s *Site) alertRoutes(routes *gin.RouterGroup) {
	get := func(path string, handler gin.HandlerFunc) {
		routes.GET(path, handler)
		routes.HEAD(path, handler)
	}
	get("/subscribe", s.letter(s.subscribeForm))
	if s.options.Alerts == nil {
		return
	}
	routes.POST("/subscribe", s.ownForm, s.letter(s.subscribe))
	get("/alerts/confirm/:token", s.letter(s.alertPage(policy.AlertToConfirm)))
	routes.POST("/alerts/confirm/:token", s.ownForm, s.letter(s.confirmAlert))
	get("/alerts/manage/:token", s.letter(s.alertPage(policy.AlertToManage)))
	routes.POST("/alerts/manage/:token", s.ownForm, s.letter(s.changeAlert))
	get("/alerts/unsubscribe/:token", s.letter(s.alertPage(policy.AlertToUnsubscribe)))
	// RFC 8058: mail programs send this from anywhere, without cookies, and follow no
	// redirect. The token alone allows it, and the worst that it can do is to end mail.
	routes.POST("/alerts/unsubscribe/:token", s.letter(s.unsubscribe))
}

// ownForm takes forms from our own pages only, as far as the browser says whose they
// are: other sites must not let their readers' browsers ask for mail.
func (s *Site) ownForm(c *gin.Context) {
	switch c.GetHeader("Sec-Fetch-Site") {
	case "", "same-origin", "none":
	default:
		s.failAs(c, http.StatusForbidden, nil)
	}
}

// letter makes a handler of a function whose page is for one reader: nobody keeps a
// copy of it or lists it.
func (s *Site) letter(make func(c *gin.Context) (page, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, 160<<10) // a key is the largest
		p, err := make(c)
		if err != nil {
			s.fail(c, err)
			return
		}
		s.dress(c, p.around())
		p.around().Canonical = ""
		body, err := s.templates.render(p)
		if err != nil {
			s.fail(c, err)
			return
		}
		h := c.Writer.Header()
		h.Set("Content-Type", "text/html; charset=utf-8")
		h.Set("Cache-Control", "no-store")
		h.Set("X-Robots-Tag", "noindex")
		h.Set("Content-Length", strconv.Itoa(len(body)))
		c.Writer.WriteHeader(http.StatusOK)
		if c.Request.Method != http.MethodHead {
			_, _ = c.Writer.Write(body) // the reader has left; nobody is to be told
		}
	}
}

// The parameters of a subscription beside those of a Filter.
const (
	paramTopic   = "topic"
	paramCadence = "cadence"
	paramHour    = "hour"
	paramWeekday = "weekday"
	paramZone    = "zone"
	paramFrom    = "quiet_from"
	paramTo      = "quiet_to"
	paramAddress = "address"
)

// subscribePage is the form for an alert, and what it would have sent.
type subscribePage struct {
	frame
	Off      bool // nobody can subscribe here
	Contact  string
	Topics   []option
	Places   []option
	Dossiers []option
	Query    string
	Others   []option // what else the reader chose, on the page that they came from
	OtherTo  []chip
	Rhythm   rhythmForm
	Asked    bool
	Preview  policy.AlertPreview
	All      []option // the whole question, for the form with the address
	Feed     string
	Done     bool
}

func (subscribePage) template() string { return "subscribe" }

// rhythmForm is the part of a form that says when mail comes.
type rhythmForm struct {
	Cadences []option
	Hours    []option
	Days     []option
	From     []option // of the quiet hours; the first is none
	To       []option
	Zone     string
	Zones    []string
}

func rhythmOf(a policy.Alert) rhythmForm {
	usual := policy.Quiet{To: 7} // the end that is shown where there are none
	if !a.Quiet.IsZero() {
		usual = a.Quiet
	}
	f := rhythmForm{From: []option{{Label: "no quiet hours", Checked: a.Quiet.IsZero()}}, Cadences: choices(paramCadence, policy.AlertCadences, a.Cadence), Zone: a.Zone, Zones: zones}
	for hour := range 24 {
		value := strconv.Itoa(hour)
		f.Hours = append(f.Hours, option{Value: value, Label: value + ":00", Checked: hour == a.Hour})
		f.From = append(f.From, option{Value: value, Label: value + ":00", Checked: hour == a.Quiet.From && !a.Quiet.IsZero()})
		f.To = append(f.To, option{Value: value, Label: value + ":00", Checked: hour == usual.To})
	}
	for _, day := range policy.Weekdays {
		f.Days = append(f.Days, option{Value: strconv.Itoa(int(day)), Label: day.String(), Checked: day == a.Weekday})
	}
	return f
}

func choices[T ~string](name string, known policy.List[T], chosen T) []option {
	var all []option
	for _, word := range known {
		all = append(all, option{ID: name + "-" + string(word.Value), Name: name, Value: string(word.Value), Label: word.Label + ": " + word.Meaning, Checked: word.Value == chosen})
	}
	return all
}

// zones are suggestions; any name of the time zone database will do.
var zones = []string{
	"UTC", "America/Los_Angeles", "America/Denver", "America/Chicago", "America/New_York", "America/Sao_Paulo", "America/Mexico_City",
	"America/Toronto", "Europe/London", "Europe/Dublin", "Europe/Lisbon", "Europe/Madrid", "Europe/Paris", "Europe/Brussels", "Europe/Amsterdam",
	"Europe/Berlin", "Europe/Zurich", "Europe/Rome", "Europe/Vienna", "Europe/Prague", "Europe/Warsaw", "Europe/Stockholm", "Europe/Helsinki",
	"Europe/Athens", "Europe/Kyiv", "Europe/Istanbul", "Africa/Cairo", "Africa/Lagos", "Africa/Nairobi", "Africa/Johannesburg", "Asia/Jerusalem",
	"Asia/Dubai", "Asia/Kolkata", "Asia/Bangkok", "Asia/Singapore", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Tokyo", "Asia/Seoul",
	"Australia/Perth", "Australia/Sydney", "Pacific/Auckland",
}

// alertOf reads an alert from the parameters of a form. All mistakes are reported.
func alertOf(values url.Values) (policy.Alert, error) {
	rest := url.Values{}
	own := []string{paramTopic, paramCadence, paramHour, paramWeekday, paramZone, paramFrom, paramTo, paramAddress}
	for name, all := range values {
		all = slices.DeleteFunc(slices.Clone(all), func(v string) bool { return strings.TrimSpace(v) == "" })
		if !slices.Contains(own, name) && len(all) > 0 {
			rest[name] = all
		}
	}
	f, err := policy.ParseFilter(rest)
	if err != nil {
		return policy.Alert{}, err
	}
	usual := policy.AlertTexts
	if len(f.Dossiers)+len(f.Jurisdictions) > 0 {
		usual = policy.AlertEverything
	}
	a := policy.Alert{
		Topic:   policy.AlertTopic(either(values.Get(paramTopic), string(usual))),
		Cadence: policy.AlertCadence(either(values.Get(paramCadence), string(policy.CadenceDaily))),
		Zone:    either(strings.TrimSpace(values.Get(paramZone)), "UTC"),
		Hour:    wholeNumber(either(values.Get(paramHour), "7")), Weekday: time.Weekday(wholeNumber(either(values.Get(paramWeekday), "1"))),
		Filter: f,
	}
	if from := values.Get(paramFrom); from != "" {
		a.Quiet = policy.Quiet{From: wholeNumber(from), To: wholeNumber(either(values.Get(paramTo), "7"))}
	}
	a.Filter = a.Of()
	return a, a.Check()
}

// wholeNumber reads a number; what is none is refused by its range.
func wholeNumber(text string) int {
	n, err := strconv.Atoi(text)
	if err != nil {
		return -1
	}
	return n
}

func (s *Site) subscribeForm(c *gin.Context) (page, error) {
	values := c.Request.URL.Query()
	a, err := alertOf(values)
	if err != nil {
		return nil, err
	}
	p := s.subscribePage(c, a)
	if p.Asked = len(values) > 0; !p.Asked || p.Off {
		return p, nil
	}
	p.Preview, err = s.options.Alerts.Preview(c.Request.Context(), a)
	return p, err
}

func (s *Site) subscribePage(c *gin.Context, a policy.Alert) *subscribePage {
	p := &subscribePage{
		frame: frame{Title: "Alerts by mail", Description: "Be told by mail of what happens to encryption policy, without an account."},
		Off:   s.options.Alerts == nil, Contact: s.options.Contact, Query: a.Filter.Query, Rhythm: rhythmOf(a),
		Topics: choices(paramTopic, policy.AlertTopics, a.Topic), Feed: withQuery("/feeds/items.atom", a.Of().Values()),
	}
	l := s.labeller(c.Request.Context())
	for _, j := range l.base.Jurisdictions {
		p.Places = append(p.Places, option{Value: j.Code, Label: j.Name, Checked: slices.Contains(a.Filter.Jurisdictions, j.Code)})
	}
	slices.SortFunc(p.Places, func(x, y option) int { return strings.Compare(x.Label, y.Label) })
	for _, d := range l.base.Dossiers {
		p.Dossiers = append(p.Dossiers, option{Value: d.ID, Label: l.place(d.Jurisdiction) + ": " + d.Name(), Checked: slices.Contains(a.Filter.Dossiers, d.ID)})
	}
	slices.SortFunc(p.Dossiers, func(x, y option) int { return strings.Compare(x.Label, y.Label) })
	p.carry(l, a)
	return p
}

// carry keeps what was chosen elsewhere, and the whole question for the second form.
func (p *subscribePage) carry(l labeller, a policy.Alert) {
	other := a.Of()
	// The form has one place and one dossier; of several, the others come along.
	other.Query = ""
	other.Jurisdictions, other.Dossiers = behindFirst(other.Jurisdictions), behindFirst(other.Dossiers)
	if len(a.Filter.Jurisdictions) > 0 {
		p.Places = onlyFirst(p.Places, a.Filter.Jurisdictions[0])
	}
	if len(a.Filter.Dossiers) > 0 {
		p.Dossiers = onlyFirst(p.Dossiers, a.Filter.Dossiers[0])
	}
	p.Others, p.OtherTo = hidden(other.Values()), l.chipsOf(other)
	all := a.Of().Values()
	all.Set(paramTopic, string(a.Topic))
	all.Set(paramCadence, string(a.Cadence))
	all.Set(paramHour, strconv.Itoa(a.Hour))
	all.Set(paramWeekday, strconv.Itoa(int(a.Weekday)))
	all.Set(paramZone, a.Zone)
	if !a.Quiet.IsZero() {
		all.Set(paramFrom, strconv.Itoa(a.Quiet.From))
		all.Set(paramTo, strconv.Itoa(a.Quiet.To))
	}
	p.All = hidden(all)
}

// alertFor is the form for an alert on what a list shows.
func alertFor(f policy.Filter) string {
	return withQuery("/subscribe", policy.Alert{Filter: f}.Of().Values())
}

func behindFirst(values []string) []string { return values[min(1, len(values)):] }

func onlyFirst(options []option, chosen string) []option {
	for i := range options {
		options[i].Checked = options[i].Value == chosen
	}
	return options
}

func hidden(values url.Values) []option {
	var all []option
	for name, some := range values {
		for _, value := range some {
			all = append(all, option{Name: name, Value: value})
		}
	}
	slices.SortFunc(all, func(a, b option) int { return strings.Compare(a.Name+"\x00"+a.Value, b.Name+"\x00"+b.Value) })
	return all
}

// subscribe asks for a confirmation. It says the same whoever asks for whomever.
func (s *Site) subscribe(c *gin.Context) (page, error) {
	values, err := sent(c)
	if err != nil {
		return nil, err
	}
	a, err := alertOf(values)
	if err != nil {
		return nil, err
	}
	client, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		client = netip.IPv6Unspecified() // all whom we cannot tell apart share one limit
	}
	if err := s.options.Alerts.Subscribe(c.Request.Context(), values.Get(paramAddress), a, client); err != nil {
		return nil, err
	}
	p := s.subscribePage(c, a)
	p.Done, p.Title = true, "Look into your mailbox"
	return p, nil
}

// sent reads the form of a request.
func sent(c *gin.Context) (url.Values, error) {
	err := c.Request.ParseForm()
	if err == nil && c.ContentType() == "multipart/form-data" {
		err = c.Request.ParseMultipartForm(160 << 10)
	}
	if err != nil {
		return nil, policy.FieldErrors{{Field: "form", Problem: "it cannot be read"}}
	}
	return c.Request.PostForm, nil
}
