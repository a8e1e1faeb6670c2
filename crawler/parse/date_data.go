package parse

import (
	"strings"
)

// monthNames lists, by language, the names of the twelve months as dates write
// them: full names, the case used beside a day, abbreviations. Alternatives are
// parted by "|", without accents' sake: names are folded before they are compared.
// Where a word means different months in different languages, the document's
// language decides, and after it the order here.
var monthNames = []struct{ lang, names string }{
	{"en", "january|jan february|feb march|mar april|apr may june|jun july|jul august|aug september|sept|sep october|oct november|nov december|dec"},
	{"de", "januar|jan|janner|jaenner februar|feb|feber märz|mär|maerz|mrz|mär april|apr mai juni|jun juli|jul august|aug september|sept|sep oktober|okt november|nov dezember|dez"},
	{"fr", "janvier|janv|jan février|févr|fév mars|mar avril|avr mai juin|jun juillet|juil|jul août|aou septembre|sept|sep octobre|oct novembre|nov décembre|déc"},
	{"es", "enero|ene febrero|feb marzo|mar abril|abr mayo|may junio|jun julio|jul agosto|ago septiembre|setiembre|sept|sep|set octubre|oct noviembre|nov diciembre|dic"},
	{"it", "gennaio|gen|genn febbraio|feb|febbr marzo|mar aprile|apr maggio|mag|magg giugno|giu luglio|lug agosto|ago settembre|set|sett ottobre|ott novembre|nov dicembre|dic"},
	{"nl", "januari|jan februari|feb maart|mrt april|apr mei juni|jun juli|jul augustus|aug september|sept|sep oktober|okt november|nov december|dec"},
	{"sv", "januari|jan februari|feb|febr mars|mar april|apr maj juni|jun juli|jul augusti|aug september|sept|sep oktober|okt november|nov december|dec"},
	{"da", "januar|jan februar|feb marts|mar april|apr maj juni|jun juli|jul august|aug september|sept|sep oktober|okt november|nov december|dec"},
	{"nb", "januar|jan februar|feb mars|mar april|apr mai juni|jun juli|jul august|aug september|sept|sep oktober|okt november|nov desember|des"},
	{"fi", "tammikuuta|tammikuu|tammi helmikuuta|helmikuu|helmi maaliskuuta|maaliskuu|maalis huhtikuuta|huhtikuu|huhti toukokuuta|toukokuu|touko kesäkuuta|kesäkuu|kesä heinäkuuta|heinäkuu|heinä elokuuta|elokuu|elo syyskuuta|syyskuu|syys lokakuuta|lokakuu|loka marraskuuta|marraskuu|marras joulukuuta|joulukuu|joulu"},
	{"pl", "stycznia|styczeń|sty lutego|luty|lut marca|marzec|mar kwietnia|kwiecień|kwi maja|maj czerwca|czerwiec|cze lipca|lipiec|lip sierpnia|sierpień|sie września|wrzesień|wrz października|październik|paź listopada|listopad|lis grudnia|grudzień|gru"},
	{"cs", "ledna|leden|led února|únor|úno března|březen|bře dubna|duben|dub května|květen|kvě června|červen|čvn července|červenec|čvc srpna|srpen|srp září|zář října|říjen|říj listopadu|listopad|lis prosince|prosinec|pro"},
	{"sk", "januára|január|jan februára|február|feb marca|marec|mar apríla|apríl|apr mája|máj júna|jún júla|júl augusta|august|aug septembra|september|sep októbra|október|okt novembra|november|nov decembra|december|dec"},
	{"pt", "janeiro|jan fevereiro|fev março|mar abril|abr maio|mai junho|jun julho|jul agosto|ago setembro|set outubro|out novembro|nov dezembro|dez"},
	{"ru", "января|январь|янв февраля|февраль|фев|февр марта|март|мар апреля|апрель|апр мая|май июня|июнь|июн июля|июль|июл августа|август|авг сентября|сентябрь|сен|сент октября|октябрь|окт ноября|ноябрь|ноя|нояб декабря|декабрь|дек"},
	{"uk", "січня|січень|січ лютого|лютий|лют березня|березень|бер квітня|квітень|квіт|кві травня|травень|трав|тра червня|червень|черв|чер липня|липень|лип серпня|серпень|серп|сер вересня|вересень|вер жовтня|жовтень|жовт|жов листопада|листопад|лист|лис грудня|грудень|груд|гру"},
	{"bg", "януари|яну февруари|фев март|мар април|апр май юни|юн юли|юл август|авг септември|сеп октомври|окт ноември|ное декември|дек"},
	{"el", "ιανουαρίου|ιανουάριος|ιαν φεβρουαρίου|φεβρουάριος|φεβ μαρτίου|μάρτιος|μαρ|μάρ απριλίου|απρίλιος|απρ μαΐου|μάιος|μαι|μάι ιουνίου|ιούνιος|ιουν|ιούν ιουλίου|ιούλιος|ιουλ|ιούλ αυγούστου|αύγουστος|αυγ|αύγ σεπτεμβρίου|σεπτέμβριος|σεπ|σεπτ οκτωβρίου|οκτώβριος|οκτ νοεμβρίου|νοέμβριος|νοε|νοεμ δεκεμβρίου|δεκέμβριος|δεκ"},
	{"tr", "ocak|oca şubat|şub mart|mar nisan|nis mayıs|may haziran|haz temmuz|tem ağustos|ağu eylül|eyl ekim|eki kasım|kas aralık|ara"},
	{"hu", "január|jan február|febr|feb március|márc|már április|ápr május|máj június|jún július|júl augusztus|aug szeptember|szept október|okt november|nov december|dec"},
	{"ro", "ianuarie|ian februarie|feb martie|mar aprilie|apr mai iunie|iun iulie|iul august|aug septembrie|sept|sep octombrie|oct noiembrie|nov|noi decembrie|dec"},
	{"hr", "siječnja|siječanj|sij veljače|veljača|velj ožujka|ožujak|ožu travnja|travanj|tra svibnja|svibanj|svi lipnja|lipanj|lip srpnja|srpanj|srp kolovoza|kolovoz|kol rujna|rujan|ruj listopada|listopad|lis studenoga|studenog|studeni|stu prosinca|prosinac|pro"},
	{"sl", "januarja|januar|jan februarja|februar|feb marca|marec|mar aprila|april|apr maja|maj junija|junij|jun julija|julij|jul avgusta|avgust|avg septembra|september|sep oktobra|oktober|okt novembra|november|nov decembra|december|dec"},
	{"et", "jaanuar|jaan veebruar|veebr märts aprill|apr mai juuni juuli august|aug september|sept oktoober|okt november|nov detsember|dets"},
	{"lv", "janvāris|janvārī|janv februāris|februārī|febr marts|martā aprīlis|aprīlī|apr maijs|maijā jūnijs|jūnijā|jūn jūlijs|jūlijā|jūl augusts|augustā|aug septembris|septembrī|sept oktobris|oktobrī|okt novembris|novembrī|nov decembris|decembrī|dec"},
	{"lt", "sausio|sausis|saus vasario|vasaris|vas kovo|kovas|kov balandžio|balandis|bal gegužės|gegužė|geg birželio|birželis|birž liepos|liepa|liep rugpjūčio|rugpjūtis|rugp rugsėjo|rugsėjis|rugs spalio|spalis|spal lapkričio|lapkritis|lapkr gruodžio|gruodis|gruod"},
	{"ca", "gener|gen febrer|febr març abril|abr maig juny juliol agost setembre|set octubre|oct novembre|nov desembre|des"},
	{"is", "janúar|jan febrúar|feb mars|mar apríl|apr maí júní|jún júlí|júl ágúst|ágú september|sep október|okt nóvember|nóv desember|des"},
	{"id", "januari|jan februari|feb maret|mar april|apr mei juni|jun juli|jul agustus|agu|agt september|sep oktober|okt november|nov desember|des"},
	{"hi", "जनवरी फरवरी|फ़रवरी मार्च अप्रैल मई जून जुलाई अगस्त सितंबर|सितम्बर अक्टूबर|अक्तूबर नवंबर|नवम्बर दिसंबर|दिसम्बर"},
	{"th", "มกราคม|ม.ค กุมภาพันธ์|ก.พ มีนาคม|มี.ค เมษายน|เม.ย พฤษภาคม|พ.ค มิถุนายน|มิ.ย กรกฎาคม|ก.ค สิงหาคม|ส.ค กันยายน|ก.ย ตุลาคม|ต.ค พฤศจิกายน|พ.ย ธันวาคม|ธ.ค"},
	{"ar", "يناير|كانون_الثاني فبراير|شباط مارس|آذار أبريل|إبريل|نيسان مايو|أيار يونيو|حزيران يوليو|تموز أغسطس|آب سبتمبر|أيلول أكتوبر|تشرين_الأول نوفمبر|تشرين_الثاني ديسمبر|كانون_الأول"},
	{"he", "ינואר|בינואר פברואר|בפברואר מרץ|במרץ אפריל|באפריל מאי|במאי יוני|ביוני יולי|ביולי אוגוסט|באוגוסט ספטמבר|בספטמבר אוקטובר|באוקטובר נובמבר|בנובמבר דצמבר|בדצמבר"},
}

