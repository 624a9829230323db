package wizard

import (
	"fmt"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// The say* functions repeat the answers of a section in a few words.

func sayPlatform(c contract.Contract) string {
	p := c.Spec.Platform
	text := fmt.Sprintf("%s, %s on %s, branch %s\nowned by %s", c.Metadata.Name, p.Git.URL, p.Git.Provider, p.Git.Branch, join(p.Owners))
	return text + contact(p.Contact) + "\nFlux install " + c.Spec.Flux.Install
}

func contact(text string) string {
	if text == "" {
		return ""
	}
	return ", contact " + strings.Join(strings.Fields(text), " ")
}

func sayRegistry(c contract.Contract) string {
	r := c.Spec.Registry
	text := fmt.Sprintf("%s at %s, layout %s", r.Provider, strings.TrimSuffix(r.Host+"/"+r.Prefix, "/"), r.Layout)
	for _, f := range r.Product().Fields {
		if v := *r.Own(f.Name); v != "" {
			text += "\n" + f.Name + " " + v
		}
	}
	return text
}

func saySupplyChain(c contract.Contract) string {
	s := c.Spec.SupplyChain
	text := "signing " + s.Signing + ", unpinned images: " + s.UnpinnedImages
	if s.KeyRef != "" {
		text += "\nkey " + s.KeyRef
	}
	if lines := strings.Fields(s.PublicKey); len(lines) > 0 {
		text += "\npublic key ending in " + lines[max(0, len(lines)-4)]
	}
	return text
}

func sayEnvironments(c contract.Contract) string {
	lines := make([]string, len(c.Spec.Environments))
	for i, e := range c.Spec.Environments {
		lines[i] = describe(e)
	}
	return strings.Join(lines, "\n")
}

func sayTeams(c contract.Contract) string {
	var lines []string
	for _, t := range c.Spec.Teams {
		lines = append(lines, t.Name+" of "+join(t.Owners)+contact(t.Contact))
		for _, app := range t.Apps {
			line := "  " + app.Name + " from " + app.Git.URL
			if app.Image != "" {
				line += ", image " + app.Image
			}
			lines = append(lines, line)
		}
	}
	if len(lines) == 0 {
		return "none yet"
	}
	return strings.Join(lines, "\n")
}

func sayDecision(c contract.Contract) string {
	d := c.Spec.Decision
	said := func(b *bool) string {
		if b == nil {
			return open
		}
		return yes(*b)
	}
	maturity := d.RegistryMaturity
	if maturity == "" {
		maturity = open
	}
	var git, pinned []string
	for _, t := range c.Spec.Teams {
		for _, a := range t.Apps {
			if a.Delivery == "git" {
				git = append(git, t.Name+"/"+a.Name)
			}
		}
	}
	for _, e := range c.Spec.Environments {
		if e.Reference == "pinned" {
			pinned = append(pinned, e.Name)
		}
	}
	advice := model.Advise(d, c.Spec.Registry.Layout)
	text := fmt.Sprintf("audit in Git: %s, registry maturity: %s, border written down: %s\nadvice: delivery %s, reference %s",
		said(d.GitNativeAudit), maturity, said(d.BoundariesWritten), advice.Delivery, advice.Reference)
	if d.ReviewBy != "" {
		text += "\nto be looked at again on " + d.ReviewBy
	}
	if len(git) > 0 {
		text += "\ndelivered by Git: " + join(git)
	}
	if len(pinned) > 0 {
		text += "\nGit pins " + join(pinned)
	}
	return text
}
