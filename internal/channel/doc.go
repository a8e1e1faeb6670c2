// Package channel tells the operator's own channels what they want to hear of: signed
// webhooks, and rooms of chat and push services.
//
// What a channel is told is decided where subscribers' alerts are (alert.Desk): each
// channel is a subscription there. From there it goes on in the same small steps, each
// a transaction that can be repeated: what waits becomes one message, which is kept as
// its bytes, and those bytes are sent. A channel has one message at most that waits.
//
// Targets are secrets, since most hold a token: they are in the operator's file and
// environment only, and in no table, log line or error.
package channel
