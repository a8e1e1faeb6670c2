package web

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// The drawing of a density, in units of its own view box.
const (
	densityMonths = 36
	barPitch      = 22
	barWidth      = 17
	barsHeight    = 72
)

// density is how many entries there are per month: bars for those who look, and
// the same numbers as a table.
type density struct {
	Width, Height int
	Bars          []bar
	Rows          []monthRow // newest first
	First, Last   string     // months in words
	Summary       string
	Earlier       int // entries before the first bar
}

type bar struct {
	X, Y, Width, Height int
	Label               string
	Chosen              bool
}

type monthRow struct {
	Month when
	Count int
	Href  string
}

// densityOf draws the counts by month, "2026-05", oldest first; nil where there
// are too few to say anything.
func densityOf(counts []policy.Count, f policy.Filter, one, many string) *density {
	months := continuous(counts)
	if len(months) < 2 {
		return nil
	}
	d := &density{}
	if cut := len(months) - densityMonths; cut > 0 {
		for _, m := range months[:cut] {
			d.Earlier += m.count
		}
		months = months[cut:]
	}
	highest, total, peak := 1, 0, months[0]
	for _, m := range months {
		total += m.count
		if m.count > peak.count {
			peak = m
		}
		highest = max(highest, m.count)
	}
	d.Width, d.Height = len(months)*barPitch, barsHeight
	for i, m := range months {
		d.Bars = append(d.Bars, m.bar(i, highest, f))
		if m.count > 0 {
			row := monthRow{Month: dateOf(m.date), Count: m.count, Href: timelinePath(monthOnly(f, m.date))}
			d.Rows = append([]monthRow{row}, d.Rows...)
		}
	}
	d.First, d.Last = months[0].date.Words(), months[len(months)-1].date.Words()
	d.Summary = counted(total, one, many) + " from " + d.First + " to " + d.Last +
		"; most in " + peak.date.Words() + " with " + number(peak.count)
	return d
}

type monthCount struct {
	date  policy.Date
	count int
}

// bar draws a month of the density.
func (m monthCount) bar(at, highest int, f policy.Filter) bar {
	return m.barOf(at, highest, barsHeight, f)
}

// barOf draws a month. One with anything in it is never too low to be seen.
func (m monthCount) barOf(at, highest, space int, f policy.Filter) bar {
	height := m.count * space / highest
	if m.count > 0 {
		height = max(height, 2)
	}
	chosen := true
	if !f.From.IsZero() && m.date.End().Compare(f.From.Start()) <= 0 {
		chosen = false
	}
	if !f.To.IsZero() && m.date.Start().Compare(f.To.End()) >= 0 {
		chosen = false
	}
	return bar{
		X: at*barPitch + (barPitch-barWidth)/2, Y: space - height, Width: barWidth, Height: height,
		Label: m.date.Words() + ": " + number(m.count), Chosen: chosen,
	}
}

// continuous reads the months and fills the gaps between them with zeros, up to
// a hundred years: what is further apart is a mistake in somebody's dates.
func continuous(counts []policy.Count) []monthCount {
	var all []monthCount
	for _, c := range counts {
		date, err := policy.ParseDate(c.Value)
		if err != nil || date.Precision() != policy.PrecisionMonth {
			continue
		}
		for n := len(all); n > 0 && n < 1200; n++ {
			next := all[n-1].date.Start().AddDate(0, 1, 0)
			if !next.Before(date.Start()) {
				break
			}
			all = append(all, monthCount{date: monthOf(next)})
		}
		all = append(all, monthCount{date, c.Count})
	}
	return all
}

func monthOf(t time.Time) policy.Date { return policy.Month(t.Year(), t.Month()) }

func monthOnly(f policy.Filter, month policy.Date) policy.Filter {
	f.Cursor, f.From, f.To = "", month, month
	return f
}
