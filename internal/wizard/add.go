package wizard

import (
	"cmp"
	"slices"

	"github.com/penstock-dev/penstock/internal/contract"
)

// The questions of "penstock add", by the flags that answer them. Each answer is
// tried in the contract that it would be added to.

// adding asks until the person is done, or does not go back further.
func adding(p Prompter, c contract.Contract, ask func(a *asker)) error {
	r := &recorder{p: p, left: map[string]record{}}
	return again(r, func() error {
		a := &asker{p: r, c: c.Clone()}
		ask(a)
		return a.err
	})
}

// Team asks about a team to add to c.
func Team(p Prompter, c contract.Contract) (t contract.Team, err error) {
	err = adding(p, c, func(a *asker) {
		n := len(c.Spec.Teams)
		a.c.Spec.Teams = extended(a.c.Spec.Teams, n)
		at, of := item("spec.teams", n), func(c *contract.Contract) *contract.Team { return &c.Spec.Teams[n] }
		a.flag("name", at+".name", Question{Text: "Name of the team", Need: true}, func(c *contract.Contract, v string) { of(c).Name = v })
		a.flag("owner", at+".owners", Question{
			Text: "Who owns it (CODEOWNERS handles)", Need: true, Guess: true, List: true,
			Default: around(c).owners(cmp.Or(of(&a.c).Name, "team")),
		}, func(c *contract.Contract, v string) { of(c).Owners = split(v) })
		a.flag("contact", at+".contact", Question{Text: "Where an incident of the team goes"}, func(c *contract.Contract, v string) { of(c).Contact = v })
		t = *of(&a.c)
	})
	return t, err
}

// App asks about an app to add to a team of c.
func App(p Prompter, c contract.Contract) (team string, app contract.App, err error) {
	var teams []string
	for _, t := range c.Spec.Teams {
		teams = append(teams, t.Name)
	}
	err = adding(p, c, func(a *asker) {
		team = a.among(Question{Flag: "team", Text: "Team of the app"}, teams)
		i := slices.Index(teams, team)
		if i < 0 {
			i = len(teams)
			a.c.Spec.Teams = extended(a.c.Spec.Teams, i)
		}
		n := len(a.c.Spec.Teams[i].Apps)
		a.c.Spec.Teams[i].Apps = extended(a.c.Spec.Teams[i].Apps, n)
		at := item(item("spec.teams", i)+".apps", n)
		of := func(c *contract.Contract) *contract.App { return &c.Spec.Teams[i].Apps[n] }
		a.flag("name", at+".name", Question{Text: "Name of the app", Need: true}, func(c *contract.Contract, v string) { of(c).Name = v })
		a.flag("git-url", at+".git.url", Question{
			Text: "Its Git repository", Need: true, Guess: true, Default: around(c).repository(cmp.Or(of(&a.c).Name, "app")),
		}, func(c *contract.Contract, v string) { of(c).Git.URL = v })
		a.flag("image", at+".image", Question{Text: "Image that its CI builds"}, func(c *contract.Contract, v string) { of(c).Image = v })
		app = *of(&a.c)
	})
	return team, app, err
}

// Environment asks about an environment to add to c.
func Environment(p Prompter, c contract.Contract) (e contract.Environment, err error) {
	err = adding(p, c, func(a *asker) {
		n := len(c.Spec.Environments)
		a.c.Spec.Environments = extended(a.c.Spec.Environments, n)
		at, of := item("spec.environments", n), func(c *contract.Contract) *contract.Environment { return &c.Spec.Environments[n] }
		a.flag("name", at+".name", Question{Text: "Name of the environment", Need: true}, func(c *contract.Contract, v string) { of(c).Name = v })
		from := a.among(Question{Flag: "from", Text: "It is promoted from"}, environmentNames(c))
		of(&a.c).Promotion.From = from
		a.flag("approver", at+".promotion.approvers", Question{
			Text: "Who approves a promotion (CODEOWNERS handles; none: nobody is asked)", List: true,
		}, func(c *contract.Contract, v string) {
			p := &of(c).Promotion
			if p.Approvers = split(v); v != "" {
				p.Mode = "approval"
			}
		})
		e = *of(&a.c)
	})
	return e, err
}

// Cluster asks about a cluster to add to an environment of c.
func Cluster(p Prompter, c contract.Contract) (env string, cluster contract.Cluster, err error) {
	names := environmentNames(c)
	err = adding(p, c, func(a *asker) {
		env = a.among(Question{Flag: "environment", Text: "Environment of the cluster"}, names)
		i := max(0, slices.Index(names, env))
		n := len(c.Spec.Environments[i].Clusters)
		a.c.Spec.Environments[i].Clusters = extended(a.c.Spec.Environments[i].Clusters, n)
		at := item(item("spec.environments", i)+".clusters", n)
		of := func(c *contract.Contract) *contract.Cluster { return &c.Spec.Environments[i].Clusters[n] }
		a.flag("name", at+".name", Question{Text: "Name of the cluster", Need: true}, func(c *contract.Contract, v string) { of(c).Name = v })
		a.flag("webhook", at+".webhook", Question{Text: "Base URL of its Flux webhook receiver"}, func(c *contract.Contract, v string) { of(c).Webhook = v })
		cluster = *of(&a.c)
	})
	return env, cluster, err
}

func environmentNames(c contract.Contract) []string {
	names := make([]string, 0, len(c.Spec.Environments))
	for _, e := range c.Spec.Environments {
		names = append(names, e.Name)
	}
	return names
}

// flag asks for a value that the flag of that name can give.
func (a *asker) flag(flag, field string, q Question, put set) {
	q.Flag, q.Key = flag, flag
	a.text(field, q, put)
}

// among asks for one of the names; without any there is nothing to choose.
func (a *asker) among(q Question, names []string) string {
	if a.err != nil {
		return ""
	}
	q.Key, q.Need, q.Guess = q.Flag, true, true
	var answer string
	if len(names) == 0 {
		answer, a.err = a.p.Input(q)
		return answer
	}
	q.Options, q.Default = options(names), names[len(names)-1]
	answer, a.err = a.p.Select(q)
	return answer
}
