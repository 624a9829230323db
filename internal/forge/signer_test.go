package forge_test

import (
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"

	"testing"

	celgo "github.com/google/cel-go/cel"

	"github.com/penstock-dev/penstock/internal/forge"
)

// TestCELLiterals: whatever a branch or a repository is called, the literal is
// that string and nothing else.
func TestCELLiterals(t *testing.T) {
	t.Parallel()
	env, err := celgo.NewEnv(celgo.Variable("v", celgo.StringType))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{
		"main", "", "it's", `a"b`, `\`, `\'`, `' || true || '`, "a\nb", "tab\t", "\x7f", "é", "\u200b", "\U0001f680", "${x}", "`", "\\u0041",
	} {
		ast, issues := env.Compile("v == " + forge.CEL(s))
		if issues.Err() != nil {
			t.Errorf("%q: %s: %v", s, forge.CEL(s), issues.Err())
			continue
		}
		program, err := env.Program(ast)
		if err != nil {
			t.Fatal(err)
		}
		for v, want := range map[string]bool{s: true, s + "x": false, "x" + s: false} {
			if got, _, err := program.Eval(map[string]any{"v": v}); err != nil || got.Value() != want {
				t.Errorf("%q, %s: %q is %v, %v", s, forge.CEL(s), v, got, err)
			}
		}
	}
}
