// Package archive keeps the evidence: it writes each response as it came over
// the wire into WARC 1.1 files (ISO 28500), reads such files, also damaged or
// foreign ones, and answers requests from them instead of the network.
//
// A Writer's Transport sits right above the network, so that every real response
// is kept: redirects, retries and robots.txt too. An Archive's Transport stands
// in for the network. Both are http.RoundTrippers, so that a crawl, a recording
// and a replay run through the very same code.
package archive

import (
	"errors"
	"time"
)

// ErrNotArchived means that a replayed address has no response in the archive.
var ErrNotArchived = errors.New("the archive holds no response")

// ErrTooLarge means that a record or one of its headers exceeds a cap.
var ErrTooLarge = errors.New("larger than the cap")

// Evidence is implemented by the body of each response that was recorded or
// comes from an archive. It may be asked once the body was read to its end or
// closed.
type Evidence interface {
	// Evidence returns where the record of the response is, as
	// "name.warc.gz:1234" (file name and byte offset), and when the response
	// was got. The location is empty where nothing was recorded.
	Evidence() (location string, at time.Time)
}
