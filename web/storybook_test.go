package web_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// storybook is every sort of item and source that a page may have to show. All of
// it is made up: no such publisher, page or sentence exists.
func storybook() *memory {
	m := &memory{sources: storySources(), items: storyItems(), events: storyEvents(), candidates: storyCandidates()}
	for i := range m.items {
		item := &m.items[i]
		item.ID = policy.ItemID(len(m.items) - i)
		item.Story = item.ID
		item.FirstSeenAt = now().Add(-time.Duration(i) * 7 * time.Hour)
		item.ContentChangedAt = item.FirstSeenAt
		item.Sightings = append([]policy.Sighting{{
			Source: item.Document.Source, URL: item.Document.URL, Title: item.Document.Title,
			SeenAt: item.FirstSeenAt, Item: item.ID,
		}}, item.Sightings...)
	}
	slices.SortStableFunc(m.items, func(a, b policy.Item) int { return b.ShownAt().Compare(a.ShownAt()) })
	return m
}

func storyItems() []policy.Item {
	items := []policy.Item{
		committeeVote(), openLetter(), arabic(), japanese(), ministerSpeech(), bothWays(), hostile(), undated(), foreign(), monthOnly(), irrelevant(),
	}
	return append(items, older()...)
}

// mark finds words in a document and returns them as evidence.
func mark(d policy.Document, field, words string) policy.Span {
	text := d.Text
	switch field {
	case "title":
		text = d.Title
	case "summary":
		text = d.Summary
	}
	at := strings.Index(text, words)
	if at < 0 {
		panic("the storybook's text lacks " + words)
	}
	return policy.Span{Field: field, Start: at, End: at + len(words), Text: words}
}

func relevant(confidence float64, spans ...policy.Span) policy.Tag {
	return policy.Tag{Value: "yes", Confidence: confidence, Evidence: spans, Reasons: []string{"It names a measure of encryption policy"}}
}

func tags(values ...string) []policy.Tag {
	var all []policy.Tag
	for i, v := range values {
		all = append(all, policy.Tag{Value: v, Confidence: 0.97 - 0.11*float64(i)})
	}
	return all
}

func tag(value string, confidence float64) policy.Tag {
	return policy.Tag{Value: value, Confidence: confidence}
}

func committeeVote() policy.Item {
	d := policy.Document{
		Source: "example-assembly", EntryID: "A-2026/118", URL: "https://assembly.example.org/records/118",
		CanonicalURL: "https://assembly.example.org/records/118",
		Title:        "Committee adopts its report on detection orders and excludes end-to-end encrypted services",
		Byline:       "Press service of the Example Assembly",
		Text: "The committee adopted its report this morning by 41 votes to 12. The text excludes end-to-end encrypted services from detection orders. " +
			"It also forbids any order that would oblige a provider to scan messages on the device of the person who writes them.\n\n" +
			"The rapporteur said that the committee had heard more than thirty experts. The report goes to the plenary, which is expected to vote on it in December. " +
			"Members of two groups announced amendments that would bring client-side scanning back in narrower form.\n\n" +
			"The full record of the meeting, with the result of each vote, is published with this notice.",
		Language: "en", Published: policy.Moment(time.Date(2026, 11, 24, 8, 5, 0, 0, time.UTC)),
		Kind: policy.KindLegislation, Jurisdiction: "EU", Grade: policy.GradeOfficial, OfficialIDs: []string{"A-2026/118"},
		Steps:       []policy.Step{{Date: policy.Day(2026, 11, 24), Stage: policy.StageCommittee, Text: "Report adopted in committee", Body: "Committee on Examples"}},
		Attachments: []policy.Attachment{{URL: "https://assembly.example.org/records/118.pdf", MediaType: "application/pdf", Title: "Full record"}},
		Capture: policy.Capture{
			URL: "https://assembly.example.org/records/118", FetchedAt: now().Add(-40 * time.Minute), Status: 200, MediaType: "text/html",
			Digest:  "sha256:5e884898da28047151d0e56f8dc6292773603d0d6aabbdd62a11ef721d1542d8",
			Archive: "2026-11-24-0001.warc.gz:48213",
		},
	}
	scan := mark(d, "text", "scan messages on the device")
	return policy.Item{Document: d, Tags: policy.Tags{
		Version: "rules-2026.11 + record-2026.11.20", Language: "en",
		Relevant: relevant(0.99, mark(d, "title", "end-to-end encrypted")),
		Kind:     policy.Tag{Value: "legislation", Confidence: 0.98, Reasons: []string{"The source is a parliament’s record", "It states a procedure id"}},
		Stance: policy.Tag{Value: "neutral", Confidence: 0.84, Evidence: []policy.Span{mark(d, "text", "The rapporteur said")},
			Reasons: []string{"Records a vote in plain words", "Views are put in the mouths of others"}},
		Jurisdictions: []policy.Tag{{Value: "EU", Confidence: 0.96, Reasons: []string{"The source’s home"}}},
		Measures: []policy.Tag{
			{Value: "client-side-scanning", Confidence: 0.95, Evidence: []policy.Span{scan, mark(d, "text", "client-side scanning")}},
			{Value: "e2ee-protection", Confidence: 0.78, Evidence: []policy.Span{mark(d, "text", "excludes end-to-end encrypted services")}},
		},
		Dossiers: []policy.Tag{{Value: "eu-csa-regulation", Confidence: 0.88, Evidence: []policy.Span{mark(d, "title", "detection orders")}}},
		Actors:   tags("signal"),
		Positions: []policy.Claim{{Actor: "signal", Side: policy.SideOpposes, Dossier: "eu-csa-regulation", Confidence: 0.66,
			Evidence: []policy.Span{mark(d, "text", "Members of two groups announced amendments")}}},
		Event: policy.Tag{Value: "committee", Confidence: 0.93, Evidence: []policy.Span{mark(d, "text", "adopted its report")}}, EventDate: policy.Day(2026, 11, 24),
	},
		Corrections: []policy.Correction{{Facet: policy.FacetMeasure, Value: "e2ee-protection", Verdict: policy.VerdictAdd,
			By: "A. Reader", Note: "The second sentence says so.", At: now().Add(-20 * time.Minute)}},
		Opinions: []policy.Opinion{
			{Model: "example-model", At: now().Add(-10 * time.Minute), Facet: policy.FacetStance, Value: "neutral", Confidence: 0.7},
			{Model: "example-model", At: now().Add(-10 * time.Minute), Facet: policy.FacetMeasure, Value: "traceability", Reason: `It says "<b>trace</b>".`},
		},
		Sightings: []policy.Sighting{
			{Source: "example-gazette", URL: "https://gazette.example.net/a/77", Title: "Committee spares encrypted messengers", SeenAt: now(), Item: 3},
			{Source: "beispiel-blatt", URL: "javascript:alert(2)", Title: "Ausschuss nimmt Verschlüsselung aus", SeenAt: now()},
		},
	}
}

