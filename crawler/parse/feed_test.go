package parse

import "testing"

func TestFeedFixtures(t *testing.T) {
	eachFixture(t, "feeds", func(in Input) any { return goldenOfResult(Feed(in)) })
}
