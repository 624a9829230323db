package contract

import (
	"fmt"
	"slices"
	"strings"
)

func (k *checker) checkTeams() {
	s := k.c.Spec
	k.distinct(s.Platform.Owners, "spec.platform.owners")
	k.checkNotifications(s.Observability.Notifications, "spec.observability.notifications")
	things := make([]named, len(s.Teams))
	for i, t := range s.Teams {
		things[i] = named{t.Name, t.Formerly, func() string { return fmt.Sprintf("spec.teams[%d]", i) }}
		if t.Name != "" && t.Name == s.Flux.Namespace {
			k.add("is "+quote(t.Name)+", the namespace of Flux", "choose another name: the team's name is its namespace", "spec.teams[%d].name", i)
		}
		k.distinct(t.Owners, "spec.teams[%d].owners", i)
		k.checkNotifications(t.Notifications, "spec.teams[%d].notifications", i)
		k.checkApps(i, t)
	}
	k.unique("team", things)
}

func (k *checker) checkApps(i int, t Team) {
	things := make([]named, len(t.Apps))
	for j, a := range t.Apps {
		things[j] = named{a.Name, a.Formerly, func() string { return fmt.Sprintf("spec.teams[%d].apps[%d]", i, j) }}
	}
	k.unique("app", things)
	k.checkServices(i, t)
}

// checkServices: the Service of an app whose name begins with a digit gets
// "app-" in front, which may be another app's name.
func (k *checker) checkServices(i int, t Team) {
	names := make(map[string]bool, len(t.Apps))
	for _, a := range t.Apps {
		names[a.Name] = true
	}
	for j, a := range t.Apps {
		if digit, ok := strings.CutPrefix(a.Name, "app-"); ok && digit != "" && digit[0] <= '9' && names[digit] {
			k.add("is "+quote(a.Name)+", which is also the name of the Service of app "+quote(digit), "rename one of the two", "spec.teams[%d].apps[%d].name", i, j)
		}
	}
}

func (k *checker) checkNotifications(ns []Notification, format string, args ...any) {
	things := make([]named, len(ns))
	for i, n := range ns {
		things[i] = named{name: n.Name, at: func() string { return fmt.Sprintf(format+"[%d]", append(slices.Clip(args), i)...) }}
	}
	k.unique("notification", things)
}

// checkAppEnvironments looks at the environments as they were written: they
// exist, none twice, and with each the one that it is promoted from.
func (k *checker) checkAppEnvironments(t, a int) {
	const format = "spec.teams[%d].apps[%d].environments[%d]"
	app := k.c.Spec.Teams[t].Apps[a]
	has := make(map[string]bool, len(app.Environments))
	for i, name := range app.Environments {
		if has[name] && name != "" {
			k.add("is "+quote(name)+" again", "remove one of them", format, t, a, i)
		}
		has[name] = true
	}
	for i, name := range app.Environments {
		at, known := k.environments[name]
		if !known {
			if name != "" {
				k.unknownEnvironment(name, format, t, a, i)
			}
			continue
		}
		from := k.c.Spec.Environments[at].Promotion.From
		if _, known := k.environments[from]; known && at > 0 && !has[from] {
			k.add("is "+quote(name)+", which is promoted from "+quote(from)+", but the app is not deployed there", "add "+quote(from)+" or remove "+quote(name), format, t, a, i)
		}
	}
}

// checkRepositories: each Git repository has one purpose, and what CI builds
// does not land where bundles are.
func (k *checker) checkRepositories() {
	s := k.c.Spec
	used := map[string]string{} // by which app; "" is the platform
	if key := sameRepository(s.Platform.Git.URL); key != "" {
		used[key] = ""
	}
	var bundles map[string]string
	for t, team := range s.Teams {
		for a, app := range team.Apps {
			if of := use(used, sameRepository(app.Git.URL), team.Name+"/"+app.Name); of != "" {
				k.add("is the repository of "+of, "give each app a Git repository of its own", "spec.teams[%d].apps[%d].git.url", t, a)
			}
			if !strings.HasPrefix(app.Image, s.Registry.Host+"/") || s.Registry.Host == "" {
				continue
			}
			if bundles == nil {
				bundles = s.bundleRepositories()
			}
			if of := bundles[app.Image]; of != "" {
				k.add("is the repository of the bundles of app "+quote(of), "give images a repository of their own", "spec.teams[%d].apps[%d].image", t, a)
			}
		}
	}
}

// use notes whose repository key is, and says whose it was already.
func use(used map[string]string, key, app string) (of string) {
	by, taken := used[key]
	switch {
	case key == "":
		return ""
	case !taken:
		used[key] = app
		return ""
	case by == "":
		return "the platform"
	}
	return "app " + quote(by)
}

// bundleRepositories returns which repositories of the registry hold bundles,
// and of which app.
func (s Spec) bundleRepositories() map[string]string {
	all := map[string]string{}
	for _, team := range s.Teams {
		for _, app := range team.Apps {
			name := team.Name + "/" + app.Name
			all[s.Registry.ReleasesPrefix(team.Name)+app.Name] = name
			for _, env := range app.Environments {
				all[s.Registry.TeamPrefix(env, team.Name)+app.Name] = name
			}
		}
	}
	return all
}