func openLetter() policy.Item {
	d := policy.Document{
		Source: "example-rights", URL: "https://rights.example.com/letter",
		Title: "Open letter: a door for one is a door for all", Grade: policy.GradeFirstHand, Language: "en",
		Summary:   "Forty organisations ask the government to drop the clause. Whoever weakens encryption for one purpose weakens it for every purpose, they write, and nobody can promise who walks through.",
		Published: policy.Day(2026, 11, 24), Kind: policy.KindAdvocacy, Jurisdiction: "GB",
	}
	return policy.Item{Document: d, Tags: policy.Tags{Version: "rules-2026.11", Language: "en", Relevant: relevant(0.97), Kind: tag("advocacy", 0.95),
		Stance:        policy.Tag{Value: "protects", Confidence: 0.96, Evidence: []policy.Span{mark(d, "summary", "weakens encryption")}},
		Jurisdictions: tags("GB"), Measures: tags("backdoor-mandate", "key-disclosure")}}
}

func arabic() policy.Item {
	d := policy.Document{Source: "example-arabic", URL: "https://arabic.example.org/1", Language: "ar",
		Title: "لجنة برلمانية تناقش مشروع قانون ينظم خدمات التشفير", Summary: "يناقش المشروع منح تراخيص لمقدمي خدمات التشفير، ويطالب خبراء بحذف المادة الخامسة.",
		Published: policy.Day(2026, 11, 23), Grade: policy.GradePress}
	return policy.Item{Document: d, Tags: policy.Tags{Language: "ar", Relevant: relevant(0.9, mark(d, "title", "التشفير")), Kind: tag("news", 0.8),
		Stance: tag("neutral", 0.71), Jurisdictions: tags("EG"), Measures: tags("provider-licensing")}}
}

func japanese() policy.Item {
	d := policy.Document{Source: "example-japan", URL: "https://japan.example.org/1", Language: "ja",
		Title: "暗号化通信をめぐる有識者会議、報告書案を公表", Summary: "報告書案は、端末での検査を義務づけないことを確認した。意見募集は十二月まで続く。",
		Published: policy.Day(2026, 11, 23), Grade: policy.GradePress}
	return policy.Item{Document: d, Tags: policy.Tags{Language: "ja", Relevant: relevant(0.92), Kind: tag("news", 0.86), Stance: tag("neutral", 0.8),
		Jurisdictions: tags("JP"), Measures: tags("client-side-scanning")}}
}

