// Package listing reads answers that a person has described instead of
// programmed: a JSON answer by jq expressions, an XML answer by XPath, a web
// page by CSS selectors. A Spec says where the rows are and where in a row its
// title, date, official ids and procedure steps stand; Compile checks it and
// makes a Listing, which turns bytes into documents and builds the requests
// for the pages of the list.
//
// The expressions come from people we trust, the bytes do not: an expression
// runs with a time limit and reaches neither environment nor files, and a row
// that cannot be read is a problem in the Result, never the end of it.
package listing
