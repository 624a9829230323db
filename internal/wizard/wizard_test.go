package wizard

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/goldentest"
)

func ask(t *testing.T, text string, o Options) (contract.Contract, *script) {
	t.Helper()
	s := newScript(t, text)
	c, err := Ask(s, contract.Contract{}, o)
	if err != nil {
		t.Fatalf("%v; asked were\n%s", err, strings.Join(s.log, "\n"))
	}
	s.finish()
	return c, s
}

func parse(t *testing.T, file string) contract.Contract {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	c, ds := contract.Parse(file, data)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	return c
}

// TestEnter: who presses Enter at each question gets the quickstart.
func TestEnter(t *testing.T) {
	t.Parallel()
	c, s := ask(t, "...", Options{Seed: Seed{URL: "https://github.com/acme/platform", Branch: "main"}})
	if want := parse(t, "../../examples/quickstart/penstock.yaml"); !c.Equal(want) {
		t.Error(cmp.Diff(want.Spec, c.Spec))
	}
	goldentest.File(t, "testdata/enter.txt", []byte(strings.Join(s.log, "\n")+"\n"+s.intros.String()))
}

// TestEnterAnywhere: whatever the folder and the remote are, the defaults fit
// together.
func TestEnterAnywhere(t *testing.T) {
	t.Parallel()
	for _, seed := range []Seed{
		{},
		{Name: "Über Ünïcode / Ltd."},
		{Name: "..."},
		{Name: "my-platform", URL: "git@gitlab.com:group/sub/infra.git"},
		{URL: "ssh://git@gitlab.bank.example:2222/Platform_Team/delivery.git", Branch: "trunk"},
		{URL: "https://git.example.org/x/y"},
		{URL: "https://github.com/~weird/-/y"},
		{URL: "https://github.com/kube-system/default/"},
	} {
		c, _ := ask(t, "...", Options{Seed: seed})
		if again, ds := contract.Parse("c", c.Written()); len(ds) > 0 || !again.Equal(c) {
			t.Errorf("%+v: %s", seed, ds)
		}
	}
}

// TestProviders: with each registry the defaults fit together.
func TestProviders(t *testing.T) {
	t.Parallel()
	for _, provider := range contract.Options("spec.registry.provider") {
		for _, url := range []string{"https://github.com/acme/platform", "https://gitlab.acme.example/a/b"} {
			c, _ := ask(t, "...\nregistry.provider: "+provider, Options{Seed: Seed{URL: url}})
			if c.Spec.Registry.Provider != provider {
				t.Errorf("%s: %+v", provider, c.Spec.Registry)
			}
		}
	}
}

// TestFull answers each question there is, refused answers among them.
func TestFull(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/full.script")
	if err != nil {
		t.Fatal(err)
	}
	c, s := ask(t, string(data), Options{Files: func(contract.Contract) ([]string, error) {
		return []string{"platform/README.md", "platform/docs/setup.md", "apps/cards/auth/deploy/base/x.yaml"}, nil
	}})
	goldentest.File(t, "testdata/full.yaml", c.Written())
	goldentest.File(t, "testdata/full.txt", []byte(s.intros.String()))
}

// TestGoBack reopens every section; what was answered is the default then.
func TestGoBack(t *testing.T) {
	t.Parallel()
	c, _ := ask(t, `
		...
		environments: dev, prod
		environments[1].promotion.mode: automatic
		What now: environments
		environments: dev, qa, prod
		environments[1].promotion.mode: automatic
		environments[2].promotion.mode: automatic
		What now: teams
		The teams payments: add one
		teams[1].name: cards
		teams[1].owners: @acme/cards
		teams[1].apps[0]: no
		The teams payments, cards: change payments
		teams[0].contact: #payments
		The apps checkout: remove checkout
		The teams payments, cards: keep them
		What now: platform
		name: other
		What now: registry
		What now: ci
		What now: supply chain
		supplyChain.signing: none
		What now: decision
		decision.gitNativeAudit: yes
		What now: environments
		environments[2].promotion.mode: approval
		What now: decision
		delivery.pinned: prod
		decision.reviewBy: 2027-01-31
		What now: write`, Options{Seed: Seed{URL: "https://github.com/acme/platform"}})
	goldentest.File(t, "testdata/back.yaml", c.Written())
}

