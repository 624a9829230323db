package cli

import (
	"strings"
	"testing"
)

// TestUsage is calls that are wrong in one way or several: all of it is said at
// once, with what fits.
func TestUsage(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args string
		want []string
	}{
		{"promote", []string{"--to is missing; name the environment, such as --to prod"}},
		{"rollback", []string{"--env is missing; name the environment, such as --env prod"}},
		{"promote --to", []string{"--to has no value; name the environment, such as --to prod"}},
		{"promote --evn prod", []string{"unknown flag --evn", "--to is missing; name the environment, such as --to prod"}},
		{"rollback --evn prod", []string{"unknown flag --evn; did you mean --env?"}},
		{"promote x -o jsn --relase 1.0.0", []string{
			`--output "jsn": did you mean json? allowed are text, json`, "unknown flag --relase; did you mean --release?",
			"--to is missing; name the environment, such as --to prod",
		}},
		{"promote x --repair=maybe", []string{
			`--repair "maybe": write true or false, or the flag alone`, `"x" is too much; it takes no argument`,
			"--to is missing; name the environment, such as --to prod",
		}},
		{"promote x", []string{`"x" is too much; it takes no argument`, "--to is missing; name the environment, such as --to prod"}},
		{"hold", []string{"--env is missing; name the environment, such as --env prod", "--reason or --lift is missing"}},
		{"history --max-hold soon", []string{`--max-hold "soon": write a number and its unit, such as 30m or 168h`}},
		{"history --check --export", []string{"--check and --export exclude each other; leave out all but one"}},
		{"bundle push --image", []string{"--image has no value; it is: NAME=REF@sha256:…, such as --image checkout=registry.acme.example/images/checkout@sha256:…"}},
		{"bundle show -q", []string{`unknown flag -q in "-q"`}},
		{"bundle show a b", []string{`"b" is too much; it takes REF`}},
		{"bundle diff a b c", []string{`"c" is too much; it takes [A [B]]`, "--env is missing; name the environment, such as --env prod"}},
		{"bundle shwo --env x", []string{`unknown command "shwo"; did you mean "penstock bundle show"?`}},
		{"completion bsh", []string{`unknown command "bsh"; did you mean "penstock completion bash"?`}},
		{"help promtoe", []string{`unknown command "promtoe"; did you mean "penstock promote"?`}},
		{"help bundle shwo", []string{`unknown command "shwo"; did you mean "penstock bundle show"?`}},
		{"help nothing-like-it", []string{`unknown command "nothing-like-it"; it has add, bundle, completion, diff, generate, graph, history, hold, init, promote, registry, rollback, schema, version`}},
		{"add clutser", []string{`unknown command "clutser"; did you mean "penstock add cluster"?`}},
	} {
		command, _, _ := strings.Cut(c.args, " ")
		if command == "bundle" && !strings.Contains(c.args, "shwo") {
			command += " " + strings.Fields(c.args)[1]
		}
		command = "penstock " + command
		want := ""
		for _, w := range c.want {
			want += command + ": " + w + "\n"
		}
		see := "see \"" + command + " --help\"\n"
		if len(c.want) == 1 {
			want = strings.TrimSuffix(want, "\n") + "; "
		}
		if got := penstockErrors(t, strings.Fields(c.args)...); got != want+see {
			t.Errorf("%s\ngot:\n%swant:\n%s", c.args, got, want+see)
		}
	}
}

// penstockErrors runs a call that is wrong and returns what it says.
func penstockErrors(t *testing.T, args ...string) string {
	t.Helper()
	var out, errs strings.Builder
	if code := Main(t.Context(), args, IO{Out: &out, Err: &errs}); code != exitInvalid || out.String() != "" {
		t.Errorf("penstock %s: exit code %d, and it prints %q", strings.Join(args, " "), code, &out)
	}
	return errs.String()
}
