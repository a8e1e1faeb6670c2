// Package policy is the domain language of Backdoor Watch: what a source said
// (Document), what we think it means (Tags), what we keep (Item), the record
// it belongs to (Dossier, Event, Position, Actor, Jurisdiction) and the one
// question that every list answers (Filter).
//
// The package holds meaning, no machinery: it imports nothing of ours and does
// no input or output. Every other room speaks in its types, so that a word
// means the same in a page, a feed, an answer of the API and a mail.
package policy
