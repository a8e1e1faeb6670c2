package policy

// Stage is a step in the life of a dossier. A dossier's status is its last
// decisive stage.
type Stage string

// The stages, in the order in which a text usually meets them.
const (
	StageAnnounced     Stage = "announced"
	StageConsultation  Stage = "consultation"
	StageIntroduced    Stage = "introduced"
	StageCommittee     Stage = "committee"
	StageFloor         Stage = "floor"
	StageAmended       Stage = "amended"
	StagePassedChamber Stage = "passed-chamber"
	StageNegotiation   Stage = "negotiation"
	StagePassed        Stage = "passed"
	StageEnacted       Stage = "enacted"
	StageInForce       Stage = "in-force"
	StageDelayed       Stage = "delayed"
	StageRejected      Stage = "rejected"
	StageWithdrawn     Stage = "withdrawn"
	StageLapsed        Stage = "lapsed"
	StageRepealed      Stage = "repealed"
	StageChallenged    Stage = "challenged"
	StageRuled         Stage = "ruled"
	StageEnforced      Stage = "enforced"
	StageStatement     Stage = "statement"
	StageUpcoming      Stage = "upcoming"
)

// StageWords is what we say of a stage. Pages, API, feeds and mails all take
// their words from here, so that they never disagree.
type StageWords struct {
	Stage    Stage
	Label    string  // a status in words: "Before a committee"
	Meaning  string  // one sentence that explains it to a newcomer
	Decisive bool    // it can be a dossier's status
	Final    bool    // nothing more is expected of the same text
	Next     []Stage // what can come next, likeliest first
}

// Stages is the table of all stages.
var Stages = []StageWords{
	{StageAnnounced, "Announced", "Somebody with the power to propose it has said that it will come.", true, false,
		[]Stage{StageConsultation, StageIntroduced, StageWithdrawn}},
	{StageConsultation, "In consultation", "A public body asks for views before it decides.", true, false,
		[]Stage{StageIntroduced, StageAnnounced, StageWithdrawn}},
	{StageIntroduced, "Introduced", "The text lies before a legislature or authority and has not been debated yet.", true, false,
		[]Stage{StageCommittee, StageFloor, StageWithdrawn, StageLapsed}},
	{StageCommittee, "In committee", "A committee examines the text and may change it.", true, false,
		[]Stage{StageAmended, StageFloor, StageRejected, StageLapsed}},
	{StageFloor, "Debated by the chamber", "The whole chamber debates the text.", true, false,
		[]Stage{StagePassedChamber, StageAmended, StageRejected, StageDelayed}},
	{StageAmended, "Amended", "The text was changed on its way.", true, false,
		[]Stage{StageFloor, StagePassedChamber, StageCommittee, StageRejected}},
	{StagePassedChamber, "Passed one chamber", "One chamber or co-legislator has agreed; another still has to.", true, false,
		[]Stage{StageCommittee, StageNegotiation, StagePassed, StageRejected}},
	{StageNegotiation, "In negotiation", "The chambers or institutions negotiate a common text, as in a trilogue.", true, false,
		[]Stage{StagePassed, StageAmended, StageDelayed, StageWithdrawn}},
	{StagePassed, "Passed", "The legislature has agreed to the final text; it is not law yet.", true, false,
		[]Stage{StageEnacted, StageChallenged, StageRejected}},
	{StageEnacted, "Enacted", "It is law and may take effect at a later date.", true, false,
		[]Stage{StageInForce, StageChallenged, StageDelayed, StageRepealed}},
	{StageInForce, "In force", "It applies now.", true, false,
		[]Stage{StageEnforced, StageChallenged, StageAmended, StageRepealed}},
	{StageDelayed, "Delayed", "A step that was due has been put off.", true, false,
		[]Stage{StageFloor, StageNegotiation, StageInForce, StageWithdrawn, StageLapsed}},
	{StageRejected, "Rejected", "It was voted down or refused.", true, true, []Stage{StageIntroduced}},
	{StageWithdrawn, "Withdrawn", "Its author has taken it back.", true, true, []Stage{StageIntroduced}},
	{StageLapsed, "Lapsed", "It ended without a decision, as at the end of a legislature.", true, true, []Stage{StageIntroduced}},
	{StageRepealed, "Repealed", "It was law and no longer is.", true, true, nil},
	{StageChallenged, "Challenged in court", "A court has been asked to stop or annul it.", true, false,
		[]Stage{StageRuled, StageWithdrawn}},
	{StageRuled, "Ruled on", "A court has decided.", true, false,
		[]Stage{StageChallenged, StageInForce, StageAmended}},
	{StageEnforced, "Enforced", "An authority has used it against somebody.", false, false,
		[]Stage{StageChallenged, StageRuled}},
	{StageStatement, "Statement", "Somebody has said something of weight about it; no formal step.", false, false, nil},
	{StageUpcoming, "Coming up", "A step is expected on this date.", false, false, nil},
}

// Words returns the table's row for s, and whether s is a stage at all.
func (s Stage) Words() (StageWords, bool) {
	for _, w := range Stages {
		if w.Stage == s {
			return w, true
		}
	}
	return StageWords{Stage: s, Label: string(s)}, false
}

// Label returns the stage as a status in words.
func (s Stage) Label() string {
	w, _ := s.Words()
	return w.Label
}
