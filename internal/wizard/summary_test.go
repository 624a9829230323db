package wizard

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
)

// TestSummary: it shows every value that was given.
func TestSummary(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/answers.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{"harbor": string(data)}
	for provider, fields := range map[string]string{
		"ecr": "account: '999988887777', region: eu-north-1, host: 999988887777.dkr.ecr.eu-north-1.amazonaws.com, prefix: shop/bundles",
		"gar": "project: shop-x, location: europe-north1, host: europe-north1-docker.pkg.dev, prefix: bundles",
		"acr": "subscription: 11111111-2222-3333-4444-555555555555, resourceGroup: shop-group, host: shopx.azurecr.io, prefix: bundles",
	} {
		texts[provider] = strings.Replace(good, "provider: zot, host: registry.acme.example", "provider: "+provider+", "+fields, 1)
	}
	for name, text := range texts {
		a, ds := ReadAnswers("a.yaml", []byte(text))
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		l := &listener{Prompter: a}
		if _, err := Ask(l, contract.Contract{}, Options{}); err != nil {
			t.Fatal(err)
		}
		for _, given := range l.given {
			if !strings.Contains(l.summary, given) {
				t.Errorf("%s: %s is not in the summary:\n%s", name, given, l.summary)
			}
		}
	}
}

// listener takes down what was answered to questions for text.
type listener struct {
	Prompter
	given   []string
	summary string
}

func (l *listener) Input(q Question) (string, error) {
	v, err := l.Prompter.Input(q)
	switch {
	case q.List:
		l.given = append(l.given, split(v)...)
	case q.Lines:
		l.given = append(l.given, strings.Split(v, "\n")[2])
	case v != "":
		l.given = append(l.given, strings.Join(strings.Fields(v), " "))
	}
	return v, err
}

func (l *listener) Select(q Question) (string, error) {
	if q.Text == "What now" {
		l.summary = q.Intro
	}
	return l.Prompter.Select(q)
}

// TestHelp: help offers what is offered, and says why something is not.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"https://github.com/acme/platform", "https://gitlab.bank.example/a/b"} {
		for _, provider := range contract.Options("spec.registry.provider") {
			h := &helped{t: t, script: newScript(t, "...\nregistry.provider: "+provider)}
			if _, err := Ask(h, contract.Contract{}, Options{Seed: Seed{URL: url, Branch: "trunk"}}); err != nil {
				t.Fatal(err)
			}
		}
	}
}

type helped struct {
	*script
	t *testing.T
}

func (h *helped) Select(q Question) (string, error) {
	for _, v := range contract.Options("spec." + q.Key) {
		_, offered, _ := strings.Cut(q.Help, "Not offered: "+v+";")
		if slices.Contains(q.values(), v) == (offered != "") || strings.Contains(q.Help, "Write ") || strings.Contains(q.Help, "Default: ") {
			h.t.Errorf("%s offers %v and explains\n%s", q.Key, q.values(), q.Help)
		}
	}
	return h.script.Select(q)
}

func (h *helped) Input(q Question) (string, error) {
	if q.Default != "" && strings.Contains(q.Help, "Default: ") || q.List && !strings.Contains(q.Help+q.prompt(), "comma") {
		h.t.Errorf("%s [%s]: %s", q.Key, q.Default, q.Help)
	}
	return h.script.Input(q)
}
