package gen_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// trustSetup does the steps of docs/setup.md that say whom a registry trusts.
type trustSetup struct {
	d     delivery
	again bool // as where an earlier version was set up
	// numbers are those that gh knows, by repository.
	numbers map[string]string
	calls   []trustCall
	// subject are the claims that a repository's template has afterwards, branches
	// those that may deploy to its environments.
	subject  map[string][]string
	branches map[string]map[string]string
}

// trustStep is a step as a person reads it.
type trustStep struct {
	doc, title         string
	do, again, instead string
}

// trustCall is a call of one of the clouds' programs.
type trustCall struct {
	step trustStep
	args []string
	text string
	// document is the file that the step has written last.
	document []byte
}

func newTrustSetup(t *testing.T, d delivery) *trustSetup {
	t.Helper()
	return &trustSetup{d: d, numbers: map[string]string{"acme/checkout": "456789", "acme/platform": "456000"}}
}

// trustDocs are the documents in the order in which they are done.
func trustDocs() []string {
	return []string{"platform/docs/setup.md", "apps/payments/checkout/docs/setup.md"}
}

var trustBlock = regexp.MustCompile("(?s)^(.*?)\n```sh\n(.*?)\n```\n")

// steps reads the steps of a document that trust somebody.
func (s *trustSetup) steps(t *testing.T, doc string) []trustStep {
	t.Helper()
	var list []trustStep
	for _, section := range strings.Split(string(s.d.files[doc].Data), "\n### ")[1:] {
		title, rest, _ := strings.Cut(section, "\n")
		do := trustBlock.FindStringSubmatch(rest)
		if do == nil || !regexp.MustCompile(`customization/sub|deployment-branch-policies|trust\.json|federated-credential|workload-identity-pools|workloadIdentityUser|zot-(oidc|access)\.json`).MatchString(do[2]) {
			continue
		}
		step := trustStep{doc: doc, title: title, do: do[2]}
		if again := trustBlock.FindStringSubmatch(rest[len(do[0]):]); again != nil {
			if _, after, found := strings.Cut(again[1], "earlier version of Penstock made it, run this in the place of `"); found {
				step.instead, _, _ = strings.Cut(after, "`")
				step.again = again[2]
			}
		}
		list = append(list, step)
	}
	if len(list) == 0 {
		t.Fatalf("%s: trusts nobody", doc)
	}
	return list
}

