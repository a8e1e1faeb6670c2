package reply

import (
	"strconv"
	"strings"
)

// Prefer returns the media type of the offers that an Accept header likes best;
// among equals the first offer wins. An absent header takes the first. ok is
// false where the header allows none of them.
func Prefer(accept string, offers ...string) (best string, ok bool) {
	if strings.TrimSpace(accept) == "" {
		return offers[0], true
	}
	quality := 0.0
	for _, offer := range offers {
		if q := qualityOf(accept, offer); q > quality {
			best, quality = offer, q
		}
	}
	return best, quality > 0
}

// qualityOf returns the weight that the most specific matching range gives.
func qualityOf(accept, offer string) float64 {
	quality, specific := 0.0, -1
	for part := range strings.SplitSeq(accept, ",") {
		name, parameters, _ := strings.Cut(part, ";")
		if s := match(strings.ToLower(strings.TrimSpace(name)), offer); s > specific {
			quality, specific = weight(parameters), s
		}
	}
	return quality
}

// match says how closely a range names the offer: 2 exactly, 1 by its family, 0
// because it takes all, -1 not at all.
func match(name, offer string) int {
	family, _, _ := strings.Cut(offer, "/")
	switch name {
	case offer:
		return 2
	case family + "/*":
		return 1
	case "*/*", "*":
		return 0
	}
	return -1
}

func weight(parameters string) float64 {
	for p := range strings.SplitSeq(parameters, ";") {
		name, value, found := strings.Cut(strings.TrimSpace(p), "=")
		if !found || !strings.EqualFold(name, "q") {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimSpace(value), 64)
		if err != nil || q != q || q < 0 || q > 1 {
			return 0
		}
		return q
	}
	return 1
}

// acceptsGzip reports whether an Accept-Encoding header takes gzip.
func acceptsGzip(header string) bool {
	if header == "gzip" || strings.HasPrefix(header, "gzip, ") {
		return true
	}
	return header != "" && qualityOf(header, "gzip") > 0
}
