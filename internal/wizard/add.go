package wizard

import (
	"cmp"

	"github.com/penstock-dev/penstock/internal/contract"
)

// The questions of "penstock add", by the flags that answer them. What an
// answer must be is asked of contract.Check; what does not fit the rest of the
// contract is found when it is added.

func added(field string, q Question) Question {
	q.Help = contract.Help(field)
	q.Check = func(answer string) string {
		values := []string{answer}
		if q.List {
			values = split(answer)
		}
		for _, v := range values {
			if problem := contract.Check(field, v); problem != "" {
				return problem
			}
		}
		return ""
	}
	return q
}

// Team asks about a team to add to c.
func Team(p Prompter, c contract.Contract) (contract.Team, error) {
	a := &asker{p: p, c: c}
	var t contract.Team
	t.Name = a.plain(added("spec.teams.name", Question{Flag: "name", Text: "Name of the team", Need: true}))
	t.Owners = split(a.plain(added("spec.teams.owners", Question{
		Flag: "owner", Text: "Who owns it (CODEOWNERS handles)", Need: true, Guess: true, List: true, Default: around(c).owners(cmp.Or(t.Name, "team")),
	})))
	t.Contact = a.plain(added("spec.teams.contact", Question{Flag: "contact", Text: "Where an incident of the team goes"}))
	return t, a.err
}

// App asks about an app to add to a team of c.
func App(p Prompter, c contract.Contract) (team string, app contract.App, err error) {
	a := &asker{p: p, c: c}
	var teams []string
	for _, t := range c.Spec.Teams {
		teams = append(teams, t.Name)
	}
	team = a.among(Question{Flag: "team", Text: "Team of the app"}, teams)
	app.Name = a.plain(added("spec.teams.apps.name", Question{Flag: "name", Text: "Name of the app", Need: true}))
	app.Git.URL = a.plain(added("spec.teams.apps.git.url", Question{
		Flag: "git-url", Text: "Its Git repository", Need: true, Guess: true, Default: around(c).repository(cmp.Or(app.Name, "app")),
	}))
	app.Image = a.plain(added("spec.teams.apps.image", Question{Flag: "image", Text: "Image that its CI builds"}))
	return team, app, a.err
}

// Environment asks about an environment to add to c.
func Environment(p Prompter, c contract.Contract) (contract.Environment, error) {
	a := &asker{p: p, c: c}
	var e contract.Environment
	var names []string
	for _, x := range c.Spec.Environments {
		names = append(names, x.Name)
	}
	e.Name = a.plain(added("spec.environments.name", Question{Flag: "name", Text: "Name of the environment", Need: true}))
	e.Promotion.From = a.among(Question{Flag: "from", Text: "It is promoted from"}, names)
	e.Promotion.Approvers = split(a.plain(added("spec.environments.promotion.approvers", Question{
		Flag: "approver", Text: "Who approves a promotion (CODEOWNERS handles; none: nobody is asked)", List: true,
	})))
	if len(e.Promotion.Approvers) > 0 {
		e.Promotion.Mode = "approval"
	}
	return e, a.err
}

// Cluster asks about a cluster to add to an environment of c.
func Cluster(p Prompter, c contract.Contract) (env string, cluster contract.Cluster, err error) {
	a := &asker{p: p, c: c}
	var names []string
	for _, x := range c.Spec.Environments {
		names = append(names, x.Name)
	}
	env = a.among(Question{Flag: "environment", Text: "Environment of the cluster"}, names)
	cluster.Name = a.plain(added("spec.environments.clusters.name", Question{Flag: "name", Text: "Name of the cluster", Need: true}))
	cluster.Webhook = a.plain(added("spec.environments.clusters.webhook", Question{Flag: "webhook", Text: "Base URL of its Flux webhook receiver"}))
	return env, cluster, a.err
}

func (a *asker) plain(q Question) string {
	if a.err != nil {
		return ""
	}
	q.Key = q.Flag
	answer, err := a.p.Input(q)
	a.err = err
	return answer
}

// among asks for one of the names; without any there is nothing to choose.
func (a *asker) among(q Question, names []string) string {
	if a.err != nil {
		return ""
	}
	q.Key, q.Need, q.Guess = q.Flag, true, true
	if len(names) == 0 {
		return a.plain(q)
	}
	q.Options, q.Default = options(names), names[len(names)-1]
	answer, err := a.p.Select(q)
	a.err = err
	return answer
}
