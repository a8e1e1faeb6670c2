package parse

import "strings"

// trackingNames are query parameters that say who sent the reader, never what
// is read. In lower case.
var trackingNames = words(`
	xtor fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid twclid ttclid li_fat_id igshid igsh mkt_tok mc_cid mc_eid
	_hsenc _hsmi hsctatracking vero_id vero_conv oly_anon_id oly_enc_id s_cid s_kwcid ml_subscriber ml_subscriber_hash
	partner emc smid smtyp traffic_source wpisrc wprss ito ftag ncid cmpid cmp cmp_id intcmp icid
	wt_mc wt.mc_id wt.mc_ev wt_zmc ref_src ref_url guccounter guce_referrer guce_referrer_sig spm
	xing_share feedtype feedname feed_id __twitter_impression amp _amp usqp amp_js_v amp_gsa campaign_id sr_share
	mbid rssfeed fromrss share_token trackingid dgcid __s _ga _gl epik`)

// trackingPrefixes start the names of whole families of such parameters.
var trackingPrefixes = []string{"utm_", "at_", "pk_", "mtm_", "matomo_", "piwik_", "hsa_", "ns_", "stm_", "itm_", "ga_", "trk_", "aff_"}

// trackingValues are parameters that track only with certain values, given by
// how these start.
var trackingValues = map[string][]string{
	"source":     {"rss", "feed", "email", "newsletter", "twitter", "facebook"},
	"src":        {"rss", "feed"},
	"ref":        {"rss", "feed", "twitter", "newsletter"},
	"from":       {"rss", "feed"},
	"mod":        {"rss", "djemalert", "e2tw"},
	"origin":     {"rss"},
	"medium":     {"rss", "feed"},
	"rss":        {"1", "true", "yes"},
	"output":     {"amp"},
	"outputtype": {"amp"},
	"platform":   {"amp"},
	"sref":       {"rss"},
	"via":        {"rss"},
	"feature":    {"rss"},
	"referer":    {"rss"},
	"cid":        {"rss"},
}

// redirector is a service that carries the reader's target in its address.
type redirector struct {
	host       string // without www.; a trailing dot stands for any top-level domain
	path       string // how the path starts
	parameters []string
}

func (r redirector) matches(host, path string) bool {
	if prefix, any := strings.CutSuffix(r.host, "."); any {
		return strings.HasPrefix(host, prefix+".") && strings.HasPrefix(path, r.path)
	}
	return host == r.host && strings.HasPrefix(path, r.path)
}

var redirectors = []redirector{
	{"google.", "/url", []string{"url", "q"}},
	{"news.google.", "/news/url", []string{"url"}},
	{"l.facebook.com", "/l.php", []string{"u"}},
	{"lm.facebook.com", "/l.php", []string{"u"}},
	{"facebook.com", "/l.php", []string{"u"}},
	{"l.instagram.com", "/", []string{"u"}},
	{"youtube.com", "/redirect", []string{"q"}},
	{"out.reddit.com", "/", []string{"url"}},
	{"linkedin.com", "/redir/redirect", []string{"url"}},
	{"t.umblr.com", "/redirect", []string{"z"}},
	{"vk.com", "/away.php", []string{"to"}},
	{"bing.com", "/news/apiclick.aspx", []string{"url"}},
	{"duckduckgo.com", "/l/", []string{"uddg"}},
	{"steamcommunity.com", "/linkfilter", []string{"url", "u"}},
	{"getpocket.com", "/redirect", []string{"url"}},
	{"nl.nytimes.com", "/f/", []string{"url"}},
	{"feeds.feedblitz.com", "/-/", []string{"url"}},
}

// ampHosts are hosts that serve the AMP pages of another under the same paths.
var ampHosts = map[string]string{
	"amp.theguardian.com": "www.theguardian.com",
	"amp.cnn.com":         "www.cnn.com",
	"amp.dw.com":          "www.dw.com",
	"amp.france24.com":    "www.france24.com",
	"amp.scmp.com":        "www.scmp.com",
	"amp.usatoday.com":    "www.usatoday.com",
}

// ampSuffixes are endings of paths by which sites mark their AMP pages.
var ampSuffixes = []struct{ amp, page string }{
	{"/amp/", "/"},
	{"/amp", ""},
	{".amp.html", ".html"},
	{".amp", ""},
	{"/amp.html", ""},
	{"-amp.html", ".html"},
}

func words(text string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(text) {
		m[w] = true
	}
	return m
}
