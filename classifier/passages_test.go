package classifier_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

// act is a long text of our own: sections on many subjects, each with single words
// of law, courts, police and access, and one with whatever is given.
func act(inserted string) policy.Document {
	sections := []string{
		"The Minister shall by order provide that a person who holds a licence under this section keeps a register of premises, and that an inspector has access to the records in it.",
		"A court may, on the application of a member of the police, order that goods which were seized under this Part be returned to their owner or be sold.",
		"Each hospital shall keep the records of its patients confidential and shall take measures such as passwords to protect the data against unauthorised access.",
		"The committee shall consist of seven members. A member who is convicted of an offence ceases to hold office, and the parliament shall be told of it.",
		"Payments made under this Act shall be made out of money provided by the legislature, and the minister shall report on them every year before the end of March.",
	}
	var b strings.Builder
	for i := range 120 {
		fmt.Fprintf(&b, "Section %d. %s\n\n", i+1, sections[i%len(sections)])
		if i == 70 {
			b.WriteString(inserted + "\n\n")
		}
	}
	return policy.Document{Title: "An Act to provide for hospitals, markets and the police", Text: b.String()}
}

func TestLongTextsAreJudgedByTheirPassages(t *testing.T) {
	const passing = "The board may require that the files of a hospital be encrypted when they are sent to the court."
	const substantial = "Section 70A. A provider of an encrypted messaging service shall, when a judge orders it, give the police access to the content of encrypted messages in plain text. " +
		"A provider must not use end-to-end encryption which makes it unable to decrypt the messages when it is served with a warrant. " +
		"Whoever refuses to hand over encryption keys to law enforcement commits an offence."
	for name, one := range map[string]struct {
		inserted string
		relevant bool
	}{
		"single words far apart":  {"", false},
		"a passing word":          {passing, false},
		"a substantial passage":   {substantial, true},
		"the passage in a letter": {strings.ReplaceAll(substantial, "shall", "must"), true},
	} {
		t.Run(name, func(t *testing.T) {
			doc := act(one.inserted)
			tags := load(t).Classify(doc)
			if tags.IsRelevant() != one.relevant {
				t.Fatalf("relevant is %+v, want %v", tags.Relevant, one.relevant)
			}
			checkSpans(t, doc, tags)
			if !one.relevant {
				return
			}
			from := strings.Index(doc.Text, one.inserted) - 400
			for _, s := range tags.Relevant.Evidence {
				if s.Field == "text" && (s.Start < from || s.End > from+800+len(one.inserted)) {
					t.Errorf("the evidence %q at %d lies far from the passage", s.Text, s.Start)
				}
			}
			contains(t, "measures", tags.Measures, "lawful-access-capability")
		})
	}
}

// What the title says, the beginning of a long text need not say again.
func TestTitleOpensLongText(t *testing.T) {
	doc := act("")
	doc.Title = "Chat Control: what the parliament decided"
	if tags := load(t).Classify(doc); !tags.IsRelevant() {
		t.Errorf("a long text under that title is not relevant: %+v", tags.Relevant)
	}
}
