package wire

// OEmbed is what another site needs to show a list of ours (oembed.com).
type OEmbed struct {
	Type         string `json:"type" enum:"rich"`
	Version      string `json:"version" enum:"1.0"`
	Title        string `json:"title"`
	ProviderName string `json:"provider_name"`
	ProviderURL  string `json:"provider_url" format:"uri"`
	CacheAge     int    `json:"cache_age" doc:"Seconds for which this answer may be kept"`
	Width        int    `json:"width"`
	Height       int    `json:"height"`
	HTML         string `json:"html" doc:"An iframe with no script"`
}
