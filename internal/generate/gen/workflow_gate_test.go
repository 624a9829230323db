package gen_test

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/rhysd/actionlint"
)

func read(t testing.TB, file string) []byte {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// TestGates: who waits for whom in the workflow of an environment. Promotions of
// an app share a group and wait for each other; everything else has a group of
// its own, so that a rollback neither waits nor is replaced. A job that waits for
// an approval holds its group, so a newer request takes its place, and nothing
// but a promotion that was approved, or what needs no approval, moves anything.
func TestGates(t *testing.T) {
	t.Parallel()
	onGitHub(t, func(t *testing.T, d delivery) {
		if !d.m.HasOCI() {
			return
		}
		for _, e := range d.m.Envs {
			p := "platform/.github/workflows/promote-" + e.Name + ".yaml"
			w := readWorkflow(t, p, d.files[p].Data)
			move, approve := w.job("move"), w.job("approve")
			checkGroups(t, p, e.Name, scalar(move, "concurrency", "group"))
			if scalar(move, "concurrency", "cancel-in-progress") != "false" || scalar(move, "environment") != e.Name {
				t.Errorf("%s: what moves can be cancelled, or is in another environment", p)
			}
			waits := e.NeedsPerson && !e.Pinned
			if (approve != nil) != waits {
				t.Errorf("%s: asks for approval: %v", p, approve != nil)
			}
			if approve == nil {
				if get(move, "if") != nil || get(move, "needs") != nil {
					t.Errorf("%s: move waits for something", p)
				}
				continue
			}
			checkApprove(t, w, e.Name)
			checkGate(t, p, scalar(move, "if"))
		}
	})
}

// checkGroups: a promotion's group is its app's, in whatever run; any other
// move's is that of its run, and no promotion's.
func checkGroups(t *testing.T, p, env, group string) {
	t.Helper()
	for _, run := range []string{"1", "2"} {
		for _, app := range []string{"acme/a", "acme/b"} {
			for _, action := range []string{"promote", "rollback", "hold", "lift"} {
				want := action + "-" + env + "-" + run
				if action == "promote" {
					want = action + "-" + env + "-" + app
				}
				got := text(t, group, map[string]string{"inputs.action": action, "inputs.app": app, "github.repository": app, "github.run_id": run})
				if got != want {
					t.Errorf("%s: %s of %s in run %s has the group %s, want %s", p, action, app, run, got, want)
				}
			}
		}
	}
}

func checkApprove(t *testing.T, w workflow, env string) {
	t.Helper()
	approve := w.job("approve")
	if scalar(approve, "environment") != env+"-approval" || scalar(approve, "concurrency", "cancel-in-progress") != "true" ||
		scalar(approve, "concurrency", "group") != "approve-"+env+"-${{ github.repository }}" || len(get(approve, "permissions").Content) > 0 {
		t.Errorf("%s: approve: another environment or group, or it has rights", w.path)
	}
	for _, s := range w.steps() {
		if s.job.id == "approve" && (get(s.node, "uses") != nil || strings.Contains(scalar(s.node, "run"), "penstock")) {
			t.Errorf("%s: %s does something before the approval is seen", w.path, s.id())
		}
	}
	if !truth(t, scalar(approve, "if"), map[string]string{"inputs.action": "promote"}) || truth(t, scalar(approve, "if"), map[string]string{"inputs.action": "rollback"}) {
		t.Errorf("%s: asks for approval if %s", w.path, scalar(approve, "if"))
	}
}

// checkGate goes through all that can be when move is about to begin.
func checkGate(t *testing.T, p, gate string) {
	t.Helper()
	for _, action := range []string{"promote", "PROMOTE", "rollback", "hold", "lift", "", "x"} {
		for _, result := range []string{"success", "failure", "cancelled", "skipped"} {
			for _, cancelled := range []string{"", "true"} {
				promotes := strings.EqualFold(action, "promote")
				want := cancelled == "" && (promotes && result == "success" || !promotes && result == "skipped")
				if got := truth(t, gate, map[string]string{"inputs.action": action, "needs.approve.result": result, "cancelled()": cancelled}); got != want {
					t.Errorf("%s: %q, approval %s, cancelled %q: moves: %v", p, action, result, cancelled, got)
				}
			}
		}
	}
}

// TestGateFinds: the trap that skipping is success for some conditions is seen.
func TestGateFinds(t *testing.T) {
	t.Parallel()
	bad := "!cancelled() && needs.approve.result != 'failure'"
	if !truth(t, bad, map[string]string{"inputs.action": "promote", "needs.approve.result": "skipped", "cancelled()": ""}) {
		t.Error("the evaluation of conditions does not see that this moves without an approval")
	}
}

func text(t *testing.T, expression string, values map[string]string) string {
	t.Helper()
	return evaluate(t, strings.TrimSuffix(strings.TrimPrefix(expression, "${{"), "}}"), values)
}

func truth(t *testing.T, expression string, values map[string]string) bool {
	t.Helper()
	return evaluate(t, expression, values) != ""
}

// evaluate is GitHub's evaluation for expressions of strings: false and null are
// "", true is "true".
func evaluate(t *testing.T, expression string, values map[string]string) string {
	t.Helper()
	node, err := actionlint.NewExprParser().Parse(actionlint.NewExprLexer(expression + "}}"))
	if err != nil {
		t.Fatalf("%s: %s", expression, err.Message)
	}
	return evaluateNode(t, node, values)
}

func evaluateNode(t *testing.T, node actionlint.ExprNode, values map[string]string) string {
	t.Helper()
	is := func(b bool) string {
		if b {
			return "true"
		}
		return ""
	}
	switch n := node.(type) {
	case *actionlint.StringNode:
		return n.Value
	case *actionlint.ObjectDerefNode:
		name := dotted(n)
		v, ok := values[name]
		if !ok {
			t.Fatalf("%s: has no value here", name)
		}
		return v
	case *actionlint.NotOpNode:
		return is(evaluateNode(t, n.Operand, values) == "")
	case *actionlint.CompareOpNode:
		same := strings.EqualFold(evaluateNode(t, n.Left, values), evaluateNode(t, n.Right, values))
		return is(same == (n.Kind == actionlint.CompareOpNodeKindEq))
	case *actionlint.LogicalOpNode:
		left := evaluateNode(t, n.Left, values)
		if (left != "") == (n.Kind == actionlint.LogicalOpNodeKindOr) {
			return left
		}
		return evaluateNode(t, n.Right, values)
	case *actionlint.FuncCallNode:
		if n.Callee != "format" {
			return values[n.Callee+"()"]
		}
		out := evaluateNode(t, n.Args[0], values)
		for i, a := range n.Args[1:] {
			out = strings.ReplaceAll(out, fmt.Sprintf("{%d}", i), evaluateNode(t, a, values))
		}
		return out
	}
	t.Fatalf("%T: not known here", node)
	return ""
}

func dotted(node actionlint.ExprNode) string {
	switch n := node.(type) {
	case *actionlint.ObjectDerefNode:
		return dotted(n.Receiver) + "." + n.Property
	case *actionlint.VariableNode:
		return n.Name
	}
	return "?"
}
