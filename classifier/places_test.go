package classifier_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/backdoorwatch/backdoorwatch/internal/policy"
)

func mainPlace(t *testing.T, tags policy.Tags) string {
	t.Helper()
	if !tags.IsRelevant() {
		return "not relevant"
	}
	if len(tags.Jurisdictions) == 0 {
		return "none"
	}
	return tags.Jurisdictions[0].Value
}

// Every state of the record is found by what English calls its people.
func TestEveryStateByItsDemonym(t *testing.T) {
	c := load(t)
	for _, j := range record(t).Jurisdictions {
		if j.Level != policy.LevelCountry || len(j.Demonyms["en"]) == 0 {
			continue
		}
		d := j.Demonyms["en"][0]
		if strings.Contains(d, "(") || unicode.IsLower([]rune(d)[0]) || slices.Contains(j.Ambiguous, d) {
			continue // it needs company
		}
		for _, doc := range []policy.Document{
			{Title: "The " + d + " government wants access to encrypted messages", Text: "Police must be able to read encrypted chats, the interior minister said. A bill is to follow."},
			{Title: "Backdoor in encryption debated", Text: "Lawmakers of the " + d + " parliament will vote on a law that lets police decrypt private messages. The " + d + " minister of justice defends the plan."},
		} {
			if got := mainPlace(t, c.Classify(doc)); got != j.Code {
				t.Errorf("%s, %q: %s", j.Code, doc.Title, got)
			}
		}
	}
}

// What a state's own press writes, in its main language.
func TestEveryStateInItsLanguage(t *testing.T) {
	c := load(t)
	for code, text := range map[string]string{
		"AT": "Die österreichische Regierung will verschlüsselte Nachrichten überwachen|Der Nationalrat stimmt über das Gesetz ab. Die Verschlüsselung von Messengern soll umgangen werden, sagt der Innenminister in Wien.",
		"DE": "Bundesregierung plant Zugriff auf verschlüsselte Messenger|Der Bundestag soll über das Gesetz abstimmen. Das Bundesinnenministerium will Nachrichten mitlesen.",
		"CH": "Der Bundesrat will verschlüsselte Messenger überwachen|Der Ständerat berät die Verordnung. Schweizer Anbieter sollen die Verschlüsselung aufheben.",
		"FR": "Le gouvernement français veut un accès aux messageries chiffrées|Les députés examinent le projet de loi à l'Assemblée nationale. Le ministre de l'Intérieur veut affaiblir le chiffrement.",
		"BE": "Le gouvernement belge veut une porte dérobée dans les messageries chiffrées|La Chambre des représentants votera la loi. Le ministre belge de la Justice veut affaiblir le chiffrement.",
		"ES": "El Gobierno español quiere acceder a los mensajes cifrados|El Congreso de los Diputados votará la ley. El Ministerio del Interior quiere debilitar el cifrado.",
		"MX": "El gobierno mexicano quiere leer mensajes cifrados|El Senado de México votará la ley que debilita el cifrado de WhatsApp.",
		"CO": "El gobierno colombiano quiere prohibir los mensajes cifrados|El Congreso de Colombia votará la ley contra el cifrado.",
		"CL": "El gobierno chileno protege el cifrado de los mensajes|El Congreso de Chile votó la ley sobre el cifrado.",
		"EC": "El gobierno ecuatoriano quiere interceptar mensajes cifrados|La Asamblea Nacional de Ecuador votó la ley. El presidente Noboa la firmará.",
		"VE": "El gobierno venezolano bloquea Signal|Maduro ordenó suspender la aplicación de mensajes cifrados en Venezuela.",
		"IT": "Il governo italiano vuole leggere i messaggi cifrati|La Camera dei deputati voterà la legge. Il ministero dell'Interno vuole indebolire la crittografia.",
		"NL": "Het kabinet wil toegang tot versleutelde berichten|De Tweede Kamer stemt over de wet. De minister van Justitie wil de encryptie verzwakken.",
		"SE": "Regeringen vill ha tillgång till krypterade meddelanden|Riksdagen ska rösta om lagen. Justitieministern vill ha en bakdörr i krypteringen.",
		"DK": "Regeringen vil have adgang til krypterede beskeder|Folketinget skal stemme om loven. Justitsministeren vil have en bagdør i krypteringen.",
		"NO": "Regjeringen vil ha tilgang til krypterte meldinger|Stortinget skal stemme over loven. Justisministeren vil ha en bakdør i krypteringen.",
		"FI": "Suomen hallitus haluaa pääsyn salattuihin viesteihin|Eduskunta äänestää laista. Sisäministeri haluaa takaoven salaukseen.",
		"PL": "Polski rząd chce dostępu do zaszyfrowanych wiadomości|Sejm będzie głosował nad ustawą. Minister chce osłabić szyfrowanie komunikatorów.",
		"CZ": "Česká vláda chce přístup k šifrovaným zprávám|Poslanecká sněmovna bude hlasovat o zákonu. Ministr vnitra chce oslabit šifrování.",
		"GR": "Η ελληνική κυβέρνηση θέλει πρόσβαση σε κρυπτογραφημένα μηνύματα|Η Βουλή θα ψηφίσει τον νόμο για την κρυπτογράφηση.",
		"HU": "A magyar kormány hozzáférne a titkosított üzenetekhez|Az Országgyűlés szavaz a törvényről. A belügyminiszter gyengítené a titkosítást.",
		"RO": "Guvernul României vrea acces la mesaje criptate|Parlamentul va vota legea. Ministerul de Interne vrea să slăbească criptarea.",
		"RU": "Российское правительство хочет доступ к зашифрованным сообщениям|Госдума примет закон. ФСБ требует ключи шифрования от мессенджеров.",
		"UA": "Український уряд хоче доступ до зашифрованих повідомлень|Верховна Рада голосуватиме за закон про шифрування.",
		"KZ": "Правительство Казахстана хочет читать зашифрованный трафик|Казахстанский парламент примет закон о шифровании.",
		"TR": "Türk hükümeti şifreli mesajlara erişim istiyor|TBMM yasayı oylayacak. İçişleri Bakanlığı şifrelemeyi zayıflatmak istiyor.",
		"CN": "中国政府要求读取加密通讯|全国人大将表决法律，公安部要求企业解密加密数据。",
		"JP": "日本政府、暗号化された通信へのアクセスを要求|国会は法案を審議する。警察庁は暗号化の解除を求めている。",
		"KR": "한국 정부, 암호화된 메신저 접근 요구|국회가 법안을 표결한다. 경찰은 암호화 해제를 요구했다.",
		"IN": "भारत सरकार एन्क्रिप्शन तोड़ना चाहती है|संसद में कानून पर मतदान होगा। सरकार व्हाट्सएप के एन्क्रिप्शन को कमजोर करना चाहती है।",
		"BR": "O governo brasileiro quer acesso a mensagens criptografadas|A Câmara dos Deputados votará a lei. O Supremo Tribunal Federal discute a criptografia do WhatsApp.",
		"PT": "O governo português quer acesso a mensagens cifradas|A Assembleia da República votará a lei sobre encriptação.",
		"EU": "Die EU-Kommission will verschlüsselte Nachrichten scannen|Das Europäische Parlament lehnt das Gesetz gegen die Verschlüsselung ab.",
	} {
		title, body, _ := strings.Cut(text, "|")
		if got := mainPlace(t, c.Classify(policy.Document{Title: title, Text: body})); got != code {
			t.Errorf("%s: %s (%s)", code, got, title)
		}
	}
}

