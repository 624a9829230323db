package wizard

import (
	"cmp"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
)

func (a *asker) environments() {
	names := make([]string, 0, len(a.c.Spec.Environments))
	for _, e := range a.c.Spec.Environments {
		names = append(names, e.Name)
	}
	a.text("spec.environments", Question{
		Flag: "environment", Text: "Environments, in the order of the promotion path", Need: true, List: true, Items: true,
		Guess: len(names) == 0, Default: cmp.Or(join(names), "dev, preprod, prod"),
	}, func(c *contract.Contract, v string) { path(c, split(v)) })
	for i := range a.c.Spec.Environments {
		a.environment(i)
	}
}

// path makes the environments those of the names. One that was there keeps
// what was answered about it.
func path(c *contract.Contract, names []string) {
	known := map[string]contract.Environment{}
	for _, e := range c.Spec.Environments {
		known[e.Name] = e
	}
	envs := make([]contract.Environment, 0, len(names))
	for _, name := range names {
		e := known[name]
		e.Name = name
		envs = append(envs, e)
	}
	if len(envs) > 0 {
		envs[0].Promotion.Mode, envs[0].Promotion.Approvers = "", nil
	}
	c.Spec.Environments = envs
}

func (a *asker) environment(i int) {
	at := item("spec.environments", i)
	e := &a.c.Spec.Environments[i]
	if i > 0 {
		mode := "automatic"
		if i == len(a.c.Spec.Environments)-1 {
			mode = "approval"
		}
		a.choose(at+".promotion.mode", Question{Text: "A release gets to " + e.Name, Default: cmp.Or(e.Promotion.Mode, mode)}, map[string]string{
			"automatic": "when it runs in " + a.c.Spec.Environments[i-1].Name,
			"approval":  "when a person approves, too",
		}, func(c *contract.Contract, v string) {
			p := &c.Spec.Environments[i].Promotion
			if p.Mode = v; v == "automatic" {
				p.Approvers = nil
			}
		})
	}
	if e.Promotion.Mode == "approval" {
		a.text(at+".promotion.approvers", Question{
			Flag: "approver", Text: "Who approves for " + e.Name, Need: true, List: true, Guess: len(e.Promotion.Approvers) == 0, MadeUp: len(e.Promotion.Approvers) == 0,
			Default: cmp.Or(join(e.Promotion.Approvers), around(a.c).owners("release-managers")),
		}, func(c *contract.Contract, v string) { c.Spec.Environments[i].Promotion.Approvers = split(v) })
	}
	var clusters []string
	for _, c := range e.Clusters {
		clusters = append(clusters, c.Name)
	}
	a.text(at+".clusters", Question{
		Text: "Clusters of " + e.Name, Need: true, List: true, Items: true, Default: cmp.Or(join(clusters), e.Name),
	}, func(c *contract.Contract, v string) {
		c.Spec.Environments[i].Clusters = nil
		for _, name := range split(v) {
			c.Spec.Environments[i].Clusters = append(c.Spec.Environments[i].Clusters, contract.Cluster{Name: name})
		}
	})
}

// describe says an environment in a line.
func describe(e contract.Environment) string {
	text := e.Name + " on "
	var names []string
	for _, c := range e.Clusters {
		names = append(names, c.Name)
	}
	text += strings.Join(names, " and ")
	switch {
	case e.Promotion.From == "":
		text += ", takes new releases"
	case e.Promotion.Mode == "approval":
		text += ", after " + e.Promotion.From + " and with the approval of " + join(e.Promotion.Approvers)
	default:
		text += ", after " + e.Promotion.From
	}
	if e.Reference == "pinned" {
		text += "; Git pins"
	}
	return text
}
