package gitlab

import (
	"regexp"
	"strings"
)

type alternative struct {
	text string
	is   *regexp.Regexp
}

// alternatives are those of a pattern, or of the group that it is. Where one
// cannot be told from the others, they are the whole pattern. Each is anchored as
// it is within it.
func alternatives(pattern string) []alternative {
	whole, err := compile(pattern)
	if err != nil {
		return nil
	}
	list := []alternative{{pattern, whole}}
	inner, grouped := strings.CutPrefix(pattern, "(?:")
	if grouped {
		inner, grouped = strings.CutSuffix(inner, ")")
	}
	parts, ok := splitAtBar(inner)
	if !grouped || !ok { // no group, or two groups side by side
		if parts, ok = splitAtBar(pattern); !ok {
			return list
		}
		grouped = false
	}
	var found []alternative
	for i, text := range parts {
		anchored := text
		switch {
		case grouped:
			anchored = `\A(?:` + text + `)\z`
		default:
			if i == 0 {
				anchored = `\A` + anchored
			}
			if i == len(parts)-1 {
				anchored += `\z`
			}
		}
		is, err := regexp.Compile(anchored)
		if err != nil {
			return list
		}
		found = append(found, alternative{text, is})
	}
	return found
}

// splitAtBar splits a pattern at each "|" that is in no group and no class; ok is
// false where its brackets do not match.
func splitAtBar(pattern string) (parts []string, ok bool) {
	depth, begin := 0, 0
	for i := 0; i < len(pattern); i++ {
		switch pattern[i] {
		case '\\':
			i++
		case '[':
			end := classEnd(pattern[i:])
			if end < 0 {
				return nil, false
			}
			i += end
		case '(':
			depth++
		case ')':
			if depth--; depth < 0 {
				return nil, false
			}
		case '|':
			if depth == 0 {
				parts = append(parts, pattern[begin:i])
				begin = i + 1
			}
		}
	}
	return append(parts, pattern[begin:]), depth == 0
}

// classEnd is where the "]" of a class is that a text begins with, or -1. One at
// the class's start is a letter of it.
func classEnd(text string) int {
	i := 1
	if strings.HasPrefix(text[i:], "^") {
		i++
	}
	if strings.HasPrefix(text[i:], "]") {
		i++
	}
	for ; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case ']':
			return i
		}
	}
	return -1
}
