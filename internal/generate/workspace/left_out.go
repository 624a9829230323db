package workspace

import (
	"fmt"
	"slices"
	"strings"
)

// leftOut says, in one line, what "git commit" would have done besides: run
// hooks, sign. It names the command that does it now.
func leftOut(list []*commit) string {
	var hooks []string
	var again string
	unsigned, concerned := false, 0
	for _, c := range list {
		if c.hash == "" {
			continue
		}
		has := c.repo.Hooks()
		if has == nil && !c.repo.Signs() {
			continue
		}
		concerned++
		hooks, unsigned = append(hooks, has...), unsigned || c.repo.Signs()
		if again == "" || has != nil {
			again = c.repo.Again(c.hash)
		}
	}
	if concerned > 1 {
		again = "git reset --soft HEAD~1 && git commit --reuse-message ORIG_HEAD"
	}
	var what []string
	if hooks != nil {
		slices.Sort(hooks)
		what = append(what, "ran no hooks (there is "+strings.Join(slices.Compact(hooks), ", ")+")")
	} else {
		again = "git commit --amend --only --no-edit -S"
	}
	if unsigned {
		what = append(what, "is not signed (commit.gpgSign is set)")
	}
	if what == nil {
		return ""
	}
	where := ""
	if concerned > 1 {
		where = " in each repository"
	}
	return fmt.Sprintf("the commit %s; with nothing else staged, make up for it%s: %s\n", strings.Join(what, " and "), where, again)
}
