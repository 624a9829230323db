package gen

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/model"
)

// Moves maps the paths that a target's files had before something in the
// contract was renamed to the paths that they have now. It lists every path
// that can have been: whoever uses it picks those that were really written.
func (g *Generator) Moves(t Target) map[string]string {
	moves, m := map[string]string{}, g.whole()
	if t.App == "" {
		for _, s := range g.platformScopes() {
			g.templates.moves(moves, s)
		}
		for _, c := range m.Clusters {
			if c.Formerly == "" {
				continue
			}
			now, was := "clusters/"+c.Name+"/", "clusters/"+c.Formerly+"/"
			for p := range clusterFiles(g.in.Flux, c.Name) {
				moves[was+strings.TrimPrefix(p, now)] = p
			}
		}
		return moves
	}
	i := slices.IndexFunc(m.Teams, func(team *model.Team) bool { return team.Name == t.Team })
	if i < 0 {
		return nil
	}
	for _, app := range m.Teams[i].Apps {
		for _, ae := range app.Envs {
			if app.Name == t.App && ae.Env.Formerly != "" {
				g.templates.moves(moves, Overlay{newAppEnv(m, ae)})
			}
		}
	}
	return moves
}

// platformScopes lists the scopes of the platform repository in which
// something was renamed.
func (g *Generator) platformScopes() []scope {
	var scopes []scope
	add := func(s scope) {
		for _, name := range formerly(s) {
			if name != "" {
				scopes = append(scopes, s)
				return
			}
		}
	}
	m := g.whole()
	for _, e := range m.Envs {
		add(Env{m, e})
	}
	for _, c := range m.Clusters {
		add(Cluster{m, c, c.Env})
	}
	for _, t := range m.Teams {
		team := Team{m, t}
		add(team)
		for _, e := range m.Envs {
			add(TeamEnv{Team: team, Env: e})
		}
		for _, a := range t.Apps {
			for _, ae := range a.Envs {
				add(newAppEnv(m, ae))
			}
		}
	}
	return scopes
}

// formerly maps the placeholders of a scope to former names; empty where there
// is none.
func formerly(s scope) map[string]string {
	switch s := s.(type) {
	case Env:
		return map[string]string{"_env_": s.Env.Formerly}
	case Cluster:
		return map[string]string{"_cluster_": s.Cluster.Formerly}
	case Team:
		return map[string]string{"_team_": s.Team.Formerly}
	case TeamEnv:
		return map[string]string{"_team_": s.Team.Team.Formerly, "_env_": s.Env.Formerly}
	case AppEnv:
		return map[string]string{"_team_": s.Team.Formerly, "_env_": s.Env.Formerly, "_app_": s.App.Formerly}
	case Overlay:
		return map[string]string{"_env_": s.Env.Formerly}
	}
	return nil
}

// moves adds the former paths of a scope's files: with each former name for
// itself and with all of them, since one rename may have been made before
// another.
func (set templateSet) moves(moves map[string]string, s scope) {
	now := s.vars()
	names := formerly(s)
	combinations := [][]string{now}
	for i := 0; i < len(now); i += 2 {
		name := names[now[i]]
		if name == "" {
			continue
		}
		for _, vars := range combinations {
			was := slices.Clone(vars)
			was[i+1] = name
			combinations = append(combinations, was)
		}
	}
	paths := strings.NewReplacer(now...)
	for _, vars := range combinations[1:] {
		former := strings.NewReplacer(vars...)
		for _, src := range set[s.key()] {
			if was, is := former.Replace(src.path), paths.Replace(src.path); was != is {
				moves[was] = is
			}
		}
	}
}

// FormerDirs lists the places in a workspace, as slash paths, that targets may
// have had before their team or their app was renamed, the likeliest first.
// Most targets have none.
func FormerDirs(c contract.Contract) map[Target][]string {
	dirs := map[Target][]string{}
	for _, team := range c.Spec.Teams {
		for _, app := range team.Apps {
			t := Target{Team: team.Name, App: app.Name}
			add := func(team, app string) {
				if team != "" && app != "" {
					dirs[t] = append(dirs[t], Target{Team: team, App: app}.Dir())
				}
			}
			add(team.Name, app.Formerly)
			add(team.Formerly, app.Name)
			add(team.Formerly, app.Formerly)
		}
	}
	return dirs
}