// TestMisfit: answers that do not fit together can be changed, not written.
func TestMisfit(t *testing.T) {
	t.Parallel()
	c, s := ask(t, `
		...
		What now: platform
		platform.git.url: https://gitlab.acme.example/a/b
		What now!: write -> choose one of
		What now: supply chain
		What now: ci
		What now: write`, Options{Seed: Seed{URL: "https://github.com/acme/platform"}})
	if !strings.Contains(s.intros.String(), "This does not fit together") || c.Spec.SupplyChain.Signing != "none" {
		t.Error(s.intros.String())
	}
}

// TestBack: "<" leads to the question before, over what flags answered, and the
// answers on the way are kept as what Enter takes.
func TestBack(t *testing.T) {
	t.Parallel()
	s := newScript(t, `
		...
		name: first
		platform.git.url: <
		name: second
		platform.git.branch: trunk
		platform.contact: #sre
		flux.install: <
		platform.contact: <`)
	c, err := Ask(&Preset{Prompter: s, Values: map[string]string{"owner": "@acme/x"}}, contract.Contract{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s.finish()
	p := c.Spec.Platform
	if c.Metadata.Name != "second" || p.Git.Branch != "trunk" || join(p.Owners) != "@acme/x" || p.Contact != "#sre" {
		t.Errorf("%s %+v", c.Metadata.Name, p)
	}
	if log := strings.Join(s.log, "\n"); !strings.Contains(log, "name [first]") || !strings.Contains(log, "platform.git.branch [trunk]") {
		t.Error(log)
	}
	s = newScript(t, "name: <\n...")
	if _, err := Ask(s, contract.Contract{}, Options{}); err != nil || !strings.Contains(s.intros.String(), "This is the first question") {
		t.Error(err)
	}
}

// TestBackFromSummary goes from the summary to the question before it, and from
// a section that was reopened back to the summary.
func TestBackFromSummary(t *testing.T) {
	t.Parallel()
	c, _ := ask(t, `
		...
		Give the real ones now: no
		What now: <
		Give the real ones now: no
		What now: supply chain
		supplyChain.signing: <
		What now: decision
		delivery.pinned: prod
		What now: write`, Options{Seed: Seed{URL: "https://github.com/acme/platform"}})
	if c.Spec.Environments[2].Reference != "pinned" {
		t.Errorf("%+v", c.Spec.Environments)
	}
}

// TestResume stops at every question there is, and goes on from the notes: no
// answer is asked for twice but whether to go on with a list, and the contract
// is the same.
func TestResume(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/full.script")
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for line := range strings.Lines(string(data)) {
		if key, _, _ := strings.Cut(line, ":"); !strings.HasSuffix(key, "!") && key != "What now" {
			lines = append(lines, line)
		}
	}
	end := []string{"What now: write\n"}
	give := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "Give the real") })
	want, _ := ask(t, strings.Join(append(slices.Clone(lines), end...), ""), Options{})
	for i, line := range lines {
		key, _, _ := strings.Cut(line, ":")
		var n Notes
		s := newScript(t, strings.Join(lines[:i], "")+key+": ^C")
		if _, err := Ask(s, contract.Contract{}, Options{Notes: &n}); !errors.Is(err, ErrInterrupted) {
			t.Fatalf("%s: %v", key, err)
		}
		if n.Given() != i {
			t.Errorf("%s: %d answers, want %d", key, n.Given(), i)
		}
		kept, ds := ReadAnswers("kept.yaml", n.YAML())
		if len(ds) > 0 {
			t.Fatal(ds)
		}
		rest := slices.Clone(lines[i:])
		for ; i > 0 && strings.HasSuffix(strings.Split(lines[i-1], ":")[0], "]"); i-- {
			rest = slices.Insert(rest, 0, lines[i-1])
		}
		if i > give {
			rest = slices.Insert(rest, 0, lines[give])
		}
		s = newScript(t, strings.Join(append(rest, end...), ""))
		c, err := Ask(&Resumed{Prompter: s, Kept: kept}, contract.Contract{}, Options{})
		if err != nil || !c.Equal(want) {
			t.Errorf("stopped at %s: %v\n%s\n%s", key, err, n.YAML(), cmp.Diff(want.Spec, c.Spec))
		}
	}
}

