package setup

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// identity is who CI is at the registry: publish, the promotion to one
// environment, or who reads the history.
type identity struct {
	Name string     // "publish", "promote-<environment>" or "history"
	Env  *model.Env // nil for those that promote nothing
	// For is what the identity is for, as parts of its name at the registry.
	For []string
	// Slug is the repository whose pipeline it is.
	Slug string
	// Subject is the sub claim of the pipeline's OIDC token, and Caller who it is
	// for those that look at other claims (model.CallerClaim); see trusted. In
	// both, the repository's number is what a shell fills in (mark).
	Subject, Caller string
	// Number is the shell variable that holds the repository's number.
	Number string
	// Workflow is the file, below .github/workflows, that the token must come from.
	Workflow string
	// Writes and Reads are repositories without scheme; in one of the platform's
	// identities "*" stands for any team and any app.
	Writes []string
	Reads  []string
}

// identities lists who of an app's own CI comes to the registry.
func identities(m *model.Model, app *model.App) []identity {
	publish := identity{Name: "publish", Slug: app.Git.Slug, Workflow: "publish.yaml", Writes: []string{app.Releases}}
	if strings.HasPrefix(app.Image, m.Registry.Host+"/") {
		publish.Writes = append(publish.Writes, app.Image)
	}
	list := []identity{publish}
	for _, ae := range app.Envs {
		if ae.Pinned {
			continue // see platformIdentities
		}
		id := identity{Name: "promote-" + ae.Env.Name, Env: ae.Env, Slug: app.Git.Slug, Workflow: ae.Env.PromoteWorkflow(), Writes: []string{ae.Repository}}
		id.Reads = without(append([]string{app.Releases}, fromRepository(app, ae.Env)...), ae.Repository)
		list = append(list, id)
	}
	for i := range list {
		list[i].For = []string{m.Name, app.Team.Name, app.Name}
		list[i] = trusted(m, list[i], app.Git)
	}
	return list
}

// platformIdentities lists who of the platform repository's CI comes to the
// registry: the promotions to pinned environments, for all apps, and the check
// of the history.
func platformIdentities(m *model.Model) []identity {
	all := func(env string) string { return m.Registry.TeamPrefix(env, "*") + "*" }
	releases := m.Registry.ReleasesPrefix("*") + "*"
	history := identity{Name: "history", Workflow: "history.yaml", Reads: []string{releases}}
	var list []identity
	for _, e := range m.Envs {
		if !e.Pinned {
			history.Reads = append(history.Reads, all(e.Name))
			continue
		}
		id := identity{Name: "promote-" + e.Name, Env: e, Workflow: e.PromoteWorkflow(), Writes: []string{all(e.Name)}, Reads: []string{releases}}
		if e.From != nil {
			id.Reads = append(id.Reads, all(e.From.Name))
		}
		id.Reads = without(id.Reads, all(e.Name))
		list = append(list, id)
	}
	history.Reads = without(history.Reads, "")
	list = append(list, history)
	for i := range list {
		list[i].For, list[i].Slug = []string{m.Name}, m.Platform.Git.Slug
		list[i] = trusted(m, list[i], m.Platform.Git)
	}
	return list
}

// without drops repeated repositories, and one more.
func without(list []string, but string) []string {
	var kept []string
	for _, r := range list {
		if r != but && !slices.Contains(kept, r) {
			kept = append(kept, r)
		}
	}
	return kept
}

// fromRepository is where the environment before reads, if there is one.
func fromRepository(app *model.App, env *model.Env) []string {
	for _, ae := range app.Envs {
		if ae.Env == env.From {
			return []string{ae.Repository}
		}
	}
	return nil
}

// path is a repository without its host.
func path(m *model.Model, repository string) string {
	return strings.TrimPrefix(repository, m.Registry.Host+"/")
}

// short joins parts to a name of at most limit characters: where it would be
// longer, its end is a digest of the whole.
func short(limit int, parts ...string) string {
	name := strings.Join(parts, "-")
	if len(name) <= limit {
		return name
	}
	sum := sha256.Sum256([]byte(name))
	digest := hex.EncodeToString(sum[:])[:8]
	return strings.TrimRight(name[:limit-len(digest)-1], "-") + "-" + digest
}

// lines joins commands.
func lines(commands ...string) string { return strings.Join(commands, "\n") }
