package wire

import "encoding/xml"

// OEmbed is what another site needs to show a page of ours (oembed.com).
type OEmbed struct {
	XMLName      xml.Name `json:"-" xml:"oembed"`
	Type         string   `json:"type" xml:"type" enum:"rich"`
	Version      string   `json:"version" xml:"version" enum:"1.0"`
	Title        string   `json:"title" xml:"title"`
	ProviderName string   `json:"provider_name" xml:"provider_name"`
	ProviderURL  string   `json:"provider_url" xml:"provider_url" format:"uri"`
	CacheAge     int      `json:"cache_age" xml:"cache_age" doc:"Seconds for which this answer may be kept"`
	Width        int      `json:"width" xml:"width"`
	Height       int      `json:"height" xml:"height"`
	HTML         string   `json:"html" xml:"html" doc:"An iframe with no script"`
}
