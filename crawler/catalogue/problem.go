package catalogue

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// Problem is one mistake in a file of sources.
type Problem struct {
	File    string
	Line    int    // counted from 1; 0 where no line is to blame
	Key     string // the path of the key, with the source's id: "edri.json.fields.title"
	Message string
}

func (p Problem) String() string {
	text := p.File
	if p.Line > 0 {
		text += fmt.Sprintf(":%d", p.Line)
	}
	if p.Key != "" {
		text += ": " + p.Key
	}
	return text + ": " + p.Message
}

// Problems are all mistakes of all files, in the order of files and lines. It
// wraps policy.ErrConfig.
type Problems []Problem

func (ps Problems) Error() string {
	lines := make([]string, len(ps))
	for i, p := range ps {
		lines[i] = p.String()
	}
	return strings.Join(lines, "\n")
}

// Unwrap makes errors.Is(err, policy.ErrConfig) true.
func (ps Problems) Unwrap() error { return policy.ErrConfig }

func (ps Problems) orNil() error {
	if len(ps) == 0 {
		return nil
	}
	slices.SortStableFunc(ps, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return ps
}