func ministerSpeech() policy.Item {
	d := policy.Document{Source: "example-ministry", URL: "https://ministry.example.org/speech", Language: "fr",
		Title:   "Discours de la ministre : « la loi doit pouvoir lire ce qu’un juge autorise »",
		Summary: "La ministre demande que les fournisseurs de messageries gardent un moyen d’accès aux échanges chiffrés, sous le contrôle d’un juge.",
		Text: "La ministre demande que les fournisseurs de messageries gardent un moyen d’accès aux échanges chiffrés, sous le contrôle d’un juge. " +
			"Elle annonce un projet de loi pour le printemps.", Published: policy.Day(2026, 11, 21), Grade: policy.GradeOfficial, Paywalled: false}
	return policy.Item{Document: d, Tags: policy.Tags{Language: "fr", Relevant: relevant(0.98), Kind: tag("official", 0.97),
		Stance:        policy.Tag{Value: "weakens", Confidence: 0.91, Evidence: []policy.Span{mark(d, "text", "gardent un moyen d’accès")}},
		Jurisdictions: tags("FR", "EU"), Measures: tags("lawful-access-capability", "backdoor-mandate"), Dossiers: tags("fr-narcotrafic-8ter"),
		Event: tag("announced", 0.7)}}
}

func bothWays() policy.Item {
	d := policy.Document{Source: "example-gazette", URL: "https://gazette.example.net/a/70", Language: "en", Paywalled: true,
		Title:   "Encryption should stay strong, and the police should get in anyway",
		Summary: "Our columnist wants both.", Published: policy.Day(2026, 11, 20), Grade: policy.GradePress, Problems: []string{"The author’s name was not found"}}
	return policy.Item{Document: d, Tags: policy.Tags{Language: "en", Relevant: relevant(0.88), Kind: tag("opinion", 0.9), Stance: tag("mixed", 0.64),
		Jurisdictions: tags("US", "US-FL"), Measures: tags("lawful-access-capability")}}
}

// hostile is what a source sends who wants to run code in our readers' browsers.
func hostile() policy.Item {
	d := policy.Document{Source: "example-gazette", URL: "javascript:alert(document.cookie)", Language: `en" onload="alert(1)`,
		Title:     `<script>alert("title")</script> A bill with "quotes" & <b>tags</b>`,
		Summary:   `<img src=x onerror=alert(1)> and </p></article><script src="https://evil.example/x.js"></script>`,
		Text:      `<img src=x onerror=alert(1)> and </p></article><script src="https://evil.example/x.js"></script>`,
		Byline:    `"><script>alert(3)</script>`,
		Published: policy.Day(2026, 11, 19), Grade: policy.GradeSecondary,
		Attachments: []policy.Attachment{{URL: "data:text/html,<script>alert(1)</script>", Title: "<i>file</i>", MediaType: "text/html"}},
		Capture:     policy.Capture{URL: "javascript:alert(4)", Digest: "<b>", Status: 200}}
	return policy.Item{Document: d, Tags: policy.Tags{
		Relevant: policy.Tag{Value: "yes", Confidence: 0.7, Evidence: []policy.Span{
			{Field: "text", Start: -4, End: 9999, Text: "<script>span</script>"}, mark(d, "text", "onerror=alert(1)")}, Reasons: []string{"<script>reason</script>"}},
		Kind: tag("news", 0.6), Stance: tag("neutral", 0.6), Jurisdictions: tags("<u>XX</u>"), Dossiers: tags(`"><script>alert(5)</script>`)}}
}

func undated() policy.Item {
	d := policy.Document{Source: "beispiel-blatt", URL: "https://blatt.example.net/u", Language: "de",
		Title: "Was die neue Richtlinie für Messenger bedeutet", Text: strings.Repeat("Ein Satz über Verschlüsselung und Recht. ", 60), Grade: policy.GradePress}
	return policy.Item{Document: d, Tags: policy.Tags{Language: "de", Relevant: relevant(0.81, mark(d, "text", "Verschlüsselung")), Kind: tag("news", 0.7),
		Stance: tag("neutral", 0.66), Jurisdictions: tags("DE")}}
}

// foreign is a text of which no source of ours is known.
func foreign() policy.Item {
	d := policy.Document{URL: "https://www.elsewhere.example.com/a", Language: "es", Title: "Una ley sobre claves", Published: policy.Day(2026, 10, 12),
		Text: strings.Repeat("Celda\n\n", 60), Grade: policy.GradeSecondary}
	return policy.Item{Document: d, Tags: policy.Tags{Language: "es", Relevant: relevant(0.7), Kind: tag("other", 0.6), Stance: tag("neutral", 0.6)}}
}

