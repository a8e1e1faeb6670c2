package parse

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/encoding/unicode/utf32"
)

const (
	nameUTF8    = "utf-8"
	nameLatin   = "windows-1252"
	metaWindow  = 128 << 10 // how far into a page a late <meta charset> is looked for
	nulEvidence = 4 << 10   // how many bytes are looked at for the pattern of UTF-16
)

// UTF8 returns the body as valid UTF-8 and the name of the character set that
// it was read in. What the bytes themselves show comes before what labels say:
// a byte order mark, the NUL bytes of UTF-16, valid UTF-8; only then the
// charset of HTTP, the declaration in the document, and at last a guess by
// language. Latin-1 is read as windows-1252, as everybody does. A declaration of
// another character set in an XML document is rewritten, so that nobody decodes
// a second time.
func UTF8(in Input) (text []byte, charsetUsed string) {
	text, charsetUsed = decode(in)
	if !utf8.Valid(text) {
		text = bytes.ToValidUTF8(text, []byte("\uFFFD"))
	}
	return redeclare(text), charsetUsed
}

func decode(in Input) ([]byte, string) {
	if text, name, ok := byMark(in.Body); ok {
		return text, name
	}
	if text, name, ok := byNUL(in.Body); ok {
		return text, name
	}
	if utf8.Valid(in.Body) && !escapesToJapanese(in.Body) || mostlyUTF8(in.Body) {
		return in.Body, nameUTF8
	}
	for _, label := range []string{in.Charset, declared(in.Body)} {
		if enc, name, ok := usable(label); ok {
			if name == nameUTF8 {
				if !plausibleUTF8(in.Body) {
					continue
				}
				return in.Body, nameUTF8
			}
			return convert(enc, in.Body), name
		}
	}
	return guess(in)
}

// byMark reads a byte order mark.
func byMark(body []byte) ([]byte, string, bool) {
	switch {
	case bytes.HasPrefix(body, []byte("\xEF\xBB\xBF")):
		return bytes.TrimPrefix(body, []byte("\xEF\xBB\xBF")), nameUTF8, true
	case bytes.HasPrefix(body, []byte("\xFF\xFE\x00\x00")):
		return convert(utf32.UTF32(utf32.LittleEndian, utf32.ExpectBOM), body), "utf-32le", true
	case bytes.HasPrefix(body, []byte("\x00\x00\xFE\xFF")):
		return convert(utf32.UTF32(utf32.BigEndian, utf32.ExpectBOM), body), "utf-32be", true
	case bytes.HasPrefix(body, []byte("\xFF\xFE")):
		return convert(unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM), body), "utf-16le", true
	case bytes.HasPrefix(body, []byte("\xFE\xFF")):
		return convert(unicode.UTF16(unicode.BigEndian, unicode.ExpectBOM), body), "utf-16be", true
	}
	return nil, "", false
}

// byNUL knows UTF-16 without a mark by its NUL bytes, all on one side.
func byNUL(body []byte) ([]byte, string, bool) {
	window := body[:min(len(body), nulEvidence)]
	var side [2]int
	for i, b := range window {
		if b == 0 {
			side[i%2]++
		}
	}
	enough := len(window) / 8
	switch {
	case len(window) < 4:
	case side[1] > enough && side[0] <= side[1]/8:
		return convert(unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), body), "utf-16le", true
	case side[0] > enough && side[1] <= side[0]/8:
		return convert(unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), body), "utf-16be", true
	}
	return nil, "", false
}

// escapesToJapanese reports whether the bytes, all of seven bits, hold the
// escape sequences of ISO-2022-JP.
func escapesToJapanese(body []byte) bool {
	return bytes.Contains(body, []byte("\x1B$B")) || bytes.Contains(body, []byte("\x1B$@"))
}

// mostlyUTF8 reports whether so many characters are valid multi-byte UTF-8 that
// the few bad bytes are damage, whatever the label says.
func mostlyUTF8(body []byte) bool {
	good, bad := multibyte(body)
	return good >= 20 && bad*20 <= good
}

// plausibleUTF8 is the weaker test for a text that is labelled as UTF-8.
func plausibleUTF8(body []byte) bool {
	good, bad := multibyte(body)
	return good >= bad
}

func multibyte(body []byte) (good, bad int) {
	for len(body) > 0 {
		if body[0] < utf8.RuneSelf {
			body = body[1:]
			continue
		}
		r, size := utf8.DecodeRune(body)
		if r == utf8.RuneError && size == 1 {
			bad++
		} else {
			good++
		}
		body = body[size:]
	}
	return good, bad
}