// TestPrintedAnswers: what is printed answers the same questions again.
func TestPrintedAnswers(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/full.script")
	if err != nil {
		t.Fatal(err)
	}
	var n Notes
	want, _ := ask(t, string(data), Options{Notes: &n, Files: func(contract.Contract) ([]string, error) { return nil, nil }})
	c, problems := answers(t, string(n.YAML()), nil)
	if problems != "" || !c.Equal(want) {
		t.Errorf("%s\n%s\n%s", problems, n.YAML(), cmp.Diff(want.Spec, c.Spec))
	}
}

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

func TestStop(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"What now: stop", "name: ^C", "teams[0]: ^C", "teams[0].apps[0].git.url: ^C", "delivery.pinned: ^C", "decision.gitNativeAudit: ^C", "What now: ^C"} {
		s := newScript(t, "...\n"+at)
		c, err := Ask(s, contract.Contract{}, Options{})
		if !errors.Is(err, ErrInterrupted) || !c.Equal(contract.Contract{}) {
			t.Errorf("%s: %v", at, err)
		}
		s.finish()
	}
}

// TestAdvice: the person may decide otherwise.
func TestAdvice(t *testing.T) {
	t.Parallel()
	c, s := ask(t, "...\ndecision.registryMaturity: low\ndelivery.git: -", Options{Seed: Seed{Review: "2027-01-31"}})
	if !strings.Contains(s.intros.String(), "Advice: delivery git") || c.Spec.Teams[0].Apps[0].Delivery != "oci" {
		t.Errorf("%s", s.intros.String())
	}
	if c.Spec.Decision.RegistryMaturity != "low" || c.Spec.Decision.ReviewBy != "2027-01-31" {
		t.Errorf("%+v", c.Spec.Decision)
	}
}

// TestKeys: each question that is asked has its key in the list.
func TestKeys(t *testing.T) {
	t.Parallel()
	s := newScript(t, "...\nsupplyChain.signing: key\nsupplyChain.keyRef: awskms:///alias/x\nsupplyChain.publicKey: "+
		strings.ReplaceAll(publicKey, "\n", `\n`))
	if _, err := Ask(s, contract.Contract{}, Options{}); err != nil {
		t.Log(err)
	}
	known := map[string]bool{}
	for _, k := range Keys() {
		known[k], known[strings.TrimSuffix(k, "[]")], known[strings.TrimSuffix(k, "[].name")] = true, true, true
	}
	for _, entry := range s.log {
		key, _, _ := strings.Cut(entry, " ")
		for _, n := range []string{"0", "1", "2"} {
			key = strings.ReplaceAll(key, "["+n+"]", "[]")
		}
		if !strings.HasPrefix(entry, "What now") && !strings.HasPrefix(entry, "Give the real") && !strings.HasSuffix(key, "[]") && !known[key] {
			t.Errorf("%s is not in Keys", key)
		}
	}
}

const publicKey = `-----BEGIN PUBLIC KEY-----
MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEawRpSzmEDSd5xpO3Kob4ucp37X+b
NBGbm41FAwCjaxgu9mnTBPJkIhyMClrM/CLcneRR2y7hqqXe2dTNVRVm8w==
-----END PUBLIC KEY-----
`
