package wire

import "github.com/backdoorwatch/backdoorwatch/internal/policy"

// Vocabulary is every closed list of words: the same words are used in answers,
// parameters, feeds and pages.
type Vocabulary struct {
	Kinds        []Word  `json:"kinds" doc:"What sort of document a text is"`
	Stances      []Word  `json:"stances" doc:"The side that a document's own voice takes"`
	Effects      []Word  `json:"effects" doc:"What a dossier does to strong encryption"`
	Sides        []Word  `json:"sides" doc:"The position of an actor on a dossier"`
	Measures     []Word  `json:"measures" doc:"By which means law touches encryption"`
	Grades       []Word  `json:"grades" doc:"How good the evidence of a source is, best first"`
	Surenesses   []Word  `json:"surenesses" doc:"How sure the people are who keep the record"`
	DossierKinds []Word  `json:"dossier_kinds"`
	ActorKinds   []Word  `json:"actor_kinds"`
	Origins      []Word  `json:"origins" doc:"How we know of an event"`
	Healths      []Word  `json:"healths" doc:"How a source did when it was last asked"`
	Stages       []Stage `json:"stages" doc:"The steps in the life of a dossier"`
}

// Word is one entry of a closed list.
type Word struct {
	Value   string `json:"value"`
	Label   string `json:"label" doc:"What people read for it"`
	Meaning string `json:"meaning"`
}

// Stage is a step in the life of a dossier.
type Stage struct {
	Value    string   `json:"value"`
	Label    string   `json:"label"`
	Meaning  string   `json:"meaning"`
	Decisive bool     `json:"decisive" doc:"It can be a dossier's status"`
	Final    bool     `json:"final" doc:"Nothing more is expected of the same text"`
	Next     []string `json:"next" doc:"What can come next, likeliest first"`
}

// NewVocabulary returns all closed lists.
func NewVocabulary() Vocabulary {
	return Vocabulary{
		Kinds: words(policy.Kinds), Stances: words(policy.Stances), Effects: words(policy.Effects), Sides: words(policy.Sides),
		Measures: words(policy.Measures), Grades: words(policy.Grades), Surenesses: words(policy.Surenesses),
		DossierKinds: words(policy.DossierKinds), ActorKinds: words(policy.ActorKinds), Origins: words(policy.Origins), Healths: words(policy.Healths),
		Stages: each(policy.Stages, stage),
	}
}

func words[T ~string](l policy.List[T]) []Word {
	return each(l, func(w policy.Word[T]) Word { return Word{string(w.Value), w.Label, w.Meaning} })
}

func stage(w policy.StageWords) Stage {
	return Stage{
		Value: string(w.Stage), Label: w.Label, Meaning: w.Meaning, Decisive: w.Decisive, Final: w.Final,
		Next: each(w.Next, func(s policy.Stage) string { return string(s) }),
	}
}
