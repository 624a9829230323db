package wizard

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
)

const good = `
name: acme
platform: {git: {url: &u https://github.com/acme/platform}, owners: ["@acme/platform"]}
registry: {provider: zot, host: registry.acme.example}
environments: [dev, {name: prod, promotion: {mode: automatic}}]
`

func answers(t *testing.T, text string, flags map[string]string) (contract.Contract, string) {
	t.Helper()
	a, ds := ReadAnswers("a.yaml", []byte(text))
	if len(ds) > 0 {
		return contract.Contract{}, ds.String()
	}
	c, err := Ask(&Preset{Prompter: a, Values: flags}, contract.Contract{}, Options{})
	var refusal Refusal
	switch {
	case errors.As(err, &refusal):
		return c, a.Faults().String() + err.Error()
	case err != nil:
		t.Fatal(err)
	}
	return c, a.Problems().String()
}

func TestAnswers(t *testing.T) {
	t.Parallel()
	c, problems := answers(t, good, nil)
	if problems != "" || len(c.Spec.Environments) != 2 || len(c.Spec.Teams) != 0 || c.Metadata.Name != "acme" {
		t.Errorf("%s %+v", problems, c.Spec)
	}
	c, problems = answers(t, good, map[string]string{"name": "other", "environment": "dev, qa"})
	if !strings.Contains(problems, "environments[1].promotion.approvers: is missing") && problems != "" || c.Metadata.Name != "other" {
		t.Errorf("%s", problems)
	}
	for text, want := range map[string]string{
		"":                                      "--git-url: is missing; give --git-url",
		good + "nmae: x\n":                      `a.yaml:6:1: nmae: unknown key "nmae"; did you mean "name"?`,
		good + "zzz: x\n":                       `a.yaml:6:1: zzz: unknown key "zzz"; the keys here are name, platform, flux,`,
		good + "name: x\n":                      "a.yaml:6:1: name: is given again; keep one of them",
		good + "ci: {provider: jenkins}":        `a.yaml:6:16: ci.provider: is "jenkins"; choose one of github-actions`,
		good + "ci: github":                     "a.yaml:6:5: ci: answers a question that is not asked",
		good + "teams: [{name: a, owners: []}]": "a.yaml:6:27: teams[0].owners: is empty; something is needed here",
		good + "teams: [{name: a, owners: {x: y}}]":               "a.yaml:6:28: teams[].owners.x: unknown key",
		good + "teams: [{owners: [\"@a/b\"]}]":                    "a.yaml:6:9: teams[0].name: is missing; for example payments",
		good + "supplyChain: {signing: key}":                      "a.yaml:6:14: supplyChain.keyRef: is missing",
		good + "decision: {gitNativeAudit: maybe}":                `decision.gitNativeAudit: is "maybe"; choose one of yes, no, not decided`,
		good + "delivery: {pinned: [qa]}":                         `a.yaml:6:20: delivery.pinned: is "qa"; choose one of dev, prod`,
		good + "decision: {reviewBy: 2027-01-31}":                 "a.yaml:6:22: decision.reviewBy: answers a question that is not asked with the other answers",
		strings.Replace(good, "https", "ftp", 1):                  "a.yaml:3:23: platform.git.url:",
		"name: [":                                                 "a.yaml",
		"- a":                                                     "a.yaml:1:1: is no mapping of answers",
		"name: *x":                                                "a.yaml",
		strings.Replace(good, "[dev, ", "[dev, dev, ", 1):         "environments: is \"dev\", the name of another environment",
		strings.Replace(good, "[\"@acme/platform\"]", "[[x]]", 1): "platform.owners: is no text; write a text",
		good + "observability: {metrics: none}":                   `a.yaml:6:1: observability: unknown key "observability"`,
	} {
		_, problems := answers(t, text, nil)
		if !strings.Contains(problems, want) {
			t.Errorf("%s\n%s\nwant %s", text, problems, want)
		}
	}
}

// TestAnswersForExamples: what an example says can be answered from a file.
func TestAnswersForExamples(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/answers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, problems := answers(t, string(data), nil)
	if want := parse(t, "testdata/full.yaml"); problems != "" || !c.Equal(want) {
		t.Errorf("%s\n%s", problems, c.Written())
	}
}

// TestSampleAnswers: those beside an example give it.
func TestSampleAnswers(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("../../examples/quickstart/answers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	c, problems := answers(t, string(data), nil)
	if want := parse(t, "../../examples/quickstart/penstock.yaml"); problems != "" || !c.Equal(want) {
		t.Errorf("%s\n%s", problems, c.Written())
	}
}

func TestPreset(t *testing.T) {
	t.Parallel()
	var none *Answers
	s := newScript(t, "...\nWhat now: platform\nname: third\nWhat now: write")
	c, err := Ask(&Preset{Prompter: s, Values: map[string]string{"name": "first", "registry": "ecr"}}, contract.Contract{}, Options{})
	if err != nil || c.Metadata.Name != "third" || c.Spec.Registry.Provider != "ecr" {
		t.Errorf("%v %+v", err, c.Spec)
	}
	s = newScript(t, "...\nregistry.provider: zot")
	if _, err = Ask(&Preset{Prompter: s, Values: map[string]string{"registry": "ecs"}}, contract.Contract{}, Options{}); err != nil {
		t.Error(err)
	}
	s.finish()
	if text := s.intros.String(); !strings.Contains(text, `--registry: is "ecs"; choose one of zot, ecr`) {
		t.Error(text)
	}
	none = NoAnswers()
	bad := map[string]string{"name": "A B", "git-url": "ftp://x", "registry": "ecs", "environment": "dev, ci"}
	if _, err := Ask(&Preset{Prompter: none, Values: bad}, contract.Contract{}, Options{}); err != nil {
		t.Error(err)
	}
	for flag := range bad {
		if text := none.Problems().String(); !strings.Contains(text, "--"+flag+": ") {
			t.Errorf("no word of --%s:\n%s", flag, text)
		}
	}
	none = NoAnswers()
	if _, err := Ask(none, contract.Contract{}, Options{}); err != nil {
		t.Error(err)
	}
	if text := none.Problems().String(); !strings.Contains(text, "--git-url: is missing; give --git-url, for example https://") {
		t.Error(text)
	}
}