// sameMonths names languages that share a table with another.
var sameMonths = map[string]string{"no": "nb", "nn": "nb", "be": "ru", "mk": "bg", "bs": "hr", "gl": "pt"}

// monthTable finds months: by language and word, and by word alone.
type monthTable struct {
	byLang map[string]map[string]int
	any    map[string]int
}

// months is made once from monthNames and never changed.
var months = newMonthTable()

func newMonthTable() monthTable {
	t := monthTable{byLang: map[string]map[string]int{}, any: map[string]int{}}
	for _, row := range monthNames {
		own := map[string]int{}
		for i, names := range strings.Fields(row.names) {
			for name := range strings.SplitSeq(names, "|") {
				name = foldLetters(name)
				own[name] = i + 1
				if _, taken := t.any[name]; !taken {
					t.any[name] = i + 1
				}
			}
		}
		t.byLang[row.lang] = own
	}
	return t
}

// monthNumber returns the month that a folded word names.
func monthNumber(word, lang string) (int, bool) {
	lang = primary(lang)
	if other, ok := sameMonths[lang]; ok {
		lang = other
	}
	if n, ok := months.byLang[lang][word]; ok {
		return n, true
	}
	n, ok := months.any[word]
	return n, ok
}

// zones are offsets from UTC in minutes. A name that several countries use has
// the meaning that news use most; see zoneByLanguage for the others.
var zones = map[string]int{
	"z": 0, "ut": 0, "utc": 0, "gmt": 0, "wet": 0,
	"bst": 60, "cet": 60, "mez": 60, "west": 60, "cest": 120, "mesz": 120, "eet": 120, "eest": 180, "msk": 180, "trt": 180, "hnec": 60, "heec": 120,
	"est": -300, "edt": -240, "et": -300, "cst": -360, "cdt": -300, "mst": -420, "mdt": -360, "pst": -480, "pdt": -420,
	"akst": -540, "akdt": -480, "hst": -600, "ast": -240, "adt": -180, "nst": -210, "ndt": -150, "brt": -180, "art": -180, "clt": -240,
	"ist": 330, "pkt": 300, "npt": 345, "ict": 420, "wib": 420, "sgt": 480, "hkt": 480, "myt": 480, "awst": 480, "jst": 540, "kst": 540,
	"acst": 570, "acdt": 630, "aest": 600, "aedt": 660, "nzst": 720, "nzdt": 780, "sast": 120, "cat": 120, "eat": 180, "wat": 60, "gst": 240,
}

// zoneByLanguage holds what a zone name means in a language, as BCP 47 or its
// first part, where it differs.
var zoneByLanguage = map[string]map[string]int{
	"ist": {"he": 120, "ga": 60, "en-ie": 60},
	"cst": {"zh": 480},
	"ast": {"ar": 180},
	"bst": {"bn": 360},
}

// zoneOffset returns the offset of a zone name in seconds.
func zoneOffset(name, lang string) (int, bool) {
	for _, key := range []string{lang, primary(lang)} {
		if minutes, ok := zoneByLanguage[name][key]; ok {
			return minutes * 60, true
		}
	}
	minutes, ok := zones[name]
	return minutes * 60, ok
}
