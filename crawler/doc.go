// Package crawler brings documents home: it visits a source of the catalogue,
// or takes any response that is at hand, and gives out what they say as
// policy.Documents. It asks politely through fetch, reads through parse and
// remembers through Memory; it knows no store.
//
// A visit first compares bytes, then entries: an unchanged answer is not
// parsed, an unchanged entry is not given out. What is new may cost one more
// request, for its page or record. A failure of one entry never costs another.
package crawler
