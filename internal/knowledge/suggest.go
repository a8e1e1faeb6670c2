package knowledge

// nearest returns the known id that differs from a mistyped one in the fewest
// letters; nothing where none is close. A short code is close to many others and
// gets no suggestion.
func nearest(id string, known []string) string {
	if len(id) < 4 {
		return ""
	}
	best, least := "", max(1, len(id)/4)+1
	for _, candidate := range known {
		if d := distance(id, candidate, least); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance is the Levenshtein distance in bytes, or limit where it is no less.
func distance(a, b string, limit int) int {
	if len(a)-len(b) >= limit || len(b)-len(a) >= limit {
		return limit
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return min(row[len(b)], limit)
}
