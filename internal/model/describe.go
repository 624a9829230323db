package model

import (
	"net/url"
	"path"
	"strings"
)

// FirstEnv is the environment that new releases arrive in.
func (m *Model) FirstEnv() *Env { return m.Envs[0] }

// FromName names the environment that releases come from.
func (e *Env) FromName() string {
	if e.From == nil {
		return "CI"
	}
	return e.From.Name
}

// Gate says in a few words what a promotion waits for.
func (e *Env) Gate() string {
	if !e.NeedsPerson {
		return "automatic"
	}
	return "approval by " + strings.Join(e.Approvers, " or ")
}

// Decides says, as Markdown, what decides what runs in an environment.
func (m *Model) Decides(e *Env) string {
	switch {
	case !m.HasOCI():
		return "`overlays/" + e.Name + "/` on each app's branch"
	case e.Pinned:
		return "the pin files in `tenants/*/" + e.Name + "/`"
	default:
		return "the tag `" + e.Name + "`"
	}
}

// ClusterNames lists the environment's clusters.
func (e *Env) ClusterNames() string {
	names := make([]string, len(e.Clusters))
	for i, c := range e.Clusters {
		names[i] = c.Name
	}
	return strings.Join(names, ", ")
}

// Clusters lists the clusters that the app runs on, along the promotion path.
func (a *App) Clusters() []*Cluster {
	var clusters []*Cluster
	for _, ae := range a.Envs {
		clusters = append(clusters, ae.Env.Clusters...)
	}
	return clusters
}

// Floating lists the app's environments that follow a tag.
func (a *App) Floating() []*AppEnv {
	var list []*AppEnv
	for _, ae := range a.Envs {
		if a.OCI && !ae.Pinned {
			list = append(list, ae)
		}
	}
	return list
}

// LastFloating is the last of them along the path. There must be one.
func (a *App) LastFloating() *AppEnv {
	list := a.Floating()
	return list[len(list)-1]
}

// PinFile is the path of the app's pin in the platform repository.
func (a *AppEnv) PinFile() string {
	return path.Join("tenants", a.Team.Name, a.Env.Name, a.Name+".pin.yaml")
}

// Reads says in a few words, as Markdown, what Flux follows.
func (a *AppEnv) Reads() string {
	switch {
	case !a.OCI:
		return "branch " + MarkdownCode(a.Git.Branch)
	case a.Pinned:
		return "`" + a.Repository + "`, the digest in `" + a.PinFile() + "` of the platform repository"
	default:
		return "`" + a.Repository + ":" + a.Env.Name + "`"
	}
}

// ReadCommand is a shell command that prints what the environment should run.
func (a *AppEnv) ReadCommand() string {
	if a.Pinned {
		return "grep --extended-regexp 'tag:|digest:' " + a.PinFile() + " # in the platform repository"
	}
	return "crane digest " + a.Repository + ":" + a.Env.Name
}

// VerifyCommand is a shell command that checks the signature of what the
// environment should run. DIGEST stands for the pin's digest.
func (a *AppEnv) VerifyCommand() string {
	login := "--key cosign.pub"
	if a.Verify.Keyless {
		login = "--certificate-oidc-issuer=" + ShellQuote(a.Verify.issuer) + " \\\n  --certificate-identity=" + ShellQuote(a.Verify.identity)
	}
	ref := ":" + a.Env.Name
	if a.Pinned {
		ref = "@DIGEST"
	}
	return "cosign verify " + a.Repository + ref + " \\\n  " + login
}

// Blob is the web address of a file on the branch that counts; the parts of
// its path are joined as they are.
func (g Git) Blob(parts ...string) string {
	file := (&url.URL{Path: g.Branch + "/" + strings.Join(parts, "")}).EscapedPath()
	if g.Provider == "gitlab" {
		return g.Web + "/-/blob/" + file
	}
	return g.Web + "/blob/" + file
}
