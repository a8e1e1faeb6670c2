package policy

import "slices"

// Word is one entry of a closed list: the word that code, addresses and feeds
// use, the label that people read, and what it means.
type Word[T ~string] struct {
	Value   T
	Label   string
	Meaning string
}

// List is a closed list of words, in the order in which people see them.
type List[T ~string] []Word[T]

// Values returns the words themselves, in order.
func (l List[T]) Values() []T {
	values := make([]T, len(l))
	for i, w := range l {
		values[i] = w.Value
	}
	return values
}

// Has reports whether v is in the list.
func (l List[T]) Has(v T) bool {
	return slices.ContainsFunc(l, func(w Word[T]) bool { return w.Value == v })
}

// Label returns what people read for v; v itself where the list lacks it.
func (l List[T]) Label(v T) string {
	for _, w := range l {
		if w.Value == v {
			return w.Label
		}
	}
	return string(v)
}

// Meaning returns the explanation of v, or nothing where the list lacks it.
func (l List[T]) Meaning(v T) string {
	for _, w := range l {
		if w.Value == v {
			return w.Meaning
		}
	}
	return ""
}

// Kind says what sort of document a text is.
type Kind string

// The kinds of document.
const (
	KindLegislation  Kind = "legislation"
	KindRuling       Kind = "ruling"
	KindConsultation Kind = "consultation"
	KindOfficial     Kind = "official"
	KindNews         Kind = "news"
	KindOpinion      Kind = "opinion"
	KindAdvocacy     Kind = "advocacy"
	KindCompany      Kind = "company"
	KindResearch     Kind = "research"
	KindOther        Kind = "other"
)

// Kinds is the closed list of document kinds.
var Kinds = List[Kind]{
	{KindLegislation, "Legislation", "a bill, law, amendment or official procedure record"},
	{KindRuling, "Court ruling", "a decision of a court"},
	{KindConsultation, "Consultation", "a public body asks for views"},
	{KindOfficial, "Official statement", "a press release, speech, report or letter of a public body"},
	{KindNews, "News", "a report that records what happened"},
	{KindOpinion, "Opinion", "an analysis, editorial or blog with a view"},
	{KindAdvocacy, "Advocacy", "a statement, campaign or open letter of an NGO or expert group"},
	{KindCompany, "Company statement", "a statement of a company"},
	{KindResearch, "Research", "a study or paper"},
	{KindOther, "Other", "none of the other kinds"},
}

// Stance is the side a document's own voice takes on strong encryption: that
// of its author or publisher, not of the people it quotes.
type Stance string

// The stances.
const (
	StanceProtects Stance = "protects"
	StanceWeakens  Stance = "weakens"
	StanceNeutral  Stance = "neutral"
	StanceMixed    Stance = "mixed"
)

// Stances is the closed list of stances.
var Stances = List[Stance]{
	{StanceProtects, "For strong encryption", "argues for strong encryption or against access mandates"},
	{StanceWeakens, "For access", "argues for access, scanning or traceability, or against strong encryption"},
	{StanceNeutral, "Takes no side", "reports or records without taking a side"},
	{StanceMixed, "Argues both ways", "argues for both at once"},
}

// Effect is what a dossier does to strong encryption if it works as written.
type Effect string

// The effects.
const (
	EffectWeakens  Effect = "weakens"
	EffectProtects Effect = "protects"
	EffectMixed    Effect = "mixed"
	EffectUnclear  Effect = "unclear"
)

// Effects is the closed list of effects.
var Effects = List[Effect]{
	{EffectWeakens, "Weakens encryption", "works against strong encryption if it works as written"},
	{EffectProtects, "Protects encryption", "works for strong encryption if it works as written"},
	{EffectMixed, "Cuts both ways", "has parts that protect encryption and parts that weaken it"},
	{EffectUnclear, "Effect unclear", "the text does not settle what it does to encryption"},
}

// Side is the position of an actor on a dossier.
type Side string

// The sides.
const (
	SideOpposes  Side = "opposes"
	SideSupports Side = "supports"
	SideNeutral  Side = "neutral"
)

