package gen

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/model"
)

// policyTests is the folder of the requests that test the admission policies,
// below platform/.
const policyTests = "platform/policies/tests/"

func signsWith(signing string) func(scope) bool {
	return func(s scope) bool { return s.(Platform).SupplyChain.Signing == signing }
}

func hasTeams(s scope) bool { return len(s.(Platform).Teams) > 0 }

func hasOCI(s scope) bool { return s.(Platform).OCISample() != nil }

func hasGit(s scope) bool { return s.(Platform).GitSample() != nil }

// OCISample is an app that is delivered as bundles, in its first environment;
// nil when there is none. Requests that test the policies are made from it.
func (s Platform) OCISample() *AppEnv {
	return s.sample(func(a *model.App) bool { return a.OCI })
}

// GitSample is the same for an app that is delivered by Git.
func (s Platform) GitSample() *AppEnv {
	return s.sample(func(a *model.App) bool { return !a.OCI })
}

func (s Platform) sample(fits func(*model.App) bool) *AppEnv {
	for _, t := range s.Teams {
		for _, a := range t.Apps {
			if fits(a) && len(a.Envs) > 0 {
				sample := newAppEnv(s.Model, a.Envs[0])
				return &sample
			}
		}
	}
	return nil
}

// FirstTeam is the team that requests of no particular app are made for.
func (s Platform) FirstTeam() *model.Team { return s.Teams[0] }

// Prefix is where the app's team may read bundles from.
func (s AppEnv) Prefix() string { return s.OCISources(s.Team, s.Env) }

// WrongURL is an address that a source must not have.
type WrongURL struct{ Why, URL string }

// WrongURLs lists what could be mistaken for an address of the app's bundles.
func (s AppEnv) WrongURLs() []WrongURL {
	prefix := s.Prefix()
	place := strings.TrimPrefix(prefix, "oci://")
	host, path, _ := strings.Cut(place, "/")
	return []WrongURL{
		{"another registry", "oci://registry.evil.example/" + path + s.App.Name},
		{"a host that begins like the registry", "oci://" + host + ".evil.example/" + path + s.App.Name},
		{"the registry as the user of another host", "oci://" + host + "@evil.example/" + path + s.App.Name},
		{"another port", "oci://" + host + "0/" + path + s.App.Name},
		{"another scheme", "https://" + place + s.App.Name},
		{"a scheme in capitals", "OCI://" + place + s.App.Name},
		{"another team whose name begins alike", strings.TrimSuffix(prefix, "/") + "-evil/" + s.App.Name},
		{"the team's folder as a repository", strings.TrimSuffix(prefix, "/")},
		{"no repository", prefix},
		{"out of the team's folder", prefix + "../evil/app"},
		{"out of the team's folder, in the middle", prefix + s.App.Name + "/../../evil/app"},
		{"out of the team's folder, escaped", prefix + "%2e%2e/evil/app"},
		{"an empty path segment", prefix + "/" + s.App.Name},
		{"capitals", prefix + "Evil"},
		{"a tag", prefix + s.App.Name + ":latest"},
		{"a digest", prefix + s.App.Name + "@sha256:" + strings.Repeat("0", 64)},
		{"a blank at the end", prefix + s.App.Name + " "},
		{"nothing", ""},
	}
}

// WrongGitURLs lists what could be mistaken for the address of the app's
// repository.
func (s AppEnv) WrongGitURLs() []WrongURL {
	url := s.App.Git.Flux
	return []WrongURL{
		{"another repository", s.Platform.Git.Flux},
		{"a repository whose name begins alike", url + "-evil"},
		{"a part of the address", url[:len(url)-1]},
		{"a repository below", url + "/evil"},
		{"a slash at the end", url + "/"},
		{"capitals", strings.ToUpper(url)},
		{"nothing", ""},
	}
}

// WholeRegistry is the registry without the team's place in it.
func (s AppEnv) WholeRegistry() string { return "oci://" + s.Registry.Host + "/" }

// TwoPrefixes is what a namespace says whose team may read from two places,
// one inside the other.
func (s AppEnv) TwoPrefixes() string { return s.Prefix() + " oci://" + s.Registry.Host + "/shared/" }

// URL is the address of the app's bundles.
func (s AppEnv) URL() string { return s.App.URL() }

// WrongIdentity is an identity, as regular expressions, that a source must not
// trust.
type WrongIdentity struct{ Why, Issuer, Subject string }

// WrongIdentities lists what could be mistaken for the identity that signs the
// app's bundles.
func (s AppEnv) WrongIdentities() []WrongIdentity {
	v := s.App.Verify
	list := []WrongIdentity{
		{"an identity that begins alike", v.Issuer, strings.TrimSuffix(v.Subject, "$")},
		{"an identity that ends alike", v.Issuer, strings.TrimPrefix(v.Subject, "^")},
		{"an issuer that contains the right one", strings.TrimPrefix(v.Issuer, "^"), v.Subject},
		{"another issuer", `^https://issuer\.evil\.example$`, v.Subject},
		{"another subject", v.Issuer, `^https://github\.com/evil/.*$`},
		{"any subject", v.Issuer, "^.*$"},
	}
	for _, other := range s.Signers() {
		if !slices.Contains(other.Subjects, v.Subject) {
			list = append(list, WrongIdentity{"the identity of " + other.Of, v.Issuer, other.Subjects[0]})
		}
	}
	return list
}
