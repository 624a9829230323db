package model

import (
	"slices"
	"strconv"
	"strings"
)

// Component is a part of what the platform runs on each cluster.
type Component struct {
	Name  string // folder below platform/
	After string // the component that must be ready before; empty for the first
}

// Components lists the platform's parts in the order of their reconciliation.
func (m *Model) Components() []Component {
	return []Component{{Name: "policies"}}
}

// SignsWithKey reports whether bundles are signed with a key pair.
func (m *Model) SignsWithKey() bool { return m.SupplyChain.Signing == "key" }

// OCISources is what the OCI sources of a team may start with in an
// environment: one prefix that ends in "/".
func (m *Model) OCISources(team *Team, env *Env) string {
	return "oci://" + m.Registry.TeamPrefix(env.Name, team.Name)
}

// URL is the OCIRepository's address.
func (a *AppEnv) URL() string { return "oci://" + a.Repository }

// SourceKind is the kind of the app's Flux source.
func (a *App) SourceKind() string {
	if a.OCI {
		return "OCIRepository"
	}
	return "GitRepository"
}

// OverlayPath is the folder that Flux builds: in a bundle, the root of which
// is the app's deploy folder, or in the app's Git repository.
func (a *AppEnv) OverlayPath() string {
	if a.OCI {
		return "./overlays/" + a.Env.Name
	}
	return "./" + a.Path + "/overlays/" + a.Env.Name
}

// ServiceName is the app's name as a DNS-1035 label, which starts with a letter.
func (a *App) ServiceName() string {
	if a.Name[0] >= '0' && a.Name[0] <= '9' {
		return "app-" + a.Name
	}
	return a.Name
}

// ImageName is the image that the app's manifests name: what CI builds, or,
// where the contract does not say, the app's own name for CI to replace.
func (a *App) ImageName() string {
	if a.Image != "" {
		return a.Image
	}
	return a.Name
}

// ImageNote says, in the seeded Deployment, who fills in the image.
func (a *App) ImageNote() string {
	switch {
	case !a.OCI:
		return "The overlays say which tag."
	case a.Image == "":
		return "No image is in the contract: write yours here, with its digest, or set the app's image there and CI pins what it builds."
	default:
		return "CI pins the digest of what it built, in the bundle."
	}
}

// Limit is one line of a ResourceQuota.
type Limit struct{ Name, Value string }

// QuotaLimits lists the team's quota as a ResourceQuota has it.
func (t *Team) QuotaLimits() []Limit {
	q := t.Quota
	if q == nil {
		return nil
	}
	pods := ""
	if q.Pods > 0 {
		pods = strconv.Itoa(q.Pods)
	}
	all := []Limit{{"requests.cpu", string(q.CPU)}, {"requests.memory", string(q.Memory)}, {"pods", pods}}
	return slices.DeleteFunc(all, func(l Limit) bool { return l.Value == "" })
}

// HasQuota reports whether the team is limited in anything.
func (t *Team) HasQuota() bool { return len(t.QuotaLimits()) > 0 }

// QuotaNeedsRequests reports whether the quota refuses pods without requests.
func (t *Team) QuotaNeedsRequests() bool {
	return slices.ContainsFunc(t.QuotaLimits(), func(l Limit) bool { return strings.HasPrefix(l.Name, "requests.") })
}
