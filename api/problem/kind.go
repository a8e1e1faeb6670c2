package problem

import "net/http"

// Kind is a kind of problem, and what its page says.
type Kind struct {
	Name    string // the last part of its address
	Title   string
	Status  int
	Meaning string // what happened, as a sentence
	Remedy  string // what a caller can do, as a sentence
}

// The kinds.
var (
	NotFound = Kind{"not-found", "Not found", http.StatusNotFound,
		"There is nothing at this address.", "Check the address; /api/v1/docs lists all that there are."}
	Gone = Kind{"gone", "Removed", http.StatusGone,
		"It existed and was removed on purpose.", "Forget the address: it will not come back."}
	Invalid = Kind{"invalid-request", "Invalid request", http.StatusBadRequest,
		"A parameter has a value that we do not understand. Every mistake is listed in \"errors\".",
		"Correct the parameters; the same request cannot succeed. /api/v1/docs explains each of them."}
	Conflict = Kind{"conflict", "Conflict", http.StatusConflict,
		"The thing changed since you last read it.", "Read it again, and repeat your request if it still makes sense."}
	MethodNotAllowed = Kind{"method-not-allowed", "Method not allowed", http.StatusMethodNotAllowed,
		"The address exists and does not take this HTTP method. The header Allow names those that it takes.",
		"Use GET or HEAD to read."}
	NotAcceptable = Kind{"not-acceptable", "Not acceptable", http.StatusNotAcceptable,
		"The header Accept allows none of the forms that we have of this.",
		"Ask for one of the forms that are listed in the answer, or leave the header out."}
	TooLong = Kind{"address-too-long", "Address too long", http.StatusRequestURITooLong,
		"The parameters of the address are longer than any question needs.",
		"Ask for fewer values at once, or leave a parameter out to get all of them."}
	TooMany = Kind{"too-many-requests", "Too many requests", http.StatusTooManyRequests,
		"Your network sent more requests in a minute than we answer, so that others get theirs.",
		"Wait for the number of seconds in the header Retry-After. Feeds, and If-None-Match, need fewer requests."}
	Unavailable = Kind{"unavailable", "Unavailable", http.StatusServiceUnavailable,
		"Something that we depend on, such as the database, does not answer.", "Try again in a while."}
	Internal = Kind{"internal", "Internal error", http.StatusInternalServerError,
		"We made a mistake. What happened is in our log.", "Try again later; tell the operator if it stays."}
)

// Kinds returns all kinds.
func Kinds() []Kind {
	return []Kind{NotFound, Gone, Invalid, Conflict, MethodNotAllowed, NotAcceptable, TooLong, TooMany, Unavailable, Internal}
}

// Named returns the kind of that name.
func Named(name string) (Kind, bool) {
	for _, k := range Kinds() {
		if k.Name == name {
			return k, true
		}
	}
	return Kind{}, false
}
