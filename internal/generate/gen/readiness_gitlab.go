package gen

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// gitLabChecks are the lines of the readiness list about GitLab CI.
func gitLabChecks(m *model.Model) []Check {
	if !m.GitLabCI() {
		return nil
	}
	list := []Check{{Item: "CI compares each change with the contract, and checks every day what the histories promise", Evidence: []string{".gitlab-ci.yml"}}}
	if m.HasPins() {
		list = append(list, Check{
			Item:     "an app's CI can start its own pinned promotions and nothing else",
			Evidence: []string{"ci/promote-_env_.yml"},
			Open: "GitLab's trigger tokens do not say whose they are: each app's can ask for any app's promotion, rollback or hold, which " +
				"approval and Penstock's own checks then limit; and it could replace what the jobs run, unless nobody may set a pipeline's variables here",
		})
	}
	return list
}

// gitLabApproval says what an approval is worth on GitLab; "" where nobody is
// asked.
func gitLabApproval(m *model.Model) string {
	var says []string
	if asks(m) {
		says = append(says, "on GitLab Free whoever may run a job of the app's branch promotes: only GitLab Premium asks others, "+
			"for a protected environment with approval rules. Whoever may deploy there gets at its variables without being asked, with a changed `.gitlab-ci.yml`: "+
			"have changes of that file reviewed")
	}
	if slices.ContainsFunc(m.Envs, func(e *model.Env) bool { return e.NeedsPerson && e.Pinned }) {
		says = append(says, "only GitLab Premium makes the approval of code owners a condition of merging a pin")
	}
	return strings.Join(says, "; ")
}
