package gen

import (
	"path"
	"strings"
)

// header is the first lines of a file: where it comes from, what to change
// instead, or that it is the reader's own. Formats without comments get none.
func header(file string, seeded bool, from string) string {
	text := []string{
		"Managed by Penstock: made from " + from + ".",
		`Change that and run "penstock generate"; edits made here are kept and merged.`,
	}
	if seeded {
		text = []string{"Yours: Penstock wrote this once, as a starting point, and never changes it again."}
	}
	switch path.Ext(file) {
	case ".yaml", ".yml", ".tf", ".txt", ".sourceignore", ".prettierignore", ".gitattributes", "":
		return "# " + strings.Join(text, "\n# ") + "\n"
	case ".md":
		return "<!-- " + strings.Join(text, "\n     ") + " -->\n\n"
	default:
		return ""
	}
}
