package web

import (
	"slices"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// bandHeight is the height of the bars of one effect, in units of the view box.
const bandHeight = 30

// effectChart is the events per month by what their dossiers do to encryption: a
// row of bars for each effect, so that nothing hangs on a colour, and the same
// numbers as a table.
type effectChart struct {
	Width, Height int
	Bands         []effectBand
	Rows          []effectRow // newest first
	First, Last   string      // months in words
	Summary       string
	Earlier       int // events before the first bar
	Yearly        int // events of which only the year is known
}

// effectBand is the bars of one effect.
type effectBand struct {
	Class, Label string
	Total        int
	Bars         []bar
}

// effectRow is the numbers of one month.
type effectRow struct {
	Month  when
	Counts []int
	Total  int
	Href   string
}

// effectChartOf draws the counts by month, oldest first; nil where there are too
// few to say anything. Events of which only the year is known are in the table alone.
func effectChartOf(counts []policy.EffectMonth, f policy.Filter) *effectChart {
	byMonth := map[string]policy.EffectMonth{}
	var totals []policy.Count
	for _, m := range counts {
		byMonth[m.Month] = m
		totals = append(totals, policy.Count{Value: m.Month, Count: m.Total})
	}
	months, yearly := continuous(totals), 0
	for _, m := range counts {
		if len(m.Month) == len("2026") {
			yearly += m.Total
		}
	}
	if len(months) < 2 {
		return nil
	}
	chart := &effectChart{Height: bandHeight, Yearly: yearly}
	if cut := len(months) - densityMonths; cut > 0 {
		for _, m := range months[:cut] {
			chart.Earlier += m.count
		}
		months = months[cut:]
	}
	chart.Rows = effectRows(counts, months[0].date, f)
	chart.Width = len(months) * barPitch
	total := 0
	for _, m := range months {
		total += m.count
	}
	highest := highestOf(months, byMonth)
	for _, word := range policy.Effects {
		band := effectBand{Class: string(word.Value), Label: word.Label}
		for i, m := range months {
			one := monthCount{m.date, byMonth[m.date.String()].Counts[word.Value]}
			band.Total += one.count
			band.Bars = append(band.Bars, one.barOf(i, highest, bandHeight, f))
		}
		chart.Bands = append(chart.Bands, band)
	}
	chart.First, chart.Last = months[0].date.Words(), months[len(months)-1].date.Words()
	chart.Summary = counted(total, "event", "events") + " of dossiers from " + chart.First + " to " + chart.Last + ", by what the dossiers do"
	return chart
}

func highestOf(months []monthCount, byMonth map[string]policy.EffectMonth) int {
	highest := 1
	for _, m := range months {
		for _, n := range byMonth[m.date.String()].Counts {
			highest = max(highest, n)
		}
	}
	return highest
}

// effectRows are the numbers of the months that are drawn, and of years alone.
func effectRows(counts []policy.EffectMonth, first policy.Date, f policy.Filter) []effectRow {
	var rows []effectRow
	for _, m := range slices.Backward(counts) {
		date, err := policy.ParseDate(m.Month)
		if err != nil || !date.End().After(first.Start()) {
			continue
		}
		row := effectRow{Month: dateOf(date), Total: m.Total, Href: timelinePath(monthOnly(f, date))}
		for _, word := range policy.Effects {
			row.Counts = append(row.Counts, m.Counts[word.Value])
		}
		rows = append(rows, row)
	}
	return rows
}
