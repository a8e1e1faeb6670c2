// Package alert tells people by mail what they asked to hear of, without accounts.
//
// What happened is written down in the transaction that kept it (store.NoteNews). From
// there Run carries it on in small steps, each of them a transaction of its own that
// can be repeated: news becomes notices of the subscriptions that it answers, notices
// become a mail, which is kept as its bytes, and those bytes are sent. A process may
// die between any two of them: nothing is lost, and what may be sent twice is the same
// mail, byte for byte, with the same Message-ID.
package alert