// Sides is the closed list of sides.
var Sides = List[Side]{
	{SideOpposes, "Opposes", "speaks or acts against it"},
	{SideSupports, "Supports", "speaks or acts for it"},
	{SideNeutral, "Neutral", "took part without taking a side"},
}

// Measure is a means by which law or policy touches encryption.
type Measure string

// Measures is the closed list of measures.
var Measures = List[Measure]{
	{"backdoor-mandate", "Backdoor mandate", "providers must build a way in"},
	{"client-side-scanning", "Client-side scanning", "messages are searched on the device before encryption"},
	{"traceability", "Traceability", "the first sender of a message must be identifiable"},
	{"key-disclosure", "Key disclosure", "people or providers must hand over keys or passwords"},
	{"lawful-access-capability", "Lawful-access capability", "providers must be able to hand over readable content or data"},
	{"data-retention", "Data retention", "providers must keep records of who communicated when"},
	{"device-hacking", "Device hacking", "authorities may break into devices to read what is encrypted"},
	{"interception", "Interception", "communications are intercepted in transit"},
	{"provider-licensing", "Provider licensing", "only approved services may offer encryption"},
	{"encryption-ban", "Encryption ban", "encryption or an encrypted service is forbidden or blocked"},
	{"age-verification", "Age verification", "users must prove their age or identity"},
	{"vpn-restriction", "VPN restriction", "the use of virtual private networks is limited"},
	{"right-to-encrypt", "Right to encrypt", "people have a right to use encryption"},
	{"e2ee-protection", "Protection of end-to-end encryption", "a rule forbids weakening end-to-end encryption"},
	{"security-mandate", "Security mandate", "a rule demands encryption or strong security"},
	{"export-control", "Export control", "cryptography may leave the country only by licence"},
}

// Grade says how good the evidence of a source is.
type Grade string

// The evidence grades, best first.
const (
	GradeOfficial  Grade = "official"
	GradeFirstHand Grade = "first-hand"
	GradePress     Grade = "press"
	GradeSecondary Grade = "secondary"
)

// Grades is the closed list of evidence grades, best first.
var Grades = List[Grade]{
	{GradeOfficial, "Official", "the body's own site or record"},
	{GradeFirstHand, "First-hand", "the actor's own site"},
	{GradePress, "Press", "a report in the press"},
	{GradeSecondary, "Secondary", "a mirror, aggregator or forum"},
}

// Sureness is how sure the people who keep the record are of an entry.
type Sureness string

// Surenesses is the closed list of surenesses.
var Surenesses = List[Sureness]{
	{"high", "Sure", "read in good sources"},
	{"medium", "Fairly sure", "read in few or older sources"},
	{"low", "Unsure", "rests on weak sources"},
}

// DossierKind says what sort of thing a dossier follows.
type DossierKind string

// DossierKinds is the closed list of dossier kinds.
var DossierKinds = List[DossierKind]{
	{"bill", "Bill", "a proposal before a legislature"},
	{"law", "Law", "an act of a legislature"},
	{"regulation", "Regulation", "a rule made under a law, or an EU regulation"},
	{"strategy", "Strategy", "a government's plan"},
	{"order", "Order", "an order to somebody in particular"},
	{"court-case", "Court case", "a case before a court"},
	{"consultation", "Consultation", "a public body asks for views"},
	{"treaty", "Treaty", "an agreement between states"},
	{"statement", "Statement", "a declaration or commitment"},
}

// ActorKind says what sort of actor somebody is.
type ActorKind string

// ActorKinds is the closed list of actor kinds.
var ActorKinds = List[ActorKind]{
	{"company", "Company", "a provider or maker"},
	{"ngo", "NGO", "a civil-society organisation"},
	{"government", "Government", "a government or ministry"},
	{"law-enforcement", "Law enforcement", "a police or prosecution authority"},
	{"intelligence", "Intelligence service", "an intelligence or security service"},
	{"regulator", "Regulator", "a supervisory authority"},
	{"legislature", "Legislature", "a parliament, chamber or committee"},
	{"politician", "Politician", "a person in politics"},
	{"court", "Court", "a court"},
	{"expert", "Expert", "a researcher or technical expert"},
	{"international", "International body", "a body of several states"},
	{"industry", "Industry group", "an association of companies"},
	{"media", "Media", "a publisher or journalist"},
}
