// Package web shows what is kept: pages rendered on the server, which need no
// script, ask no third party for anything and keep no trace of their reader.
//
// A page is one Go file and one template of the same name. The Go file asks the
// Reader, makes a typed struct that holds everything in the words and order in
// which it is shown, and the template only lays it out. What all pages share
// (frame, conditional answers, compression, headers) is in files of its own.
package web
