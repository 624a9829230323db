package wizard

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
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
