package settings

import (
	"cmp"
	"os"
	"strings"
)

// Person is the name and the address that Git would use for a role.
func (s Settings) Person(role string) (name, email string) {
	env := "GIT_" + strings.ToUpper(role) + "_"
	return Clean(cmp.Or(os.Getenv(env+"NAME"), s.Get(role+".name"), s.Get("user.name"))),
		Clean(cmp.Or(os.Getenv(env+"EMAIL"), s.Get(role+".email"), s.Get("user.email"), os.Getenv("EMAIL")))
}

// Clean takes out what would break a commit's header.
func Clean(s string) string {
	return strings.TrimSpace(strings.Map(func(c rune) rune {
		if c == '<' || c == '>' || c == '\n' || c == '\r' || c == 0 {
			return -1
		}
		return c
	}, s))
}