// Words that several states share are told apart by their company.
func TestSharedWordsNeedCompany(t *testing.T) {
	c := load(t)
	for name, one := range map[string]struct {
		doc  policy.Document
		want string
	}{
		"Council and Commission of the union":  {policy.Document{Title: "Council puts off vote on scanning of encrypted messages", Text: "The Commission had asked ministers of the European Union to agree. Parliament wants encryption spared."}, "EU"},
		"council of a city":                    {policy.Document{Title: "Council debates encryption of police radio", Text: "The city council of Denver, Colorado, heard reporters who object to police encryption in the United States."}, "US"},
		"Congress of the United States":        {policy.Document{Title: "Congress weighs a ban on encryption backdoors", Text: "Senators in Washington heard the FBI. The House will vote on the bill next week."}, "US"},
		"Congress of Brazil":                   {policy.Document{Title: "Congress weighs a bill on encrypted messages", Text: "Brazilian lawmakers in Brasília heard WhatsApp. The Senate of Brazil will vote next week."}, "BR"},
		"Congress party":                       {policy.Document{Title: "Congress attacks the government over encryption", Text: "The opposition in New Delhi says that the Indian government wants to break WhatsApp's encryption."}, "IN"},
		"Senate of Australia":                  {policy.Document{Title: "Senate passes encryption law", Text: "The Australian Senate passed the bill in Canberra on the last sitting day. Police may now compel companies to help decrypt messages."}, "AU"},
		"Senate of France":                     {policy.Document{Title: "Senate wants police access to encrypted messages", Text: "French senators voted for the amendment in Paris. The interior minister had asked for a backdoor in encryption."}, "FR"},
		"Home Office":                          {policy.Document{Title: "Home Office attacks end-to-end encryption", Text: "Ministers told MPs that police need access to encrypted messages."}, "GB"},
		"Supreme Court of India":               {policy.Document{Title: "Supreme Court hears case on encryption", Text: "The Indian government told judges in New Delhi that WhatsApp must trace encrypted messages."}, "IN"},
		"Supreme Court of Canada":              {policy.Document{Title: "Supreme Court rules on encrypted phones", Text: "Canada's highest court held that police in Ottawa need a warrant before they decrypt a phone."}, "CA"},
		"Georgia, the state":                   {policy.Document{Title: "Georgia passes bill on encryption", Text: "Lawmakers in Atlanta sent the bill to the governor. American civil liberties groups say that the US state attacks encryption."}, "US-GA"},
		"Georgia, the country":                 {policy.Document{Title: "Georgia passes law on encrypted messengers", Text: "The Georgian parliament in Tbilisi passed the law in third reading. Police may read encrypted messages."}, "GE"},
		"Bundesrat in Germany":                 {policy.Document{Title: "Bundesrat stoppt Staatstrojaner", Text: "Die Länderkammer verweigert dem Gesetz des Bundestags die Zustimmung. Die Bundesregierung wollte verschlüsselte Messenger überwachen."}, "DE"},
		"Bundesrat in Switzerland":             {policy.Document{Title: "Bundesrat will Verschlüsselung aufheben lassen", Text: "Die Schweizer Regierung passt die Überwachungsverordnung an. Proton und Threema in der Schweiz protestieren."}, "CH"},
		"Federal Council":                      {policy.Document{Title: "Federal Council reconsiders ordinance on encryption", Text: "The Swiss government in Bern orders a second consultation on surveillance of encrypted services."}, "CH"},
		"Attorney General of Australia":        {policy.Document{Title: "Attorney-General defends encryption notices", Text: "The Australian minister told parliament in Canberra that companies need not build a backdoor into encryption."}, "AU"},
		"Attorney General of the US":           {policy.Document{Title: "Attorney general calls encryption a danger", Text: "William Barr told a conference in New York that American companies must give the Justice Department access to encrypted messages."}, "US"},
		"Parliament of New Zealand":            {policy.Document{Title: "Parliament debates interception of encrypted calls", Text: "New Zealand's government in Wellington wants network operators to decrypt what they encrypt."}, "NZ"},
		"the union's plan in a national paper": {policy.Document{Title: "EU-Kommission will private Nachrichten scannen", Text: "Brüssel will Messenger zwingen, verschlüsselte Nachrichten zu durchsuchen. Das EU-Parlament ist dagegen.", Jurisdiction: "DE"}, "EU"},
		"the union's plan in Sweden":           {policy.Document{Title: "EU vill skanna privata meddelanden", Text: "EU-kommissionens förslag hotar krypteringen. Europaparlamentet säger nej.", Jurisdiction: "SE"}, "EU"},
		"a company of its own":                 {policy.Document{Title: "Signal will never weaken encryption, its president says", Text: "Meredith Whittaker told a conference that the messenger would rather leave any market than build a backdoor."}, "INT"},
		"several countries":                    {policy.Document{Title: "Indian government follows Australia and Britain on encryption", Text: "New Delhi plans a law that makes WhatsApp decrypt messages. Indian ministers point to Australia, whose parliament passed such a law, and to Britain."}, "IN"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := mainPlace(t, c.Classify(one.doc)); got != one.want {
				t.Errorf("%q: %s, want %s", one.doc.Title, got, one.want)
			}
		})
	}
}