// script is what a person runs for a step.
func (s *trustSetup) script(t *testing.T, step trustStep) string {
	t.Helper()
	if !s.again || step.again == "" {
		return step.do
	}
	var kept []string
	replaced, skipping := false, false
	for _, l := range strings.Split(step.do, "\n") {
		if skipping {
			skipping = strings.HasSuffix(l, `\`)
			continue
		}
		if strings.HasPrefix(l, step.instead) {
			if !replaced {
				kept = append(kept, step.again)
			}
			replaced, skipping = true, strings.HasSuffix(l, `\`)
			continue
		}
		kept = append(kept, l)
	}
	if !replaced {
		t.Fatalf("%s: %s: no command begins with %q", step.doc, step.title, step.instead)
	}
	return strings.Join(kept, "\n")
}

// trustPrograms stands in for gh and the clouds' programs: it writes down what it
// is called with, with the documents of the step, and answers what a step asks.
const trustPrograms = `#!/bin/bash
name="${0##*/}"
printf '%s\0' "$#" "$name" "$@" >> "$CALLS"
case "$name $*" in
  "gh api "*" --jq .id"|"gh api "*" --jq .owner.id")
    for a in "$@"; do case "$a" in repos/*) repository="${a#repos/}" ;; esac; done
    while read -r slug number; do
      if [ "$slug" = "$repository" ]; then
        case "$*" in *.owner.id) echo 123456 ;; *) echo "$number" ;; esac
        exit 0
      fi
    done < "$NUMBERS"
    echo "gh: Not Found (HTTP 404)" >&2
    exit 1 ;;
  *projectNumber*) echo 987654 ;;
  "gcloud"*describe*|"az "*show*) echo something ;;
  "aws iam"*trust.json) cat trust.json > "$TRUST"; jq -e . trust.json > /dev/null || exit 1 ;;
esac
`

// run does all steps and keeps what was called.
func (s *trustSetup) run(t *testing.T) {
	t.Helper()
	bash := program(t, "bash")
	dir := t.TempDir()
	bin := filepath.Join(dir, "bin")
	for _, name := range []string{"gh", "aws", "az", "gcloud"} {
		writeTo(t, filepath.Join(bin, name), []byte(trustPrograms))
		if err := os.Chmod(filepath.Join(bin, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	var known strings.Builder
	for slug, number := range s.numbers {
		known.WriteString(slug + " " + number + "\n")
	}
	numbers := filepath.Join(dir, "numbers")
	writeTo(t, numbers, []byte(known.String()))
	s.calls, s.subject, s.branches = nil, map[string][]string{}, map[string]map[string]string{}
	for _, doc := range trustDocs() {
		for _, step := range s.steps(t, doc) {
			work := t.TempDir()
			cmd := exec.Command(bash, "-c", s.script(t, step))
			cmd.Dir = work
			cmd.Env = append(os.Environ(), "PATH="+bin+":"+os.Getenv("PATH"), "CALLS="+filepath.Join(work, "calls"), "NUMBERS="+numbers, "TRUST="+filepath.Join(work, "trusted"))
			out, err := cmd.CombinedOutput()
			if err != nil && len(s.numbers) > 0 {
				t.Fatalf("%s: %s: %v\n%s", doc, step.title, err, out)
			}
			s.keep(t, step, work)
		}
	}
}

// keep reads what one step called.
func (s *trustSetup) keep(t *testing.T, step trustStep, work string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(work, "calls"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	words := strings.Split(string(data), "\x00")
	for len(words) > 1 {
		count, err := strconv.Atoi(words[0])
		if err != nil {
			t.Fatal(err)
		}
		args := words[1 : count+2]
		words = words[count+2:]
		call := trustCall{step: step, args: args, text: strings.Join(args, " ")}
		if strings.HasSuffix(call.text, "trust.json") {
			call.document, _ = os.ReadFile(filepath.Join(work, "trusted"))
		}
		s.calls = append(s.calls, call)
	}
	for _, file := range []string{"zot-oidc.json", "zot-access.json"} {
		if doc, err := os.ReadFile(filepath.Join(work, file)); err == nil {
			s.calls = append(s.calls, trustCall{step: step, args: []string{file}, text: file, document: doc})
		}
	}
	s.settings()
}

// settings reads what the steps have set on GitHub.
func (s *trustSetup) settings() {
	policy := regexp.MustCompile(`^repos/(.+)/environments/([^/]+)/deployment-branch-policies$`)
	for _, c := range s.calls {
		for _, a := range c.args {
			if m := policy.FindStringSubmatch(a); m != nil && c.flag("-f") != "" {
				if s.branches[m[1]] == nil {
					s.branches[m[1]] = map[string]string{}
				}
				s.branches[m[1]][m[2]] = strings.TrimPrefix(c.flag("-f"), "name=")
			}
		}
		if at := slices.IndexFunc(c.args, func(a string) bool { return strings.HasSuffix(a, "/actions/oidc/customization/sub") }); at >= 0 {
			slug := strings.TrimSuffix(strings.TrimPrefix(c.args[at], "repos/"), "/actions/oidc/customization/sub")
			s.subject[slug] = nil
			for _, a := range c.args {
				if key, is := strings.CutPrefix(a, "include_claim_keys[]="); is {
					s.subject[slug] = append(s.subject[slug], key)
				}
			}
		}
	}
}

// flag is the value of a flag of a call.
func (c trustCall) flag(name string) string {
	for i, a := range c.args[:len(c.args)-1] {
		if a == name {
			return c.args[i+1]
		}
	}
	return ""
}
