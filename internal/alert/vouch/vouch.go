// Package vouch looks at what the DNS says of a sender of mail, as receivers do: SPF
// (RFC 7208), DKIM (RFC 6376) and DMARC (RFC 7489).
package vouch

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"golang.org/x/net/publicsuffix"
)

// Level says how bad something is.
type Level int

// The levels.
const (
	Fine  Level = iota
	Note        // it hinders nothing yet, or nobody can tell
	Wrong       // receivers will not believe our mail
)

// Finding is what was found about one thing.
type Finding struct {
	What  string // SPF, DKIM or DMARC
	Level Level
	Says  string
}

// Sender is who sends mail.
type Sender struct {
	From     string            // domain of the address that readers see
	Envelope string            // domain of the address to which mail is returned
	Key      string            // name of the DKIM record; empty where we sign nothing
	Record   string            // its text
	Holds    func(string) bool // whether a text holds our key
}

// Resolver answers questions about TXT records; net.Resolver does.
type Resolver interface {
	LookupTXT(ctx context.Context, name string) ([]string, error)
}

// patience is how long one answer may take.
const patience = 5 * time.Second

// Examine looks at everything. It asks about a dozen questions at most.
func Examine(ctx context.Context, resolver Resolver, s Sender) []Finding {
	l := looker{ctx, resolver}
	found := []Finding{l.spf(s.Envelope)}
	if s.Key != "" {
		found = append(found, l.dkim(s))
	}
	return append(found, l.dmarc(s))
}

type looker struct {
	ctx      context.Context
	resolver Resolver
}

// errSilent says that the DNS did not answer, so that nothing can be told.
var errSilent = errors.New("the DNS does not answer")

// texts returns the TXT records of a name that begin with a mark; none where the name
// is not there.
func (l looker) texts(name, mark string) ([]string, error) {
	all, err := l.anyTexts(name)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, text := range all {
		first, _, _ := strings.Cut(strings.ReplaceAll(text, ";", " "), " ")
		if strings.EqualFold(strings.TrimSpace(first), mark) {
			found = append(found, text)
		}
	}
	return found, nil
}

// lookups is how many questions an SPF record may cause.
const lookups = 10

func (l looker) spf(domain string) Finding {
	advice := "the TXT record of " + domain + " should be: v=spf1 with your mail server, as v=spf1 a:mail." + domain + " -all"
	found, err := l.texts(domain, "v=spf1")
	switch {
	case err != nil:
		return Finding{"SPF", Note, err.Error() + "; " + advice}
	case len(found) == 0:
		return Finding{"SPF", Wrong, "it is missing; " + advice}
	case len(found) > 1:
		return Finding{"SPF", Wrong, fmt.Sprintf("%s has %d records, and receivers then believe none; join them into one", domain, len(found))}
	}
	record := readSPF(found[0])
	total := record.asks
	for _, other := range record.others {
		inner, err := l.texts(other, "v=spf1")
		switch {
		case err != nil:
			return Finding{"SPF", Note, "the DNS does not answer for " + other + ", which the record of " + domain + " names"}
		case len(inner) != 1:
			return Finding{"SPF", Wrong, fmt.Sprintf("the record of %s names %s, which has %d SPF records instead of one; take it out or mend its name", domain, other, len(inner))}
		}
		total += readSPF(inner[0]).asks
	}
	if total > lookups {
		return Finding{"SPF", Wrong, fmt.Sprintf("the record of %s causes at least %d questions to the DNS, and receivers give up after %d; name addresses with ip4: and ip6:", domain, total, lookups)}
	}
	return judgeAll(domain, record, total)
}

func judgeAll(domain string, record spfRecord, total int) Finding {
	fine := fmt.Sprintf("%s, %sall, %d of %d questions to the DNS", domain, record.all, total, lookups)
	switch {
	case record.all == "+":
		return Finding{"SPF", Wrong, "the record of " + domain + " ends with +all: everybody may send in your name; end it with -all"}
	case record.all == "?", record.all == "" && !record.redirect:
		return Finding{"SPF", Note, "the record of " + domain + " does not say that nobody else sends in your name; end it with -all, or ~all to begin with"}
	case record.redirect && record.all == "":
		return Finding{"SPF", Fine, fmt.Sprintf("%s, by the record of another, %d of %d questions to the DNS", domain, total, lookups)}
	}
	return Finding{"SPF", Fine, fine}
}

// spfRecord is what matters to us of a record.
type spfRecord struct {
	asks     int      // questions that it causes itself
	others   []string // domains whose records it takes in
	all      string   // qualifier of "all": + - ~ ?, empty where there is none
	redirect bool
}

