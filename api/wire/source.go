package wire

import (
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// SourceFacts is a place that we read.
type SourceFacts struct {
	ID           string `json:"id"`
	URL          string `json:"url" format:"uri" doc:"The address of this object"`
	Name         string `json:"name"`
	Home         string `json:"home" doc:"The address of its front page"`
	Jurisdiction string `json:"jurisdiction"`
	Language     string `json:"language" doc:"BCP 47"`
	Kind         string `json:"kind" doc:"What it usually publishes, see kinds in /api/v1/vocabulary"`
	Grade        string `json:"grade" doc:"How good it is as evidence, see grades in /api/v1/vocabulary"`
	Licence      string `json:"licence,omitempty" doc:"Under which its content may be reused; absent where it states none"`
	Attribution  string `json:"attribution,omitempty" doc:"How it wants to be named"`
	Disabled     string `json:"disabled,omitempty" doc:"Why it is not read; absent when it is"`
	IntervalS    int64  `json:"interval_seconds" doc:"How often it is read when all is well"`
	Items        int    `json:"items" doc:"How many items came from it"`
	Relevant     int    `json:"relevant" doc:"How many of them are about encryption policy"`
}

// Source is a place that we read, and how it is doing.
type Source struct {
	SourceFacts
	Health Health `json:"health"`
}

// Health is how a source did when it was last asked.
type Health struct {
	State       string     `json:"state" doc:"See healths in /api/v1/vocabulary"`
	Label       string     `json:"label"`
	Good        bool       `json:"good" doc:"It was read as it should be"`
	Failed      bool       `json:"failed" doc:"The visit brought nothing at all because of an error"`
	Detail      string     `json:"detail,omitempty" doc:"The last problem in words"`
	Failures    int        `json:"failures" doc:"How many visits failed in a row"`
	TriedAt     *time.Time `json:"tried_at"`
	SucceededAt *time.Time `json:"succeeded_at"`
	NextAt      *time.Time `json:"next_at" doc:"When it is tried again"`
	NewestAt    *time.Time `json:"newest_at" doc:"The date of its newest entry"`
	MovedTo     string     `json:"moved_to,omitempty" doc:"The address it moved to"`
}

// Source returns the wire form of a source.
func (m Maker) Source(s policy.SourceStatus) Source {
	return Source{SourceFacts: m.SourceFacts(s), Health: health(s)}
}

// SourceFacts returns the wire form of a source without how it is doing.
func (m Maker) SourceFacts(s policy.SourceStatus) SourceFacts {
	return SourceFacts{
		ID: s.ID, URL: m.Base + "/api/v1/sources/" + s.ID, Name: s.Name, Home: s.Home, Jurisdiction: s.Jurisdiction,
		Language: s.Language, Kind: string(s.Kind), Grade: string(s.Grade), Licence: s.Licence, Attribution: s.Attribution,
		Disabled: s.Disabled, IntervalS: int64(s.Interval / time.Second), Items: s.Items, Relevant: s.Relevant,
	}
}

func health(s policy.SourceStatus) Health {
	return Health{
		State: string(s.Health), Label: policy.Healths.Label(s.Health), Good: s.Health.Good(), Failed: s.Health.Failed(),
		Detail: s.Detail, Failures: s.Failures, TriedAt: moment(s.TriedAt), SucceededAt: moment(s.SucceededAt),
		NextAt: moment(s.NextAt), NewestAt: moment(s.NewestAt), MovedTo: s.MovedTo,
	}
}

// Sources is the list of all sources.
type Sources struct {
	Sources []Source `json:"sources"`
}

// Sources returns the wire form of all sources.
func (m Maker) Sources(all []policy.SourceStatus) Sources {
	return Sources{each(all, m.Source)}
}
