package gitlab

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
)

// checks are the lines of the readiness list about GitLab CI.
func checks(s forge.Site) []forge.Check {
	list := []forge.Check{{Item: "CI compares each change with the contract, and checks every day what the histories promise", Evidence: []string{file}}}
	if s.HasPins() {
		list = append(list, forge.Check{
			Item:     "an app's CI can start its own pinned promotions and nothing else",
			Evidence: []string{"ci/promote-_env_.yml"},
			Open: "GitLab's trigger tokens do not say whose they are: each app's can ask for any app's promotion, rollback or hold, which " +
				"approval and Penstock's own checks then limit; and it could replace what the jobs run, unless nobody may set a pipeline's variables here",
		})
	}
	return list
}

// approval says what an approval is worth; "" where nobody is asked.
func approval(s forge.Site) string {
	var says []string
	if s.Asks() {
		says = append(says, "on GitLab Free whoever may run a job of the app's branch promotes: only GitLab Premium asks others, "+
			"for a protected environment with approval rules. Whoever may deploy there gets at its variables without being asked, with a changed `.gitlab-ci.yml`: "+
			"have changes of that file reviewed")
	}
	if s.Some(func(e *forge.Env) bool { return e.NeedsPerson && e.Pinned }) {
		says = append(says, "only GitLab Premium makes the approval of code owners a condition of merging a pin")
	}
	return strings.Join(says, "; ")
}

// signature says what a key that is kept here lacks.
func signature(s forge.Site) string {
	if !s.SignsWithKey() || !strings.HasPrefix(s.KeyRef, "gitlab://") {
		return ""
	}
	return "and every app's CI holds a token that reads " +
		"the key from GitLab, and that token can change that project as well: keep the key in a project with nothing else in it, or in a KMS"
}
