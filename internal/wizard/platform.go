package wizard

import (
	"github.com/penstock-dev/penstock/internal/forge/table"

	"cmp"

	"github.com/penstock-dev/penstock/internal/contract"
)

func (a *asker) platform() {
	s := &a.c.Spec.Platform
	a.text("metadata.name", Question{
		Key: "name", Flag: "name", Text: "Name of the platform", Need: true, Default: cmp.Or(a.c.Metadata.Name, a.seed.name()),
	}, func(c *contract.Contract, v string) { c.Metadata.Name = v })
	guess := Seed{Name: a.c.Metadata.Name}
	host, group := guess.place()
	a.text("spec.platform.git.url", Question{
		Flag: "git-url", Text: "URL of the platform repository", Need: true, Guess: s.Git.URL == "" && a.seed.URL == "", MadeUp: s.Git.URL == "" && a.seed.URL == "",
		Default: cmp.Or(s.Git.URL, a.seed.URL, "https://"+host+"/"+group+"/platform"),
		Check: func(v string) string {
			return contract.Check("spec.platform.git.url", v)
		},
	}, func(c *contract.Contract, v string) {
		if c.Spec.Platform.Git.URL != v {
			c.Spec.Platform.Git.Provider = ""
		}
		c.Spec.Platform.Git.URL = v
	})
	if a.err == nil && (s.Git.Provider != "" || a.complete().Spec.Platform.Git.Provider == "") {
		a.choose("spec.platform.git.provider", Question{Text: "Kind of Git host", Default: cmp.Or(s.Git.Provider, table.SelfHosted().Name), Guess: true},
			nil, func(c *contract.Contract, v string) { c.Spec.Platform.Git.Provider = v })
	}
	a.text("spec.platform.git.branch", Question{Text: "Branch that Flux follows", Need: true, Default: cmp.Or(s.Git.Branch, a.seed.Branch, "main")},
		func(c *contract.Contract, v string) { c.Spec.Platform.Git.Branch = v })
	a.text("spec.platform.owners", Question{
		Flag: "owner", Text: "Who owns the platform (CODEOWNERS handles)", Need: true, List: true, Guess: len(s.Owners) == 0, MadeUp: len(s.Owners) == 0,
		Default: cmp.Or(join(s.Owners), around(a.c).owners("platform")),
	}, func(c *contract.Contract, v string) { c.Spec.Platform.Owners = split(v) })
	a.text("spec.platform.contact", Question{Flag: "contact", Text: "Where an incident goes (a channel, a pager)", Default: s.Contact},
		func(c *contract.Contract, v string) { c.Spec.Platform.Contact = v })
	a.choose("spec.flux.install", Question{Text: "How Flux gets onto the clusters", Default: cmp.Or(a.c.Spec.Flux.Install, "existing")}, map[string]string{
		"existing":  "Flux is there; only what it syncs is written",
		"manifests": "its controllers are written, too",
		"operator":  "the Flux operator installs it",
	}, func(c *contract.Contract, v string) { c.Spec.Flux.Install = v })
}

func (a *asker) ci() {
	s := &a.c.Spec.CI
	a.choose("spec.ci.provider", Question{Text: "CI system that builds and promotes", Default: cmp.Or(s.Provider, a.complete().Spec.CI.Provider)},
		nil, func(c *contract.Contract, v string) { c.Spec.CI.Provider = v })
	a.choose("spec.ci.notify", Question{Text: "After a promotion", Default: cmp.Or(s.Notify, "receiver")}, map[string]string{
		"receiver": "CI calls the clusters, which fetch at once",
		"none":     "clusters fetch at their interval",
	}, func(c *contract.Contract, v string) { c.Spec.CI.Notify = v })
}

func (a *asker) supplyChain() {
	s := &a.c.Spec.SupplyChain
	a.choose("spec.supplyChain.signing", Question{Text: "How bundles are signed", Default: cmp.Or(s.Signing, "keyless")}, map[string]string{
		"keyless": "with the CI's own identity, through public Sigstore",
		"key":     "with a key pair of yours",
		"none":    "not at all",
	}, func(c *contract.Contract, v string) {
		c.Spec.SupplyChain.Signing = v
		if v != "key" {
			c.Spec.SupplyChain.KeyRef, c.Spec.SupplyChain.PublicKey = "", ""
		}
	})
	if s.Signing == "key" {
		a.text("spec.supplyChain.keyRef", Question{Text: "Reference of the key that cosign signs with", Need: true, Guess: s.KeyRef == "", Default: s.KeyRef},
			func(c *contract.Contract, v string) { c.Spec.SupplyChain.KeyRef = v })
		a.text("spec.supplyChain.publicKey", Question{Text: "Public key (PEM)", Need: true, Guess: s.PublicKey == "", Default: s.PublicKey, Lines: true},
			func(c *contract.Contract, v string) { c.Spec.SupplyChain.PublicKey = v })
	}
	a.choose("spec.supplyChain.unpinnedImages", Question{Text: "Images in a bundle without a digest", Default: cmp.Or(s.UnpinnedImages, "refuse")}, map[string]string{
		"refuse": "a bundle always runs the same code",
		"allow":  "the same bundle can run other code later",
	}, func(c *contract.Contract, v string) { c.Spec.SupplyChain.UnpinnedImages = v })
}
