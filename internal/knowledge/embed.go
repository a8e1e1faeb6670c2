package knowledge

import (
	"embed"
	"io/fs"
)

//go:embed record/*.yaml record/dossiers/*.yaml
var embedded embed.FS

// Record returns the record that is shipped with the program, as files: the
// form in which an operator writes additions.
func Record() fs.FS {
	record, err := fs.Sub(embedded, "record")
	if err != nil { // impossible: the folder is embedded above
		return embedded
	}
	return record
}
