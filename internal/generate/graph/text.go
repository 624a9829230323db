package graph

import (
	"strconv"
	"strings"
	"unicode"

	"github.com/penstock-dev/penstock/internal/model"
)

// clean makes free text printable and puts it on one line.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case !unicode.IsPrint(r): // control characters, changes of direction
			return -1
		default:
			return r
		}
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// short cuts s to n characters.
func short(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n-1]) + "…"
}

// list joins at most limit items and says how many there are more.
func list(items []string, limit int) string {
	var parts []string
	for i, item := range items {
		if i == limit {
			return strings.Join(parts, ", ") + " and " + number(len(items)-limit) + " more"
		}
		parts = append(parts, clean(item))
	}
	return strings.Join(parts, ", ")
}

// join puts "and" before the last part.
func join(parts []string) string {
	last := len(parts) - 1
	if last < 1 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:last], ", ") + " and " + parts[last]
}

// count is "1 app" or "3,000 apps".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		noun = stem + "ie"
	}
	return number(n) + " " + noun + "s"
}

// number puts a comma between thousands.
func number(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// place names a Git repository without scheme and user.
func place(g model.Git) string { return clean(strings.TrimPrefix(g.Host+"/"+g.Slug, "/")) }
