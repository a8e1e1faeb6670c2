// Package fetch gets documents from the network and is a good guest there.
//
// colly is the engine: it makes the requests and follows the redirects. Below it
// lies one chain of http.RoundTrippers of ours, through which every request goes,
// also those for robots.txt and for the targets of redirects:
//
//	robots.txt → gate (one request at a time per host) → time-out and caps →
//	Options.Wrap (recording) → dial guard (no private addresses) → network
//
// What colly does otherwise than we need (its own robots.txt, limits, silent
// truncation, unbounded gunzip, guessed character sets) is switched off and done
// here. Everything fetched is taken for hostile: bytes on the wire, bytes after
// decompression, time and redirects are all capped, and a cap that is hit is an
// error, never a shortened document.
package fetch
