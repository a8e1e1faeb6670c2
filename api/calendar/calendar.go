// Package calendar writes what is to come as iCalendar (RFC 5545, RFC 7986). What it
// writes depends on the content alone and never on the time of writing.
package calendar

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"github.com/arran4/golang-ical"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// MediaType is that of a calendar.
const MediaType = "text/calendar"

// Status says how sure an appointment is.
type Status string

// The statuses.
const (
	Tentative Status = "TENTATIVE"
	Confirmed Status = "CONFIRMED"
	Cancelled Status = "CANCELLED"
)

// Calendar is a list of appointments.
type Calendar struct {
	Name    string
	About   string
	Address string // of this calendar
	Events  []Event
}

// Event is one appointment.
type Event struct {
	UID      string // lasting
	Title    string
	About    string
	Page     string // what it is about, for people
	Category string
	Date     policy.Date // known to the day at least
	Status   Status
	Changed  time.Time // when its meaning changed
}

// refresh is how often programs are asked to look again.
const refresh = "PT6H"

// Write writes a calendar. An event of which less than the day is known is no
// appointment and is left out.
func Write(c Calendar) ([]byte, error) {
	made := &ics.Calendar{}
	made.SetVersion("2.0")
	made.SetProductId("-//Backdoor Watch//Calendar//EN")
	made.SetMethod(ics.MethodPublish)
	made.SetName(plain(c.Name))
	made.SetDescription(plain(c.About))
	made.SetUrl(c.Address)
	made.SetRefreshInterval(refresh)
	made.SetXPublishedTTL(refresh)
	for _, e := range c.Events {
		if e.Date.Precision() >= policy.PrecisionDay {
			add(made, e)
		}
	}
	var b bytes.Buffer
	// The library ends lines as the machine does unless it is told what the standard wants.
	if err := made.SerializeTo(&b, ics.WithNewLineWindows); err != nil {
		return nil, fmt.Errorf("writing a calendar: %w", err)
	}
	return b.Bytes(), nil
}

func add(c *ics.Calendar, e Event) {
	made := c.AddEvent(e.UID)
	changed := e.Changed.UTC()
	made.SetDtStampTime(changed) // without a sender it says when the information was revised
	made.SetLastModifiedAt(changed)
	made.SetSequence(sequence(changed))
	made.SetSummary(plain(e.Title))
	made.SetDescription(plain(e.About))
	made.SetURL(e.Page)
	made.SetStatus(ics.ObjectStatus(e.Status))
	made.SetTimeTransparency(ics.TransparencyTransparent)
	if e.Category != "" {
		made.AddCategory(plain(e.Category))
	}
	if e.Date.Precision() == policy.PrecisionMoment {
		made.SetStartAt(e.Date.Start())
		return
	}
	made.SetAllDayStartAt(e.Date.Start())
	made.SetAllDayEndAt(e.Date.End())
}

// epoch is before anything that a calendar of ours can hold changed.
var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

// sequence grows with each change and needs no counter: minutes since the epoch fit
// into its 31 bits for four thousand years.
func sequence(changed time.Time) int { return max(0, int(changed.Sub(epoch)/time.Minute)) }

// plain removes what would end a line or is no text.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '\r' || r < ' ' && r != '\n' && r != '\t' || r == 0x7f {
			return -1
		}
		return r
	}, text)
}
