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
	text := fmt.Sprintf("%s, %s, branch %s\nowned by %s", c.Metadata.Name, p.Git.URL, p.Git.Branch, join(p.Owners))
	if p.Contact != "" {
		text += ", contact " + strings.Join(strings.Fields(p.Contact), " ")
	}
	return text + ", Flux install " + c.Spec.Flux.Install
}

func sayRegistry(c contract.Contract) string {
	r := c.Spec.Registry
	return fmt.Sprintf("%s at %s, layout %s", r.Provider, strings.TrimSuffix(r.Host+"/"+r.Prefix, "/"), r.Layout)
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
		var apps []string
		for _, a := range t.Apps {
			apps = append(apps, a.Name)
		}
		line := t.Name + " of " + join(t.Owners)
		if len(apps) > 0 {
			line += ": " + join(apps)
		}
		lines = append(lines, line)
	}
	if len(lines) == 0 {
		return "none yet"
	}
	return strings.Join(lines, "\n")
}

func sayObservability(c contract.Contract) string {
	o := c.Spec.Observability
	text := "metrics " + o.Metrics + ", dashboards " + o.Dashboards
	for _, n := range o.Notifications {
		text += ", " + n.Type + " " + n.Name
	}
	return text
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
	if len(git) > 0 {
		text += "\ndelivered by Git: " + join(git)
	}
	if len(pinned) > 0 {
		text += "\nGit pins " + join(pinned)
	}
	return text
}
