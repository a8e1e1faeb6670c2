package parse

import "testing"

func TestSitemapFixtures(t *testing.T) {
	eachFixture(t, "sitemaps", func(in Input) any { return goldenOfResult(Sitemap(in)) })
}
