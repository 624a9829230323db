package gen

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

// plain are strings that every YAML reader, of version 1.1 or 1.2, takes for
// the same string when they stand without quotes, but for notPlain.
var (
	plain    = regexp.MustCompile(`^(\./|/)?[A-Za-z][A-Za-z0-9./_-]*(:[A-Za-z0-9./_-]+)*$`)
	notPlain = regexp.MustCompile(`^(?i:null|true|false|yes|no|on|off|y|n)$`)
)

// yamlValue writes a string, a number or a bool as one line of YAML that reads
// back as the same value, without quotes where it can; a list of strings as one
// line an item, for nindent: how long a list in brackets may be is a question
// that formatters answer differently.
func yamlValue(v any) (string, error) {
	switch v := v.(type) {
	case string:
		return yamlString(v), nil
	case int, bool:
		return fmt.Sprint(v), nil
	case []string:
		items := make([]string, len(v))
		for i, s := range v {
			items[i] = "- " + yamlString(s)
		}
		return strings.Join(items, "\n"), nil
	default:
		return "", fmt.Errorf("toYaml: %T is not a string, a number, a bool or a list of strings", v)
	}
}

func yamlString(s string) string {
	if plain.MatchString(s) && !notPlain.MatchString(s) {
		return s
	}
	return contract.Quoted(s)
}
