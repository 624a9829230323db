package delivery

import (
	"github.com/penstock-dev/penstock/internal/forge/table"

	"cmp"
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
	"github.com/penstock-dev/penstock/internal/release/promotion"
)

// next says how a change gets onto the branch that counts.
func (c *checkout) next(out promotion.Outcome, file, message string) string {
	subject, trailers, _ := strings.Cut(strings.TrimSpace(message), "\n\n")
	branch := cmp.Or(out.Branch, strings.NewReplacer("/", "-").Replace(fmt.Sprintf("%s/%s/%s/%s", out.Action, out.App, out.Environment, out.Release)))
	var steps []string
	say := fmt.Sprintf("wrote %s; it counts when it is merged to %s:", out.File, c.git.Branch)
	if out.Branch == "" {
		steps = append(steps, "git switch --create "+model.ShellQuote(branch),
			fmt.Sprintf("git commit --message %s --message %s -- %s", model.ShellQuote(subject), model.ShellQuote(trailers), model.ShellQuote(file)))
	} else {
		say = fmt.Sprintf("committed as %.10s on %s; it counts when it is merged to %s:", out.GitCommit, branch, c.git.Branch)
		if branch == c.git.Branch {
			say = fmt.Sprintf("committed as %.10s on %s; it counts when it is pushed:", out.GitCommit, branch)
		}
		if hooks := c.repo.Hooks(); hooks != nil {
			steps = append(steps, c.repo.Again(out.GitCommit)+"   # runs "+strings.Join(hooks, ", ")+", which Penstock does not")
		} else if c.repo.Signs() {
			steps = append(steps, "git commit --amend --only --no-edit --gpg-sign   # commit.gpgSign is set, and Penstock signs nothing")
		}
	}
	steps = append(steps, "git push --set-upstream origin "+model.ShellQuote(branch))
	if branch != c.git.Branch {
		steps = append(steps, table.Of(c.git.Provider).Commands.Propose(c.git.Branch))
	}
	if c.dir != "." {
		steps = append([]string{"cd " + model.ShellQuote(c.dir)}, steps...)
	}
	return say + "\n  " + strings.Join(steps, "\n  ") + "\n"
}
