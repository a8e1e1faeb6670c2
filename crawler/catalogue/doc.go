// Package catalogue is the list of sources: what each is called, how good it
// is as evidence, where it is and how it is read. The list is YAML that comes
// with the program, one file per jurisdiction or press group; an operator adds
// sources, or replaces some by id, with files of the same form.
//
// Loading is strict. A key that is not known, an expression that does not
// compile or a jurisdiction that does not exist is reported with its file and
// line, and all mistakes are reported at once.
package catalogue