func monthOnly() policy.Item {
	d := policy.Document{Source: "example-assembly", URL: "https://assembly.example.org/2", Language: "en",
		Title: "Work programme names a proposal on lawful access", Published: policy.Month(2026, time.October), Grade: policy.GradeOfficial}
	return policy.Item{Document: d, Tags: policy.Tags{Language: "en", Relevant: relevant(0.9), Kind: tag("official", 0.9), Stance: tag("neutral", 0.9), Jurisdictions: tags("EU")}}
}

func irrelevant() policy.Item {
	return policy.Item{Document: policy.Document{Source: "example-gazette", URL: "https://gazette.example.net/a/1", Title: "Phone maker shows new camera",
		Language: "en", Published: policy.Day(2026, 10, 2)}, Tags: policy.Tags{Language: "en", Relevant: tag("no", 0.99), Kind: tag("news", 0.9)}}
}

// older are enough items to need pages and to fill months.
func older() []policy.Item {
	var items []policy.Item
	places := []string{"GB", "EU", "US", "IN", "SE", "FR", "DE", "EU", "GB"}
	stances := []string{"neutral", "protects", "neutral", "weakens", "neutral", "mixed", "neutral"}
	for i := range 48 {
		date := time.Date(2026, 9, 30, 0, 0, 0, 0, time.UTC).AddDate(0, 0, -i*i/3-i)
		items = append(items, policy.Item{
			Document: policy.Document{Source: "example-gazette", URL: fmt.Sprintf("https://gazette.example.net/b/%d", i), Language: "en",
				Title: fmt.Sprintf("Report number %d on a bill about encryption", i+1), Summary: "A short report in the archive of a made-up newspaper.",
				Published: policy.Day(date.Year(), date.Month(), date.Day()), Grade: policy.GradePress},
			Tags: policy.Tags{Language: "en", Relevant: relevant(0.9), Kind: tag("news", 0.9), Stance: tag(stances[i%len(stances)], 0.8),
				Jurisdictions: tags(places[i%len(places)]), Measures: tags("interception")},
		})
	}
	return items
}

func storySources() []policy.SourceStatus {
	source := func(id, name, place, language string, kind policy.Kind, grade policy.Grade) policy.SourceStatus {
		return policy.SourceStatus{
			Source: policy.Source{ID: id, Name: name, Home: "https://" + id + ".example.org/", Jurisdiction: place, Language: language,
				Kind: kind, Grade: grade, Interval: time.Hour},
			Health: policy.HealthOK, TriedAt: now().Add(-25 * time.Minute), SucceededAt: now().Add(-25 * time.Minute),
			NextAt: now().Add(35 * time.Minute), NewestAt: now().Add(-2 * time.Hour), Items: 1240, Relevant: 31,
		}
	}
	assembly := source("example-assembly", "Example Assembly", "EU", "en", policy.KindLegislation, policy.GradeOfficial)
	assembly.Licence, assembly.Attribution = "CC BY 4.0", "© Example Assembly"
	gazette := source("example-gazette", "The Example Gazette", "GB", "en", policy.KindNews, policy.GradePress)
	gazette.Health = policy.HealthNotModified
	rights := source("example-rights", "Example Rights Network", "GB", "en", policy.KindAdvocacy, policy.GradeFirstHand)
	ministry := source("example-ministry", "Ministère de l’Exemple", "FR", "fr", policy.KindOfficial, policy.GradeOfficial)
	ministry.Health, ministry.Detail, ministry.Failures = policy.HealthBlocked, "HTTP 403: a firewall answered instead of the site", 4
	ministry.SucceededAt, ministry.NextAt = now().Add(-50*time.Hour), now().Add(6*time.Hour)
	blatt := source("beispiel-blatt", "Das Beispiel-Blatt", "DE", "de", policy.KindNews, policy.GradePress)
	blatt.Health, blatt.Detail, blatt.MovedTo, blatt.MovedSeen = policy.HealthMoved, "It answers from another address since 20 November", "https://neu.example.org/feed", 3
	fresh := source("example-arabic", "صحيفة المثال", "EG", "ar", policy.KindNews, policy.GradePress)
	fresh.Health, fresh.TriedAt, fresh.SucceededAt, fresh.NewestAt, fresh.Items, fresh.Relevant = policy.HealthNew, time.Time{}, time.Time{}, time.Time{}, 0, 0
	off := source("example-japan", "例新聞", "JP", "ja", policy.KindNews, policy.GradePress)
	off.Health, off.Disabled, off.NextAt = policy.HealthDisabled, "Its terms ask that it is not read by programs", time.Time{}
	florida := source("example-florida", "Florida Example Senate", "US-FL", "en", policy.KindLegislation, policy.GradeOfficial)
	florida.Health, florida.Detail, florida.Failures = policy.HealthTimeout, "No answer within 30 seconds", 1
	return []policy.SourceStatus{assembly, gazette, rights, ministry, blatt, fresh, off, florida}
}
