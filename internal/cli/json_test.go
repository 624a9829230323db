package cli

import (
	"bytes"
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// noResult says why a command has no -o json.
func noResult() map[string]string {
	return map[string]string{
		"penstock":                       "prints its help",
		"penstock add":                   "prints its help",
		"penstock bundle":                "prints its help",
		"penstock registry":              "prints its help",
		"penstock help":                  "prints help",
		"penstock schema":                "prints JSON, always",
		"penstock graph":                 "draws a picture, in the languages of pictures",
		"penstock completion":            "prints its help",
		"penstock completion bash":       "prints a script",
		"penstock completion zsh":        "prints a script",
		"penstock completion fish":       "prints a script",
		"penstock completion powershell": "prints a script",
	}
}

// calledWith is a command's arguments, with which it could run.
func calledWith() map[string][]string {
	return map[string][]string{
		"add team":        {"--name", "a", "--owner", "@acme/a"},
		"add app":         {"--team", "payments", "--name", "a", "--git-url", "https://github.com/acme/a"},
		"add environment": {"--name", "a", "--from", "dev"},
		"add cluster":     {"--environment", "dev", "--name", "a"},
		"bundle push":     {"--release", "1.0.0"},
		"bundle show":     {"1.0.0"},
		"bundle diff":     {"--env", "dev"},
		"promote":         {"--to", "dev"},
		"rollback":        {"--env", "dev", "--reason", "a"},
		"hold":            {"--env", "dev", "--lift"},

		"registry simulate": {"--policy", ".", "--history", "-"},
	}
}

func everyCommand(cmd *cobra.Command) []*cobra.Command {
	list := []*cobra.Command{cmd}
	for _, c := range cmd.Commands() {
		list = append(list, everyCommand(c)...)
	}
	return list
}

// TestJSONEverywhere: each command that prints a result prints it as JSON, too,
// and prints in JSON what keeps it from having one.
func TestJSONEverywhere(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	bad := filepath.Join(dir, "bad.yaml")
	if err := os.WriteFile(bad, []byte("apiVersion: penstock.dev/v1alpha1\nkind: DeliveryContract\nmetadata: {name: acme}\nnope: 1\nspec: 2\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	none := noResult()
	seen := 0
	for _, cmd := range everyCommand(newRoot(IO{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}})) {
		path := cmd.CommandPath()
		if _, ok := none[path]; ok {
			delete(none, path)
			continue
		}
		f := cmd.Flags().Lookup("output")
		if e, ok := f.Value.(enum); !ok || !slices.Contains(e.allowed, "json") || f.Shorthand != "o" {
			t.Errorf("%s: has no -o json; where it prints no result, say so in noResult", path)
			continue
		}
		if path == "penstock version" {
			continue // refuses nothing but flags
		}
		seen++
		name := strings.TrimPrefix(path, "penstock ")
		call := append(strings.Fields(name), append(calledWith()[name], "-o", "json")...)
		if name != "init" {
			refusedJSON(t, call, "") // there is no contract
			list := refusedJSON(t, append(call, "-c", bad), "")
			if len(list) < 2 || list[0].File != filepath.ToSlash(bad) || list[0].Line != 4 || list[0].Column == 0 || list[0].Fix == "" {
				t.Errorf("%v: %+v", call, list)
			}
		} else {
			refusedJSON(t, call, "--approver is missing")
		}
		refusedJSON(t, append(call, "--nope"), "unknown flag --nope")
		refusedJSON(t, append([]string{"--nope"}, call...), "unknown flag --nope")
	}
	if len(none) > 0 || seen < 12 {
		t.Errorf("%d commands; there is no %v", seen, slices.Sorted(maps.Keys(none)))
	}
}

// refusedJSON makes a call that is refused as invalid.
func refusedJSON(t *testing.T, args []string, says string) []problem {
	t.Helper()
	var out, err bytes.Buffer
	code := Main(t.Context(), args, IO{In: strings.NewReader(""), Out: &out, Err: &err})
	var got struct{ Problems []problem }
	dec := json.NewDecoder(&out)
	dec.DisallowUnknownFields()
	if fault := dec.Decode(&got); code != exitInvalid || fault != nil || dec.More() || len(got.Problems) == 0 {
		t.Errorf("%v: exit code %d, %v, %+v\n%s", args, code, fault, got, err.String())
		return nil
	}
	for _, p := range got.Problems {
		if p.What == "" || strings.Contains(p.What, "\n") {
			t.Errorf("%v: %+v", args, p)
		}
	}
	if what := got.Problems[0].Field + " " + got.Problems[0].What; !strings.Contains(what, says) {
		t.Errorf("%v: %q", args, what)
	}
	if err.Len() == 0 {
		t.Errorf("%v: says nothing as text", args)
	}
	return got.Problems
}

func TestProblemsOfText(t *testing.T) {
	t.Parallel()
	for text, want := range map[string][]problem{
		"a.yaml:3:5: is odd; make it even": {{File: "a.yaml", Line: 3, Column: 5, What: "is odd", Fix: "make it even"}},
		"a.yaml:3: moved; odd; even":       {{File: "a.yaml", Line: 3, What: "moved; odd", Fix: "even"}},
		"no contract here":                 {{What: "no contract here"}},
		"one; run:\n  git mv\ntwo\n":       {{What: "one", Fix: "run:\n  git mv"}, {What: "two"}},
	} {
		if got := problems(problemsOfText(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}
