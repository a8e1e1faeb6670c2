package classifier

import "testing"

func TestFindDates(t *testing.T) {
	for text, want := range map[string]string{
		"rejected it in March 2025.":          "2025-03",
		"on 12 May 2026 the law":              "2026-05-12",
		"May 12, 2026":                        "2026-05-12",
		"am 3. Oktober 2025 beschlossen":      "2025-10-03",
		"le 20 mars 2025, les députés":        "2025-03-20",
		"в октябре 2024 года":                 "2024-10",
		"may vote in 2026":                    "",
		"it may 2026 be":                      "2026-05",
		"in 2025 they will march":             "",
		"CSAM 2022/0155 is no date":           "",
		"listopadu 2025 schválila sněmovna":   "2025-11",
		"Marchers met in 2025 by the hundred": "",
	} {
		got := ""
		if dates := findDates(text); len(dates) > 0 {
			got = dates[0].String()
		}
		if got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
}
