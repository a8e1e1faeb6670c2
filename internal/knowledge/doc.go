// Package knowledge holds the curated record: the dossiers with their dated
// events and positions, the actors and the jurisdictions. It is shipped inside
// the binary as YAML, so that a new installation has a timeline worth reading
// before its first crawl, and an operator can add to it or override it with
// files of the same form.
//
// A Base is built once by Load and never changes afterwards.
package knowledge