func readSPF(text string) spfRecord {
	var r spfRecord
	for _, term := range strings.Fields(strings.ToLower(text))[1:] {
		qualifier := "+"
		if strings.ContainsRune("+-~?", rune(term[0])) {
			qualifier, term = term[:1], term[1:]
		}
		name, value, _ := strings.Cut(term, ":")
		if before, target, is := strings.Cut(term, "="); is && before == "redirect" {
			name, value, r.redirect = "redirect", target, true
		}
		name, _, _ = strings.Cut(name, "/")
		switch name {
		case "all":
			r.all = qualifier
		case "include", "redirect":
			r.asks++
			if !strings.Contains(value, "%") { // a macro is filled in for each mail
				r.others = append(r.others, value)
			}
		case "a", "mx", "ptr", "exists":
			r.asks++
		}
	}
	r.others = r.others[:min(len(r.others), lookups)]
	return r
}

func (l looker) dkim(s Sender) Finding {
	advice := "the TXT record of " + s.Key + " should be: " + s.Record
	all, err := l.anyTexts(s.Key)
	switch {
	case err != nil:
		return Finding{"DKIM", Note, err.Error() + "; " + advice}
	case len(all) == 0:
		return Finding{"DKIM", Wrong, "it is missing; " + advice}
	case len(all) > 1:
		return Finding{"DKIM", Wrong, fmt.Sprintf("%s has %d records, and receivers may take any of them; %s", s.Key, len(all), advice)}
	}
	tags := tagsOf(all[0])
	switch {
	case !s.Holds(all[0]):
		return Finding{"DKIM", Wrong, "it holds another key than dkim-key; " + advice}
	case strings.Contains(":"+tags["t"]+":", ":y:"):
		return Finding{"DKIM", Note, s.Key + " holds our key, but t=y says that it is only a test; take that out"}
	}
	return Finding{"DKIM", Fine, s.Key + " holds our key"}
}

// anyTexts returns all TXT records of a name; none where the name is not there.
func (l looker) anyTexts(name string) ([]string, error) {
	ctx, cancel := context.WithTimeout(l.ctx, patience)
	defer cancel()
	all, err := l.resolver.LookupTXT(ctx, strings.TrimSuffix(name, ".")+".")
	var missing *net.DNSError
	if err != nil && !(errors.As(err, &missing) && missing.IsNotFound) {
		return nil, errSilent
	}
	return all, nil
}

// tagsOf reads "a=b; c=d".
func tagsOf(text string) map[string]string {
	tags := map[string]string{}
	for part := range strings.SplitSeq(text, ";") {
		name, value, _ := strings.Cut(part, "=")
		tags[strings.ToLower(strings.TrimSpace(name))] = strings.ToLower(strings.TrimSpace(value))
	}
	return tags
}

// organisation is the domain that somebody registered: of mail.example.co.uk it is
// example.co.uk.
func organisation(domain string) string {
	if found, err := publicsuffix.EffectiveTLDPlusOne(domain); err == nil {
		return found
	}
	return domain
}

func (l looker) dmarc(s Sender) Finding {
	advice := "the TXT record of _dmarc." + s.From + " should be: v=DMARC1; p=none; rua=mailto:postmaster@" + s.From + " to begin with"
	found, err := l.texts("_dmarc."+s.From, "v=DMARC1")
	where := "_dmarc." + s.From
	if org := organisation(s.From); err == nil && len(found) == 0 && org != s.From {
		where = "_dmarc." + org
		found, err = l.texts(where, "v=DMARC1")
	}
	switch {
	case err != nil:
		return Finding{"DMARC", Note, err.Error() + "; " + advice}
	case len(found) == 0:
		return Finding{"DMARC", Wrong, "it is missing; " + advice}
	case len(found) > 1:
		return Finding{"DMARC", Wrong, fmt.Sprintf("%s has %d records, and receivers then believe none; leave one", where, len(found))}
	}
	return judgeDMARC(s, where, tagsOf(found[0]))
}

func judgeDMARC(s Sender, where string, tags map[string]string) Finding {
	asked := tags["p"]
	if sub, has := tags["sp"]; has && where != "_dmarc."+s.From {
		asked = sub
	}
	same := strings.EqualFold(s.From, s.Envelope)
	if tags["aspf"] != "s" {
		same = strings.EqualFold(organisation(s.From), organisation(s.Envelope))
	}
	switch {
	case asked != "none" && asked != "quarantine" && asked != "reject":
		return Finding{"DMARC", Wrong, where + " asks for no policy that is known; write p=none, p=quarantine or p=reject"}
	case !same && s.Key == "":
		return Finding{"DMARC", Wrong, "mail is returned to " + s.Envelope + ", which does not vouch for " + s.From + ", and we sign nothing: no mail passes; set dkim-key, or a bounces-address of " + s.From}
	case asked == "none":
		return Finding{"DMARC", Note, where + " has p=none, which protects nobody yet; write p=quarantine or p=reject once all your mail passes"}
	case !same:
		return Finding{"DMARC", Note, fmt.Sprintf("%s has p=%s; mail passes by DKIM alone, since it is returned to %s", where, asked, s.Envelope)}
	}
	return Finding{"DMARC", Fine, fmt.Sprintf("%s has p=%s, and the sender fits", where, asked)}
}
