package knowledge_test

import (
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/knowledge"
)

func TestStated(t *testing.T) {
	base, err := knowledge.Load()
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct{ name, id, home, want string }{
		{"at home", "2022/0155(COD)", "EU", "eu-csa-regulation"},
		{"written otherwise", "com(2022)209", "EU", "eu-csa-regulation"},
		{"an EU number in a member state", "2022/0155 (COD)", "DE", "eu-csa-regulation"},
		{"an EU number from nowhere", "2022/0155(COD)", "", "eu-csa-regulation"},
		{"a state's number in another state", "SB 868", "US-TX", ""},
		{"a state's number in its own", "SB 868", "US-FL", "us-fl-sb-868"},
		{"a state's short number from the country", "SB 868", "US", ""},
		{"a country's number in another", "Section 69", "GB", ""},
		{"a long number in another country", "Act 70 of 2002", "NZ", ""},
		{"unknown", "2099/0001(COD)", "EU", ""},
		{"empty", "", "EU", ""},
		{"only brackets", "()", "EU", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			got, ok := base.Stated(tc.id, tc.home)
			if got.ID != tc.want || ok != (tc.want != "") {
				t.Errorf("%q in %q: got %q, %v, want %q", tc.id, tc.home, got.ID, ok, tc.want)
			}
		})
	}
}
