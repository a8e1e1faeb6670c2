package wire

import "github.com/backdoorwatch/backdoorwatch/internal/policy"

// Wellbeing says whether the service is well.
type Wellbeing struct {
	Status   string       `json:"status" enum:"ok" doc:"ok while the database answers"`
	Version  string       `json:"version" doc:"Of the program"`
	Database string       `json:"database" enum:"ok"`
	Sources  SourceCounts `json:"sources"`
}

// SourceCounts counts sources by how they are doing.
type SourceCounts struct {
	Total    int `json:"total"`
	Fine     int `json:"fine" doc:"Read as they should be"`
	Degraded int `json:"degraded" doc:"Read with losses, or suspiciously quiet"`
	Failing  int `json:"failing" doc:"The last visit brought nothing because of an error"`
	Waiting  int `json:"waiting" doc:"The first visit is still to come"`
	Off      int `json:"off" doc:"Listed and not read"`
}

// NewWellbeing counts the sources of a service whose database answers.
func NewWellbeing(version string, sources []policy.SourceStatus) Wellbeing {
	counts := SourceCounts{Total: len(sources)}
	for _, s := range sources {
		switch {
		case s.Disabled != "" || s.Health == policy.HealthDisabled:
			counts.Off++
		case s.Health == policy.HealthNew || s.Health == "":
			counts.Waiting++
		case s.Health.Good():
			counts.Fine++
		case s.Health.Failed():
			counts.Failing++
		default:
			counts.Degraded++
		}
	}
	return Wellbeing{Status: "ok", Version: version, Database: "ok", Sources: counts}
}
