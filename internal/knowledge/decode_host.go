package knowledge

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

var hostKeys = []string{"host", "grade"}

// hostName is a host as addresses hold it: labels of a-z, 0-9 and hyphens, those of
// other scripts in their xn-- form. An address, a port or a star has no place in it.
var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$`)

// host reads how good the evidence of a host is.
func (d *decoder) host(f fields, host string) policy.Grade {
	grade := word(f, "grade", policy.Grades)
	switch {
	case !hostName.MatchString(host) || len(host) > 253:
		d.fail(f.value("host"), f.path("host"),
			strconv.Quote(host)+" is no name of a host; write it alone and in lower case, like europa.eu, which is there for all names that end with it")
	case !strings.Contains(host, ".") && grade != policy.GradeOfficial && grade != "":
		// "com" would grade half of the web; only "gov" and its like belong to one sort of body.
		d.fail(f.value("host"), f.path("host"),
			strconv.Quote(host)+" is the end of too many names; write a host in full, like example.org")
	}
	return grade
}

// grade returns how good the source of an event or position is, where that is not
// what its host says: a ministry's letter on a newspaper's site.
func (f fields) grade() policy.Grade {
	node := f.value("grade")
	if node == nil {
		return ""
	}
	if f.text("source") == "" {
		f.fail(node, f.path("grade"), "there is no source to grade; write its address, or take this out")
	}
	return word(f, "grade", policy.Grades)
}
