package vocabulary

// Roles is the closed list of what a word can do in a sentence that tells who takes
// which side. Only positions read them: they are no groups, so that a word for them
// changes nothing that the models know.
var Roles = []string{
	"for",     // demands, supports, and nouns of it
	"against", // opposes, refuses
	"leave",   // would rather leave: as against, and turns nothing but what is wanted
	"warn",    // warns, fears: what follows is feared, whatever is denied of it
	"contra",  // against: a side only beside an actor, else it turns what is wanted
	"end",     // prevent, ban, withdraw, without: turns what is wanted
	"not",     // turns the verb that it belongs to
	"cannot",  // as not, and yet who cannot do a thing need not be against it
	"do",      // build, accept, weaken: a side only where it is denied
	"harm",    // weaken, break, read: beside encryption it means a way around it
	"care",    // protect, strengthen: beside encryption it means encryption itself
	"said",    // verbs of speech
	"must",    // a demand in what somebody said
	"unsure",  // if, whether, could: nothing is claimed
	"by",      // before who acts, in the passive voice
	"be",      // makes the passive voice
	"of",      // before a name that is not who acts
	"who",     // an office: "president of", "officials"
	"other",   // who else may act: users, critics, ministers
	"they",    // stands for somebody named before
	"we",      // the speaker of a quotation
	"but",     // parts two statements
	"and",     // joins names
	"the",     // makes a noun of what follows
	"told",    // according to
	"skip",    // hides what it holds
}
