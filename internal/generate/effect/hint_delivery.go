package effect

import (
	"fmt"

	"github.com/penstock-dev/penstock/internal/model"
)

// deliveries tells of apps that Flux gets from Git now, or from the registry.
func (p pairs) deliveries() []Hint {
	var list []Hint
	for _, a := range p.is.Apps() {
		if len(a.Envs) == 0 {
			continue
		}
		was := p.before(a.Envs[0])
		for _, ae := range a.Envs[1:] {
			if was == nil {
				was = p.before(ae)
			}
		}
		if was == nil || was.OCI == a.OCI {
			continue
		}
		if a.OCI {
			list = append(list, toRegistry(a))
		} else {
			list = append(list, toGit(a))
		}
	}
	return list
}

func toGit(a *model.App) Hint {
	name := a.Team.Name + "/" + a.Name
	h := Hint{Text: fmt.Sprintf("%s is delivered by Git now: as soon as this is merged, each cluster runs what the branch %s of %s says. "+
		"Releases, promotion tags, holds and records of the registry count no longer, and nothing can be held.", name, a.Git.Branch, a.Git.Web)}
	for _, ae := range a.Envs[:min(len(a.Envs), mostShown)] {
		h.Tasks = append(h.Tasks, model.Task{
			Text:    fmt.Sprintf("before this is merged: write what runs in `%s` into `%s/overlays/%s` of `%s`, image digests included; with the contract as it was, this shows it", ae.Env.Name, a.Path, ae.Env.Name, name),
			Command: fmt.Sprintf("penstock history --app %s --env %s", name, ae.Env.Name),
		})
	}
	if n := len(a.Envs) - mostShown; n > 0 {
		h.Tasks = append(h.Tasks, model.Task{Text: fmt.Sprintf("the same for %s more", countOf(n, "environment", "environments"))})
	}
	h.Tasks = append(h.Tasks, model.Task{Text: "generate the app's repository from the new contract, too, and take away its old pipelines' rights to the registry"})
	return h
}

func toRegistry(a *model.App) Hint {
	name := a.Team.Name + "/" + a.Name
	h := Hint{Text: fmt.Sprintf("%s is delivered by the registry now, which holds no bundle of it yet: clusters keep what they run, and get nothing new until a release was promoted to them. "+
		"A rollback to what Git delivered is a new release of that commit.", name)}
	h.Tasks = append(h.Tasks, model.Task{Text: "generate the app's repository from the new contract, too, and give its pipelines access to the registry: `docs/setup.md` there"})
	h.Tasks = append(h.Tasks, model.Task{Text: "release what runs now through the app's own pipeline; then it is listed", Command: "penstock bundle list --app " + name})
	for _, ae := range a.Envs[:min(len(a.Envs), mostShown)] {
		command := "penstock promote --app " + name + " --to " + ae.Env.Name
		if ae.Pinned {
			command += " --platform-dir . --branch " + a.Team.Name + "-" + a.Name + "-to-" + ae.Env.Name
		}
		h.Tasks = append(h.Tasks, model.Task{Text: "promote it to `" + ae.Env.Name + "`", Command: command})
	}
	if n := len(a.Envs) - mostShown; n > 0 {
		h.Tasks = append(h.Tasks, model.Task{Text: fmt.Sprintf("the same for %s more", countOf(n, "environment", "environments"))})
	}
	return h
}
