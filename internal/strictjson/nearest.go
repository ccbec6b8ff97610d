package strictjson

import "strings"

// Nearest is the choice most like the name, for "did you mean": "" when none
// is near enough. Case, spaces, underscores and hyphens count for little; a
// letter too many, missing, wrong or exchanged with its neighbor counts one (the
// restricted Damerau-Levenshtein distance). A third of the letters may differ,
// one more when the first is right. Of equals the one with most letters in order
// wins, then the first. O(choices · len²).
func Nearest(name string, choices []string) string {
	if len(name) > 100 {
		return ""
	}
	plain := plainName(name)
	best, bestAway, bestShared := "", len(plain)+1, 0
	for _, choice := range choices {
		other := plainName(choice)
		most := max(1, len(plain)/3)
		if plain != "" && other != "" && plain[0] == other[0] && len(plain) > 2 {
			most++
		}
		away, shared := distance(plain, other), inOrder(plain, other)
		if away <= most && (away < bestAway || away == bestAway && shared > bestShared) {
			best, bestAway, bestShared = choice, away, shared
		}
	}
	return best
}

// plainName is the name without what people write differently.
func plainName(name string) string {
	return strings.ToLower(strings.Map(func(r rune) rune {
		if r == '_' || r == '-' || r == ' ' || r == '.' {
			return -1
		}
		return r
	}, name))
}

func distance(a, b string) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}

// inOrder is the number of letters that both have in the same order (their
// longest common subsequence).
func inOrder(a, b string) int {
	last, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for i := range len(a) {
		for j := range len(b) {
			if a[i] == b[j] {
				row[j+1] = last[j] + 1
			} else {
				row[j+1] = max(last[j+1], row[j])
			}
		}
		last, row = row, last
	}
	return last[len(b)]
}
