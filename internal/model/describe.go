package model

import (
	"path"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/generate/markdown"
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

// PinFile is the path of the app's pin in the platform repository.
func (a *AppEnv) PinFile() string {
	return path.Join("tenants", a.Team.Name, a.Env.Name, a.Name+".pin.yaml")
}

// PinFiles lists where the pin is and, behind that, where it may have been
// before renames that the contract knows of.
func (a *AppEnv) PinFiles() []string {
	return a.former(func(team, env, app string) string { return path.Join("tenants", team, env, app+".pin.yaml") })
}

// OverlayFiles lists what the kustomization of an app delivered by Git may be
// called in its repository, before a rename of the environment, too.
func (a *AppEnv) OverlayFiles() []string {
	var list []string
	for _, env := range []string{a.Env.Name, a.Env.Formerly} {
		for _, file := range []string{"kustomization.yaml", "kustomization.yml", "Kustomization"} {
			if env != "" {
				list = append(list, path.Join(a.Path, "overlays", env, file))
			}
		}
	}
	return list
}

// former calls name with what team, environment and app are called and were
// called, the present names first.
func (a *AppEnv) former(name func(team, env, app string) string) []string {
	var list []string
	for _, team := range []string{a.Team.Name, a.Team.Formerly} {
		for _, env := range []string{a.Env.Name, a.Env.Formerly} {
			for _, app := range []string{a.Name, a.Formerly} {
				if team != "" && env != "" && app != "" {
					list = append(list, name(team, env, app))
				}
			}
		}
	}
	return list
}

// Reads says in a few words, as Markdown, what Flux follows.
func (a *AppEnv) Reads() string {
	switch {
	case !a.OCI:
		return "branch " + markdown.Code(a.Git.Branch)
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
	ref := ":" + a.Env.Name
	if a.Pinned {
		ref = "@DIGEST"
	}
	return cosign("verify "+a.Repository+ref, a.Verify.by, a.Verify.http)
}

// ProvenanceCommand is a shell command that checks who built a release, RELEASE,
// and prints how; "" when nothing is signed.
func (m *Model) ProvenanceCommand(a *App) string {
	id := m.PublishIdentity(a)
	if id == nil {
		return ""
	}
	return cosign("verify-attestation "+a.Releases+":RELEASE --type=slsaprovenance1", *id, m.Registry.Insecure) + " |\n  jq '.payload | @base64d | fromjson | .predicate'"
}

func cosign(command string, id forge.Signer, http bool) string {
	flags := id.Flags("cosign.pub")
	if http {
		flags = append(flags, "--allow-http-registry")
	}
	for _, f := range flags {
		command += " \\\n  " + ShellQuote(f)
	}
	return "cosign " + command
}

// ReleasesAt says, as Markdown, where the app's releases are.
func (a *App) ReleasesAt() string {
	if a.OCI {
		return "`" + a.Releases + "`"
	}
	return "commits on " + markdown.Code(a.Git.Branch)
}
