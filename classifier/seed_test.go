package classifier_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func record(t testing.TB) *knowledge.Base {
	t.Helper()
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	return base
}

// seed is a text of our own about the events that started the project.
var seed = policy.Document{
	Title:     "Telegram would rather leave a market than build a backdoor, says Durov",
	Published: policy.Day(2025, 4, 22),
	Text: `Telegram's chief executive, Pavel Durov, says that Telegram would rather leave a market than put a backdoor into its encryption or undermine it.

France came close. Lawmakers there debated a bill against drug trafficking, the narcotrafic bill, whose article 8 ter would have obliged messengers to give the police access to private messages. The National Assembly rejected it in March 2025. Yet the Paris Police Prefect has called for backdoors again and again, and Durov himself was arrested in France in August 2024.

The European Union follows the same road. With its ProtectEU strategy the Commission wants technical solutions for the authorities by 2026.

Under the Digital Services Act Telegram hands IP addresses and phone numbers of suspects to the authorities when a valid court order is shown. It says that in twelve years it has never disclosed the content of a private message.

There is no backdoor only for the good guys. Once it exists, everyone can use it: criminals, foreign spies, whoever finds it. Criminals would simply move to other apps, while law-abiding people are left exposed. Weakening encryption makes us all less safe.`,
}

func TestTheArticleThatStartedIt(t *testing.T) {
	tags := load(t).Classify(seed)
	if !tags.IsRelevant() || tags.Language != "en" {
		t.Errorf("relevant %v, language %q", tags.Relevant, tags.Language)
	}
	if k := tags.Kind.Value; k != "news" && k != "opinion" {
		t.Errorf("kind is %q", k)
	}
	if tags.Stance.Value != "protects" {
		t.Errorf("stance is %+v", tags.Stance)
	}
	equal(t, "jurisdictions", tags.Jurisdictions, "EU", "FR")
	contains(t, "measures", tags.Measures, "backdoor-mandate")
	contains(t, "dossiers", tags.Dossiers, "eu-protecteu", "fr-narcotrafic-8ter", "int-telegram-exit-statement-2025", "fr-durov-telegram-case")
	if !tags.Event.IsZero() {
		t.Errorf("the event %+v is not the article's news", tags.Event)
	}
	sides := map[string]policy.Side{}
	for _, p := range tags.Positions {
		sides[p.Actor] = p.Side
	}
	if sides["telegram"] != policy.SideOpposes || sides["pavel-durov"] != policy.SideOpposes || sides["laurent-nunez"] != policy.SideSupports {
		t.Errorf("positions are %v", tags.Positions)
	}
	i := slices.IndexFunc(tags.Dossiers, func(d policy.Tag) bool { return d.Value == "fr-narcotrafic-8ter" })
	if i >= 0 && !strings.Contains(strings.Join(tags.Dossiers[i].Reasons, "; "), "Rejected, March 2025") {
		t.Errorf("the rejection of March 2025 is not recognised: %v", tags.Dossiers[i].Reasons)
	}
}

func contains(t *testing.T, what string, tags []policy.Tag, want ...string) {
	t.Helper()
	for _, w := range want {
		if !slices.ContainsFunc(tags, func(tag policy.Tag) bool { return tag.Value == w }) {
			t.Errorf("%s lack %s: %v", what, w, tags)
		}
	}
}

func equal(t *testing.T, what string, tags []policy.Tag, want ...string) {
	t.Helper()
	var got []string
	for _, tag := range tags {
		got = append(got, tag.Value)
	}
	slices.Sort(got)
	if !slices.Equal(got, want) {
		t.Errorf("%s are %v, want %v", what, got, want)
	}
}