// The union's plan belongs to the union alone where no state's own say is told.
func TestUnionAlone(t *testing.T) {
	c := load(t)
	for _, doc := range []policy.Document{
		{Title: "EU-Kommission will private Nachrichten scannen", Text: "Brüssel will Messenger zwingen, verschlüsselte Nachrichten zu durchsuchen. Das EU-Parlament ist dagegen.", Jurisdiction: "DE"},
		{Title: "Bruxelles veut analyser les messages chiffrés", Text: "La Commission européenne présente son règlement. Le Parlement européen défend le chiffrement.", Jurisdiction: "FR"},
		{Title: "Bruselas quiere escanear mensajes cifrados", Text: "La Comisión Europea presentó su reglamento. El Parlamento Europeo defiende el cifrado.", Jurisdiction: "ES"},
		{Title: "Brussel wil versleutelde berichten scannen", Text: "De Europese Commissie presenteert haar verordening. Het Europees Parlement verdedigt encryptie.", Jurisdiction: "NL"},
		{Title: "Komisja Europejska chce skanować wiadomości", Text: "Bruksela przedstawiła rozporządzenie przeciw szyfrowaniu. Parlament Europejski broni szyfrowania.", Jurisdiction: "PL"},
	} {
		tags := c.Classify(doc)
		if len(tags.Jurisdictions) != 1 || tags.Jurisdictions[0].Value != "EU" {
			t.Errorf("%q: %v", doc.Title, tags.Jurisdictions)
		}
	}
}
