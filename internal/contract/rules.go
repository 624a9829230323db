package contract

import (
	"github.com/penstock-dev/penstock/internal/forge"
	forges "github.com/penstock-dev/penstock/internal/forge/table"

	"regexp"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rule is a rule for a single value.
type rule struct {
	name    string
	words   string   // what a good value is: "write ..." and the reference use it
	pattern string   // for the schema; empty: not expressible
	most    int      // characters, for the schema; 0: any number
	accepts string   // "number" or "timestamp": such YAML values count as text, too
	careful bool     // check itself takes care to print no secrets
	known   []string // good values to offer, where others may be good, too
	check   func(value string) (what, fix string)
}

// rules returns the rules by the names that the types' tags use.
func rules() map[string]*rule {
	all := map[string]*rule{}
	for _, group := range [][]rule{nameRules(), urlRules(), registryRules(), valueRules()} {
		for _, r := range group {
			all[r.name] = &r
		}
	}
	return all
}

// Check applies the rule of one field to one value and returns what is wrong
// and how to fix it, or "". The field is a path such as "spec.teams[].name";
// indices in brackets do not matter, and a list stands for its items. Rules
// between fields are Parse's.
func Check(fieldPath, value string) string {
	f := lookup(fieldPath)
	if f == nil {
		return "there is no field " + quote(fieldPath)
	}
	what, fix := "", ""
	switch f.kind {
	case mapping:
		what, fix = "is a mapping", ""
	case truth:
		if value != "true" && value != "false" {
			what, fix = "is "+quote(value), "write true or false"
		}
	case whole:
		if n, err := strconv.Atoi(value); err != nil || n < f.min || n > f.max {
			what, fix = "is "+quote(value), "write a whole number from "+strconv.Itoa(f.min)+" to "+strconv.Itoa(f.max)
		}
	default:
		if value == "" && !f.need && !f.list {
			return ""
		}
		what, fix = f.check(value)
	}
	if fix != "" {
		what += "; " + fix
	}
	return what
}

var indices = regexp.MustCompile(`\[[0-9]*\]`)

// lookup finds a field by its path.
func lookup(fieldPath string) *field {
	o := shape()
	steps := strings.Split(indices.ReplaceAllString(fieldPath, ""), ".")
	for i, name := range steps {
		at, ok := o.byName[name]
		if !ok {
			return nil
		}
		f := &o.fields[at]
		if i == len(steps)-1 {
			return f
		}
		if f.object == nil {
			return nil
		}
		o = f.object
	}
	return nil
}

// matches makes a check of a pattern; fix may offer a better value.
func matches(pattern, what string, fix func(value string) string) func(string) (string, string) {
	re := regexp.MustCompile(pattern)
	return func(value string) (string, string) {
		if re.MatchString(value) {
			return "", ""
		}
		return "is " + quote(value) + ", " + what, fix(value)
	}
}

func always(fix string) func(string) string { return func(string) string { return fix } }

var (
	userInfoRE = regexp.MustCompile(`://[^/\s]*(/[^\s]*)?@|[^\s/@:]+:[^\s/@]+@`)
	queryRE    = regexp.MustCompile(`(://[^?#]*[?#]).+`)
	secretRE   = regexp.MustCompile(`(?i)` + strings.Join(forges.Each(func(f forge.Forge) string { return f.Tokens.Whole }), "|"))
)

// redact takes out of a value what may be secret: users and passwords in URLs,
// queries, known forms of tokens, private keys.
func redact(s string) string {
	if holdsPrivateKey(s) {
		return "(a private key)"
	}
	s = queryRE.ReplaceAllString(s, "${1}…")
	s = userInfoRE.ReplaceAllStringFunc(s, func(m string) string {
		switch {
		case m == "://git@":
			return m
		case strings.HasPrefix(m, "://"):
			return "://…@"
		}
		return "…@"
	})
	return secretRE.ReplaceAllString(s, "…")
}

// quote puts a value in quotes for a message: without secrets, escaped to one
// line, and cut when it is long.
func quote(s string) string {
	const most = 64
	s = redact(s)
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most-1]) + "…"
	}
	return strconv.Quote(s)
}

// shorten is quote without the quotes.
func shorten(s string) string {
	q := quote(s)
	return q[1 : len(q)-1]
}

// printable is a key as a part of a field path.
func printable(s string) string { return shorten(s) }

func listed(names []string) string { return strings.Join(names, ", ") }

// oneOf lists allowed values as "a, b or c".
func oneOf(values []string) string {
	n := len(values) - 1
	if n == 0 {
		return values[0]
	}
	return strings.Join(values[:n], ", ") + " or " + values[n]
}

// closest returns the name that value is most likely a misspelling of, or "".
func closest(value string, names []string) string {
	best, least := "", 1000
	for _, name := range names {
		if d := distance(strings.ToLower(value), strings.ToLower(name)); d < least {
			best, least = name, d
		}
	}
	if best == "" || least > max(1, min(len(best), len(value))/3) || len(best) <= 2 && least > 0 {
		return ""
	}
	return best
}

func similar(a, b string) bool { return closest(a, []string{b}) != "" }

// distance is the number of insertions, deletions, replacements and swaps of
// neighbours between two words. Words of very different length are just far.
func distance(a, b string) int {
	if len(a) > len(b)+8 || len(b) > len(a)+8 {
		return 1000
	}
	before, prev, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := range len(a) {
		row[0] = i + 1
		for j := range len(b) {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			row[j+1] = min(prev[j]+cost, prev[j+1]+1, row[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				row[j+1] = min(row[j+1], before[j-1]+1)
			}
		}
		before, prev, row = prev, row, before
	}
	return prev[len(b)]
}

// isControl reports characters that have no place in a single line of text.
func isControl(c rune) bool {
	return unicode.IsControl(c) || c == '\u2028' || c == '\u2029' || c == utf8.RuneError || c == '\ufeff'
}
