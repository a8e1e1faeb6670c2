package parse

import (
	"testing"
	"unicode/utf8"

	"golang.org/x/net/html/charset"
	"golang.org/x/text/encoding/unicode"
)

// in encodes text in a character set, as a server would send it.
func in(t testing.TB, label, text string) []byte {
	t.Helper()
	enc, _ := charset.Lookup(label)
	body, err := enc.NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func utf16(t testing.TB, order unicode.Endianness, mark unicode.BOMPolicy, text string) []byte {
	t.Helper()
	body, err := unicode.UTF16(order, mark).NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

func TestUTF8(t *testing.T) {
	const xml = `<?xml version="1.0" encoding="`
	for _, c := range []struct {
		name, want, charset string
		in                  Input
	}{
		{"plain UTF-8", "Überwachung", "utf-8", Input{Body: []byte("Überwachung")}},
		{"byte order mark beats the label", "Übung", "utf-8", Input{Charset: "iso-8859-1", Body: []byte("\xEF\xBB\xBFÜbung")}},
		{"UTF-16 with mark", "Übung heute", "utf-16le", Input{Body: utf16(t, unicode.LittleEndian, unicode.UseBOM, "Übung heute")}},
		{"UTF-16 without mark", "Übung heute", "utf-16be", Input{Charset: "utf-8", Body: utf16(t, unicode.BigEndian, unicode.IgnoreBOM, "Übung heute")}},
		{"UTF-16 without mark, little", "Übung heute", "utf-16le", Input{Body: utf16(t, unicode.LittleEndian, unicode.IgnoreBOM, "Übung heute")}},
		{"declares UTF-16, is UTF-8", xml + `utf-8"?><a>Ü</a>`, "utf-8", Input{Body: []byte(xml + `utf-16"?><a>Ü</a>`)}},
		{"declares Latin-1, is UTF-8", xml + `utf-8"?><a>Ü</a>`, "utf-8", Input{Body: []byte(xml + `iso-8859-1"?><a>Ü</a>`)}},
		{"HTTP says Latin-1, is UTF-8", "é", "utf-8", Input{Charset: "iso-8859-1", Body: []byte("é")}},
		{"declares Latin-1, uses windows-1252", xml + `utf-8"?><a>„é“ €</a>`, "windows-1252", Input{Body: in(t, "windows-1252", xml+`iso-8859-1"?><a>„é“ €</a>`)}},
		{"no declaration, is Latin-1", "<a>São</a>", "windows-1252", Input{Body: []byte("<a>S\xE3o</a>")}},
		{"windows-1251 in the declaration", xml + `utf-8"?><a>шифрование</a>`, "windows-1251", Input{Body: in(t, "windows-1251", xml+`windows-1251"?><a>шифрование</a>`)}},
		{"HTTP before the declaration", xml + `utf-8"?><a>шифр</a>`, "koi8-r", Input{Charset: "koi8-r", Body: in(t, "koi8-r", xml+`windows-1251"?><a>шифр</a>`)}},
		{"Greek", xml + `utf-8"?><a>κρυπτογράφηση</a>`, "iso-8859-7", Input{Body: in(t, "iso-8859-7", xml+`iso-8859-7"?><a>κρυπτογράφηση</a>`)}},
		{"Turkish", xml + `utf-8"?><a>şifreleme</a>`, "windows-1254", Input{Body: in(t, "iso-8859-9", xml+`iso-8859-9"?><a>şifreleme</a>`)}},
		{"Chinese", xml + `utf-8"?><a>加密</a>`, "gbk", Input{Body: in(t, "gbk", xml+`gb2312"?><a>加密</a>`)}},
		{"page in Shift_JIS", `<meta charset=Shift_JIS><p>暗号化</p>`, "shift_jis", Input{Body: in(t, "shift_jis", `<meta charset=Shift_JIS><p>暗号化</p>`)}},
		{"page in EUC-KR, http-equiv", `<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><p>암호화</p>`, "euc-kr",
			Input{Body: in(t, "euc-kr", `<meta http-equiv="Content-Type" content="text/html; charset=euc-kr"><p>암호화</p>`)}},
		{"page in ISO-2022-JP", `<meta charset=iso-2022-jp><p>暗号化</p>`, "iso-2022-jp", Input{Body: in(t, "iso-2022-jp", `<meta charset=iso-2022-jp><p>暗号化</p>`)}},
		{"unknown label", "Bär", "windows-1252", Input{Charset: "x-nonsense", Body: []byte("B\xE4r")}},
		{"labelled UTF-8, is Latin-1", "Bär", "windows-1252", Input{Charset: "utf-8", Body: []byte("B\xE4r")}},
		{"guess by language", "шифрование", "windows-1251", Input{Language: "ru-RU", Body: in(t, "windows-1251", "шифрование")}},
		{"guess Japanese", "暗号化の話", "euc-jp", Input{Language: "ja", Body: in(t, "euc-jp", "暗号化の話")}},
		{"guess Japanese, other", "暗号化の話です", "shift_jis", Input{Language: "ja", Body: in(t, "shift_jis", "暗号化の話です")}},
		{"UTF-8 cut inside a character", "ééééé\uFFFD", "utf-8", Input{Charset: "utf-8", Body: []byte("ééééé\xC3")}},
		{"double-encoded text is kept", "Ã–sterreich", "utf-8", Input{Body: []byte("Ã–sterreich")}},
		{"empty", "", "utf-8", Input{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			text, name := UTF8(c.in)
			if string(text) != c.want || name != c.charset {
				t.Errorf("got %q in %s, want %q in %s", text, name, c.want, c.charset)
			}
		})
	}
}

func TestUTF8FindsALateMeta(t *testing.T) {
	page := `<html><head>` + string(make([]byte, 0)) + filler(3000) + `<meta charset="windows-1251"></head><p>шифр</p>`
	text, name := UTF8(Input{Body: in(t, "windows-1251", page)})
	if name != "windows-1251" || string(text) != page {
		t.Errorf("a <meta charset> after byte 1,024 was read as %s", name)
	}
}

func filler(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = ' '
	}
	return string(b)
}

func FuzzUTF8(f *testing.F) {
	f.Add([]byte(`<?xml version="1.0" encoding="gb2312"?><a>`+"\xB4\xF3</a>"), "gb2312", "zh")
	f.Add([]byte("\xFF\xFEa\x00"), "", "")
	f.Add([]byte("a\x00b\x00c\x00d\x00\x1b$B"), "x", "ja")
	f.Fuzz(func(t *testing.T, body []byte, label, lang string) {
		text, name := UTF8(Input{Body: body, Charset: label, Language: lang})
		if !utf8.Valid(text) || name == "" {
			t.Errorf("invalid UTF-8 came out, read as %q", name)
		}
	})
}
