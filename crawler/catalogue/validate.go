package catalogue

import (
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"github.com/backdoorwatch/backdoorwatch/crawler/parse/listing"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

var idForm = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

// validate checks what was decoded and compiles its expressions. What is wrong
// goes to d.
func validate(d *decoder, e entry) Source {
	s := e.source()
	checkWords(d, e)
	if e.Disabled == "" || e.Interval != 0 {
		if e.Interval < minInterval || e.Interval > maxInterval {
			d.at("interval", "must lie between 5m and 31d")
		}
	}
	checkForms(d, e)
	checkAddress(d, "home", e.Home)
	for key, address := range map[string]string{"feed": e.Feed} {
		if address != "" {
			checkAddress(d, key, address)
		}
	}
	for _, key := range slices.Sorted(keys(e.forms())) {
		spec := e.forms()[key]
		checkAddress(d, key+".url", spec.URL)
		s.list = compile(d, key, spec)
	}
	checkOfficial(d, e)
	s.match = patterns(d, "match", e.Match)
	if e.Sitemap != nil {
		checkAddress(d, "sitemap.url", e.Sitemap.URL)
		patterns(d, "sitemap.include", e.Sitemap.Include)
	}
	for i, detail := range e.Details {
		validateDetail(d, "details."+strconv.Itoa(i), detail, &s.Details[i])
	}
	return s
}

func keys[T any](m map[string]T) func(func(string) bool) {
	return func(yield func(string) bool) {
		for key := range m {
			if !yield(key) {
				return
			}
		}
	}
}

func checkWords(d *decoder, e entry) {
	for _, required := range []struct{ key, value string }{
		{"id", e.ID}, {"name", e.Name}, {"home", e.Home}, {"jurisdiction", e.Jurisdiction},
		{"language", e.Language}, {"kind", string(e.Kind)}, {"grade", string(e.Grade)},
	} {
		if strings.TrimSpace(required.value) == "" {
			d.at(required.key, "missing")
		}
	}
	if e.ID != "" && !idForm.MatchString(e.ID) {
		d.at("id", "%q is no id: write small letters, digits and hyphens", e.ID)
	}
	if e.Kind != "" && !policy.Kinds.Has(e.Kind) {
		d.at("kind", "%q is none of %v", e.Kind, policy.Kinds.Values())
	}
	if e.Grade != "" && !policy.Grades.Has(e.Grade) {
		d.at("grade", "%q is none of %v", e.Grade, policy.Grades.Values())
	}
	if e.Jurisdiction != "" && !knownJurisdiction(e.Jurisdiction) {
		d.at("jurisdiction", "%q is neither an ISO 3166 code nor EU, COE, UN or INT", e.Jurisdiction)
	}
	if e.Language != "" {
		if _, err := language.Parse(e.Language); err != nil {
			d.at("language", "%q is no language tag", e.Language)
		}
	}
}

var subdivision = regexp.MustCompile(`^[A-Z0-9]{1,3}$`)

func knownJurisdiction(code string) bool {
	if slices.Contains([]string{"EU", "COE", "UN", "INT"}, code) {
		return true
	}
	country, part, sub := strings.Cut(code, "-")
	if sub && !subdivision.MatchString(part) || len(country) != 2 || country != strings.ToUpper(country) {
		return false
	}
	region, err := language.ParseRegion(country)
	return err == nil && region.IsCountry() && region.String() == country
}

func checkForms(d *decoder, e entry) {
	forms := slices.Sorted(keys(e.forms()))
	if e.Feed != "" {
		forms = append(forms, "feed")
	}
	if e.Sitemap != nil {
		forms = append(forms, "sitemap")
	}
	if len(forms) != 1 {
		d.at("", "give exactly one of feed, json, xml, html and sitemap; there are %d", len(forms))
	}
}

func checkAddress(d *decoder, key, address string) {
	u, err := url.Parse(address)
	switch {
	case address == "":
		d.at(key, "the address is missing")
	case err != nil:
		d.at(key, "%q is no address: %v", address, err)
	case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
		d.at(key, "%q is no address of the web: it begins with https://", address)
	}
}

func compile(d *decoder, key string, spec *listing.Spec) *listing.Listing {
	compiled, mistakes := listing.Compile(listing.Syntax(key[strings.LastIndexByte(key, '.')+1:]), *spec)
	for _, m := range mistakes {
		d.at(join(key, m.Key), "%s", m.Message)
	}
	return compiled
}

func patterns(d *decoder, key string, texts []string) (out []pattern) {
	for i, text := range texts {
		p, err := compilePattern(text)
		if err != nil {
			d.at(join(key, strconv.Itoa(i)), "%v", err)
		}
		out = append(out, p)
	}
	return out
}

func validateDetail(d *decoder, key string, e detailEntry, into *Detail) {
	if len(e.Match) == 0 {
		d.at(join(key, "match"), "missing: say which addresses are read like this")
	}
	into.match = patterns(d, join(key, "match"), e.Match)
	forms := e.forms()
	if len(forms) != 1 {
		d.at(key, "give exactly one of json, xml and html; there are %d", len(forms))
	}
	for form, spec := range forms {
		into.list = compile(d, join(key, form), spec)
	}
}

func checkOfficial(d *decoder, e entry) {
	if len(e.Official) > 0 && e.Feed == "" {
		d.at("official", "only for feeds: elsewhere official ids are fields")
	}
	for i, o := range e.Official {
		key := "official." + strconv.Itoa(i)
		if !slices.Contains([]string{"id", "url", "title", "summary", "text"}, o.At) {
			d.at(key+".at", "%q is none of id, url, title, summary, text", o.At)
		}
		if _, err := regexp.Compile(o.Find); err != nil || o.Find == "" {
			d.at(key+".find", "%q is no regular expression", o.Find)
		}
	}
}
