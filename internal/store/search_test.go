package store_test

import (
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
	"github.com/backdoorwatch/backdoorwatch/internal/store"
)

// TestSearch looks for the same words on both databases, in many scripts.
func TestSearch(t *testing.T) {
	texts := map[string]string{
		"en":    "The UK's end-to-end encryption bill: a ghost protocol for WhatsApp. See https://example.org/e2ee?x=1",
		"fr":    "Le chiffrement est menacé par l'amendement ; les œuvres du Sénat.",
		"de":    "Die Vorratsdatenspeicherung kommt zurück, sagt das Ministerium in der Straße.",
		"tr":    "İstanbul'da şifreleme yasası ve ılımlı görüş",
		"pl":    "Szyfrowanie i łączność, ustawa o służbach",
		"ru":    "Ёжик и закон о шифровании: мой телефон",
		"el":    "Ο νόμος για την κρυπτογράφηση της επικοινωνίας",
		"ar":    "قانون التَّشْفِير في الأردن وحكومة إسبانيا",
		"fa":    "قانون رمزنگاری کشور",
		"he":    "חוק ההצפנה וְהַפְּרָטִיּוּת",
		"hi":    "एन्क्रिप्शन क़ानून और निजता",
		"zh":    "政府提出端到端加密法案，要求平台扫描消息。",
		"ja":    "政府は暗号化の規制とバックドアを検討している。",
		"ko":    "정부는 종단간 암호화 법안을 발표했다",
		"th":    "รัฐบาลเสนอกฎหมายเข้ารหัส",
		"wide":  "Ｆｕｌｌｗｉｄｔｈ ＬＥＴＴＥＲＳ and the ﬁne ligature",
		"title": "nothing here",
	}
	onBoth(t, func(t *testing.T, w world) {
		for id, words := range texts {
			change := []func(*store.Entry){text(words), title("T " + id), func(e *store.Entry) { e.Document.Summary = "" }}
			if id == "title" {
				change = append(change, title("Chat control ends"), func(e *store.Entry) { e.Document.Summary = "begins in summer" })
			}
			w.saved(t, entry("a", id, change...), store.New)
		}
		for _, tc := range []struct{ query, want string }{
			{"encryption", "en"}, {"ENCRYPTION ghost", "en"}, {`"ghost protocol"`, "en"}, {`"protocol ghost"`, ""}, {"protocol ghost", "en"},
			{"end-to-end", "en"}, {"e2ee", "en"}, {"encrypt", ""}, {"example.org/e2ee", "en"},
			{"menace", "fr"}, {"MENACÉ", "fr"}, {"senat", "fr"}, {"oeuvres", "fr"}, {"œuvres", "fr"}, {`"par l'amendement"`, "fr"},
			{"zuruck", "de"}, {"strasse", "de"}, {"Straße", "de"}, {"vorratsdatenspeicherung", "de"},
			{"istanbul", "tr"}, {"sifreleme", "tr"}, {"ilimli", "tr"}, {"lacznosc", "pl"},
			{"ежик", "ru"}, {"ёжик", "ru"}, {"шифровании", "ru"}, {"мой", "ru"}, {"мои", ""},
			{"κρυπτογραφηση", "el"}, {"ΚΡΥΠΤΟΓΡΆΦΗΣΗ", "el"},
			{"التشفير", "ar"}, {"الاردن", "ar"}, {"وحكومه", "ar"}, {"رمزنگاری", "fa"}, {"كشور", "fa"}, {"והפרטיות", "he"},
			{"एन्क्रिप्शन", "hi"}, {"क़ानून", "hi"}, {"क़ानून", "hi"},
			{"加密", "zh"}, {"加", "zh"}, {"密加", ""}, {"端到端加密", "zh"}, {"暗号化", "ja"}, {"バックドア", "ja"}, {"ハックトア", ""},
			{"암호화", "ko"}, {"เข้ารหัส", "th"}, {"fullwidth letters", "wide"}, {"fine", "wide"},
			{"title:chat", "title"}, {`title:"chat control"`, "title"}, {"title:nothing", ""}, {`"ends begins"`, ""}, {`"begins in"`, "title"},
			{"government OR", ""}, {`AND "NOT" ghost`, ""}, {"title:*", "*"}, {`"`, "*"}, {"???", "*"}, {"-??? ghost", "en"},
			{"ghost -whatsapp", ""}, {"ghost -telegram", "en"}, {`chat -"control ends"`, ""}, {`chat -"ends control"`, "title"}, {"chat -title:nothing", "title"},
			{"ghost lang:en", "en"}, {"ghost -lang:en", ""}, {"ghost kind:news", "en"}, {"ghost jurisdiction:GB", ""},
		} {
			t.Run(tc.query, func(t *testing.T) {
				got := w.list(t, policy.Filter{Query: tc.query, Limit: 5})
				switch {
				case tc.want == "*" && len(got) == len(texts) || tc.want == "" && len(got) == 0:
				case len(got) != 1 || got[0] != tc.want:
					t.Errorf("got %v, want %q", got, tc.want)
				}
			})
		}
		if got := w.list(t, policy.Filter{Query: "-encryption"}); len(got) != len(texts)-1 {
			t.Errorf("all but one: got %v", got)
		}
		_, err := w.Items(t.Context(), policy.Filter{Query: "colour:red"})
		invalid(t, err, "colour")
	})
}

func TestSearchKeepsToTheFilter(t *testing.T) {
	onBoth(t, func(t *testing.T, w world) {
		w.saved(t, entry("a", "1", published(policy.Day(2026, 5, 1)), jurisdictions("GB")), store.New)
		w.saved(t, entry("a", "2", published(policy.Day(2026, 5, 2)), jurisdictions("FR")), store.New)
		w.saved(t, entry("b", "3", published(policy.Day(2026, 5, 3)), irrelevant), store.New)
		w.listed(t, policy.Filter{Query: "encryption", Limit: 1}, "2", "1")
		w.listed(t, policy.Filter{Query: "encryption", Limit: 1, Order: policy.OrderOldest, Relevance: policy.AnyRelevance}, "1", "2", "3")
		w.listed(t, policy.Filter{Query: "encryption", Relevance: policy.Irrelevant}, "3")
		w.listed(t, policy.Filter{Query: "encryption", Jurisdictions: []string{"GB", "DE"}}, "1")
		w.listed(t, policy.Filter{Query: "encryption", From: policy.Day(2026, 5, 2)}, "2")
		w.listed(t, policy.Filter{Query: "-title:1", Relevance: policy.AnyRelevance}, "3", "2")
	})
}
