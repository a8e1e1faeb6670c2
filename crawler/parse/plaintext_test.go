package parse

import "testing"

func TestPlainText(t *testing.T) {
	for _, c := range []struct{ name, fragment, want string }{
		{"no markup", " The  bill\n passed. ", "The bill passed."},
		{"paragraphs", "<p>One.</p><p>Two <b>bold</b>.</p>", "One.\n\nTwo bold."},
		{"inline elements join", "encrypt<i>ion</i>", "encryption"},
		{"line breaks", "a<br>b<br/>c", "a\nb\nc"},
		{"list", "<ul><li>a</li><li>b</li></ul>", "a\nb"},
		{"text without markup keeps its empty lines", "One\nline.\n \nTwo.", "One line.\n\nTwo."},
		{"preformatted", "<pre>SEC. 1. The\nAct.\n\nSEC. 2. Its\nname.</pre>a\n\nb", "SEC. 1. The Act.\n\nSEC. 2. Its name.\n\na b"},
		{"table", "<table><tr><td>a</td><td>b</td></tr></table>", "a b"},
		{"entities", "Caf&eacute; &amp; bar &#8211; 1 &lt; 2", "Café & bar – 1 < 2"},
		{"scripts are not text", "a<script>if (x < 1) { document.write('<p>no</p>') }</script><style>p{}</style>b", "ab"},
		{"hidden", `a<span style="display: none">secret</span><div hidden>no<div>no</div></div>b`, "ab"},
		{"comments", "a<!-- b -->c", "ac"},
		{"attributes are not text", `<img alt="NSA" src="x"><a href="https://example.org/nsa" title="nsa">link</a>`, "link"},
		{"unclosed", "<p>one<p>two<div", "one\n\ntwo"},
		{"soft hyphens and zero width", "Vor\u00ADrats\u200Bdaten\u200D\u2060speicherung&shy;", "Vorratsdatenspeicherung"},
		{"direction marks", "abc\u202Edef\u202C", "abcdef"},
		{"NFC", "Cafe\u0301", "Café"},
		{"no-break space", "a&nbsp;&nbsp;b", "a b"},
		{"controls", "a\x00b\x1Fc", "a b c"},
		{"less-than in prose", "1 < 2 and 3 > 2", "1 < 2 and 3 > 2"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := PlainText(c.fragment); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
