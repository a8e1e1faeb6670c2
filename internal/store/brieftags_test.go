package store

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func TestBriefTagsComeBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		tag := rapid.Custom(func(t *rapid.T) policy.Tag {
			return policy.Tag{Value: rapid.StringMatching(`[a-z0-9-]{1,12}`).Draw(t, "value"), Confidence: rapid.Float64Range(0, 1).Draw(t, "confidence")}
		})
		tags := func(name string) []policy.Tag {
			if all := rapid.SliceOfN(tag, 0, 4).Draw(t, name); len(all) > 0 {
				return all
			}
			return nil
		}
		want := policy.Tags{
			Version: "7", Language: rapid.SampledFrom([]string{"", "pt-BR"}).Draw(t, "language"), Relevant: tag.Draw(t, "relevant"), Kind: tag.Draw(t, "kind"),
			Jurisdictions: tags("jurisdictions"), Measures: tags("measures"), Dossiers: tags("dossiers"), Actors: tags("actors"),
		}
		if rapid.Bool().Draw(t, "event") {
			want.Event, want.EventDate = policy.Tag{Value: "passed", Confidence: .5}, policy.Month(2026, 5)
			want.Positions = []policy.Claim{{Actor: "signal", Side: "opposes", Confidence: .25}, {Actor: "a", Side: "supports", Dossier: "d"}}
		}
		if got, err := readBriefTags(briefTags(want)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got\n%+v, %v, want\n%+v", got, err, want)
		}
	})
}

func TestBriefTagsOfAnotherVersionAreAnError(t *testing.T) {
	for _, text := range []string{"colour\tred\t1\n", "kind\tnews\n", "position\ta\tb\n", "event_date\tMay\n", `{"v":1}`} {
		if got, err := readBriefTags(text); err == nil {
			t.Errorf("%q: got %+v, want an error", text, got)
		}
	}
	got := briefTags(policy.Tags{Actors: []policy.Tag{{Value: "a\tb\nkind\tnews", Confidence: 1}}})
	if want := "version\t\nlang\t\nactor\ta b kind news\t1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
