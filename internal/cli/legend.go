package cli

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/generate/plan"
)

// sign is what a letter in front of a file means.
type sign struct{ letter, means string }

// The signs of what is no file's own action.
const (
	signPrune   = "P"
	signUnnamed = "?"
)

// signs are all letters that a plan is printed with, the usual ones first.
func signs() []sign {
	return []sign{
		{plan.Create.Symbol(), "new"},
		{plan.Update.Symbol(), "updated"},
		{plan.Merge.Symbol(), "edited by you: both changes are in it"},
		{plan.Move.Symbol(), "moved, its edits included"},
		{plan.Mark.Symbol(), "edited by you: conflict markers in it"},
		{plan.Delete.Symbol(), "deleted, no longer generated"},
		{plan.KeepDeleted.Symbol(), "you deleted it, and it stays so"},
		{plan.Leave.Symbol(), "left to you, as it is"},
		{plan.Forget.Symbol(), "no longer generated, and not there"},
		{plan.Conflict.Symbol(), "waits for you; nothing is written"},
		{signPrune, "Flux deletes it from the clusters"},
		{signUnnamed, "not in the contract, left alone"},
	}
}

// legend says what the letters in a list mean.
func legend(list string) string {
	var b strings.Builder
	for _, s := range signs() {
		if strings.HasPrefix(list, s.letter+" ") || strings.Contains(list, "\n"+s.letter+" ") {
			fmt.Fprintf(&b, "  %s %s\n", s.letter, s.means)
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return "What the signs mean:\n" + b.String() + "\n"
}

// legendHelp is the same for a help text, with all letters.
func legendHelp() string {
	var b strings.Builder
	for _, s := range signs() {
		fmt.Fprintf(&b, "\n    %s %s", s.letter, s.means)
	}
	return b.String()
}
