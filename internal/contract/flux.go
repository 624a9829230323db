package contract

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
)

const fluxPattern = `^2\.([89]|[1-9][0-9]{1,2})$`

var (
	fluxRE    = regexp.MustCompile(fluxPattern)
	releaseRE = regexp.MustCompile(`^v?([0-9]{1,3})\.([0-9]{1,3})(\.([0-9]+|x))?$`)
)

// FluxLine is what differs between the minor versions of Flux, as far as what
// is generated depends on it. What all known versions have in common is not
// here. Read in the controllers' changelogs, types and flags of each line.
type FluxLine struct {
	Version string
	// Release is the release whose manifests are installed.
	Release string

	// AlertAPI is the apiVersion of Alert and Provider.
	AlertAPI string
	// CallsByToken: Receivers can check the token of a CI job, type generic-oidc.
	CallsByToken bool
	// TrustedRoots: an OCIRepository can trust another Sigstore than the public one.
	TrustedRoots bool
	// PullsByToken: OCIRepositories of provider generic can log in with the
	// token of a ServiceAccount.
	PullsByToken bool
	// MintsTokens: the rights that come with Flux let its controllers make
	// tokens of every ServiceAccount.
	MintsTokens bool
	// Gates are the feature gates that kustomize-controller runs with.
	Gates []string
	// Lockdown are its flags beyond those that lock every version down.
	Lockdown []string
	// RechecksKeys: what runs is verified again when the public key changes.
	RechecksKeys bool
}

// FluxLines is the table of all known versions, the oldest first.
func FluxLines() []FluxLine {
	const cancel = "CancelHealthCheckOnNewRevision"
	return []FluxLine{
		{
			Version: "2.8", Release: "v2.8.8",
			AlertAPI: "notification.toolkit.fluxcd.io/v1beta3", MintsTokens: true,
			// On by itself from 2.9 on: a variable that nobody set fails the build there.
			Gates: []string{cancel, "StrictPostBuildSubstitutions"},
		},
		{
			Version: "2.9", Release: "v2.9.5",
			AlertAPI: "notification.toolkit.fluxcd.io/v1beta3", CallsByToken: true, TrustedRoots: true, MintsTokens: true,
			Gates: []string{cancel},
		},
		{
			Version: "2.10", Release: "v2.10.0",
			AlertAPI: "notification.toolkit.fluxcd.io/v1", CallsByToken: true, TrustedRoots: true, PullsByToken: true, RechecksKeys: true,
			Gates: []string{cancel},
			// Identities of objects are always on from 2.10 on; before, they were behind a gate that is off, and the flags an error without it.
			Lockdown: []string{"--default-decryption-service-account=default", "--default-kubeconfig-service-account=default"},
		},
	}
}

// FluxVersions lists the known minor versions of Flux, the oldest first.
func FluxVersions() []string {
	var list []string
	for _, l := range FluxLines() {
		list = append(list, l.Version)
	}
	return list
}

// fluxVersion takes a minor version of Flux 2 that is not older than the oldest
// known one. Newer ones pass: see Warnings.
func fluxVersion(v string) (what, fix string) {
	known := FluxVersions()
	fix = "write " + oneOf(quoteAll(known))
	m := releaseRE.FindStringSubmatch(v)
	switch {
	case m == nil:
		return "is " + quote(v) + ", no minor version of Flux", fix
	case m[1] != "2":
		return "is " + quote(v) + ", but only Flux 2 is known", fix
	case fluxMinor(m[1]+"."+m[2]) < fluxMinor(known[0]):
		return "is " + quote(v) + ", older than all that is known: cosign's signatures of today cannot be verified there", fix + " and upgrade the clusters"
	case fluxRE.MatchString(v):
		return "", ""
	}
	return "is " + quote(v), "write the minor version alone: " + quote(m[1]+"."+strings.TrimLeft(m[2], "0"))
}

// fluxMinor is the number behind the point: versions compare by it, so that
// 2.10 comes after 2.9. It is -1 for what is no version of Flux 2.
func fluxMinor(version string) int {
	minor, found := strings.CutPrefix(version, "2.")
	n, err := strconv.Atoi(minor)
	if !found || err != nil {
		return -1
	}
	return n
}

// Line is the row of the version, or that of the newest known one when the
// contract's is newer.
func (f Flux) Line() FluxLine {
	lines := FluxLines()
	for _, l := range slices.Backward(lines) {
		if fluxMinor(l.Version) <= fluxMinor(f.Version) {
			return l
		}
	}
	return lines[0]
}

// Warnings lists what is allowed in a contract that Parse took, and worth
// knowing before it is generated from.
func (c Contract) Warnings() diag.List {
	var ds diag.List
	if v, known := c.Spec.Flux.Version, c.Spec.Flux.Line().Version; fluxMinor(v) > fluxMinor(known) {
		ds.Warn(c.Where("spec.flux.version"), "is "+quote(v)+", newer than this Penstock knows: it generates what Flux "+known+" takes",
			"read Flux's notes on "+v+", or use a newer Penstock")
	}
	return ds
}

func quoteAll(list []string) []string {
	quoted := make([]string, len(list))
	for i, s := range list {
		quoted[i] = quote(s)
	}
	return quoted
}