var (
	xmlEncoding = regexp.MustCompile(`^[\s\x{FEFF}]*<\?xml[^>]{0,200}?encoding\s*=\s*["']?([A-Za-z0-9._:-]+)["']?`)
	metaCharset = regexp.MustCompile(`(?i)<meta[^>]{1,300}?charset\s*=\s*["']?\s*([a-z0-9._:-]+)`)
)

// declared returns the character set that the document itself names.
func declared(body []byte) string {
	if m := xmlEncoding.FindSubmatch(body[:min(len(body), 1024)]); m != nil {
		return string(m[1])
	}
	if m := metaCharset.FindSubmatch(body[:min(len(body), metaWindow)]); m != nil {
		return string(m[1])
	}
	return ""
}

// usable looks a label up. UTF-16 is not usable: had the bytes been UTF-16,
// their NUL bytes would have shown it.
func usable(label string) (encoding.Encoding, string, bool) {
	label = strings.Trim(strings.TrimSpace(label), `"'`)
	if label == "" {
		return nil, "", false
	}
	enc, name := charset.Lookup(label)
	if enc == nil || strings.HasPrefix(name, "utf-16") || name == "replacement" || name == "x-user-defined" {
		return nil, "", false
	}
	return enc, name, true
}

func convert(enc encoding.Encoding, body []byte) []byte {
	text, err := enc.NewDecoder().Bytes(body)
	if err != nil {
		// The decoders replace what they cannot read and do not fail; should one
		// do so, the readable start is worth more than nothing.
		return bytes.ToValidUTF8(body, []byte("\uFFFD"))
	}
	return bytes.TrimPrefix(text, []byte("\uFEFF"))
}

// byLanguage names the usual legacy character sets of a language, tried in
// order; what is absent uses windows-1252.
var byLanguage = map[string][]string{
	"ja": {"euc-jp", "shift_jis"}, "ko": {"euc-kr"}, "zh": {"gbk", "big5"},
	"ru": {"windows-1251"}, "uk": {"windows-1251"}, "bg": {"windows-1251"}, "sr": {"windows-1251"}, "mk": {"windows-1251"}, "be": {"windows-1251"},
	"el": {"windows-1253"}, "tr": {"windows-1254"}, "he": {"windows-1255"}, "ar": {"windows-1256"}, "fa": {"windows-1256"},
	"lt": {"windows-1257"}, "lv": {"windows-1257"}, "et": {"windows-1257"}, "vi": {"windows-1258"}, "th": {"windows-874"},
	"pl": {"windows-1250"}, "cs": {"windows-1250"}, "sk": {"windows-1250"}, "hu": {"windows-1250"}, "sl": {"windows-1250"}, "hr": {"windows-1250"}, "ro": {"windows-1250"},
}

func guess(in Input) ([]byte, string) {
	if escapesToJapanese(in.Body) {
		enc, name := charset.Lookup("iso-2022-jp")
		return convert(enc, in.Body), name
	}
	var first []byte
	var firstName string
	for _, label := range byLanguage[primary(in.Language)] {
		enc, name := charset.Lookup(label)
		text := convert(enc, in.Body)
		if !bytes.ContainsRune(text, utf8.RuneError) {
			return text, name
		}
		if first == nil {
			first, firstName = text, name
		}
	}
	if first != nil {
		return first, firstName
	}
	enc, name := charset.Lookup(nameLatin)
	return convert(enc, in.Body), name
}

// primary returns the language of a BCP 47 tag, in lower case: "pt" of "pt-BR".
func primary(tag string) string {
	tag = strings.ToLower(strings.TrimSpace(tag))
	if i := strings.IndexAny(tag, "-_,;/ "); i >= 0 {
		tag = tag[:i]
	}
	return tag
}

// redeclare makes an XML declaration that names another character set say UTF-8.
func redeclare(text []byte) []byte {
	head := text[:min(len(text), 1024)]
	m := xmlEncoding.FindSubmatchIndex(head)
	if m == nil || strings.EqualFold(string(head[m[2]:m[3]]), nameUTF8) {
		return text
	}
	out := make([]byte, 0, len(text)+8)
	out = append(out, text[:m[2]]...)
	out = append(out, nameUTF8...)
	return append(out, text[m[3]:]...)
}
