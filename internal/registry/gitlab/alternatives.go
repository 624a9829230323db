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
	start, end := `\A`, `\z`
	parts, ok := splitAtBar(inner(pattern))
	if inner(pattern) == pattern || !ok { // no group, or two groups side by side
		parts, ok = splitAtBar(pattern)
	} else {
		start, end = `\A(?:`, `)\z`
	}
	if !ok {
		return list
	}
	var found []alternative
	for i, text := range parts {
		anchored, grouped := text, strings.HasSuffix(start, "(?:")
		if grouped || i == 0 {
			anchored = start + anchored
		}
		if grouped || i == len(parts)-1 {
			anchored += end
		}
		is, err := regexp.Compile(anchored)
		if err != nil {
			return list
		}
		found = append(found, alternative{text, is})
	}
	return found
}

// inner is what the group holds that a pattern is, or the pattern.
func inner(pattern string) string {
	text, begins := strings.CutPrefix(pattern, "(?:")
	text, ends := strings.CutSuffix(text, ")")
	if !begins || !ends {
		return pattern
	}
	return text
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
