package parse

import "testing"

func TestArticleFixtures(t *testing.T) {
	eachFixture(t, "articles", func(in Input) any {
		d, err := Article(in)
		if err != nil {
			return map[string]string{"Error": err.Error()}
		}
		return goldenOf(d)
	})
}
