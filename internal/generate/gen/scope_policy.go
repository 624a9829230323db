package gen

import (
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/forge"
	"github.com/penstock-dev/penstock/internal/model"
)

// policyTests is the folder of the requests that test the admission policies,
// below platform/.
const policyTests = "platform/policies/tests/"

// Requests that test the policies speak of no team and no app of the contract,
// so that adding one changes no request. Whoever asks them puts in their own.
const (
	anyTeam    = "TEAM"
	anyApp     = "APP"
	anySubject = "^SUBJECT$" // who signs for the app, where each app has a signer
	elsewhere  = "^OTHER$"   // who signs for another
)

func signsWith(signing string) func(scope) bool {
	return func(s scope) bool { return s.(Platform).SupplyChain.Signing == signing }
}

func hasTeams(s scope) bool { return len(s.(Platform).Teams) > 0 }

func hasOCI(s scope) bool { return s.(Platform).sampleEnv(true) != nil }

func hasGit(s scope) bool { return s.(Platform).GitSampleEnv() != nil }

// sampleEnv is the first environment with an app that is delivered so; nil
// when there is none.
func (s Platform) sampleEnv(oci bool) *model.Env {
	for _, e := range s.Envs {
		for _, t := range s.Teams {
			for _, a := range t.Apps {
				if a.OCI == oci && slices.ContainsFunc(a.Envs, func(ae *model.AppEnv) bool { return ae.Env == e }) {
					return e
				}
			}
		}
	}
	return nil
}

// GitSampleEnv is the first environment with an app that is delivered by Git;
// nil when there is none.
func (s Platform) GitSampleEnv() *model.Env { return s.sampleEnv(false) }

// OCISample stands for any app that is delivered as bundles, in the first
// environment that has one. Requests that test the policies are made from it.
func (s Platform) OCISample() AppEnv {
	env := s.sampleEnv(true)
	app := &model.App{App: forge.App{TeamName: anyTeam, Name: anyApp, OCI: true}, Team: &model.Team{Name: anyTeam}}
	return newAppEnv(s.Model, &model.AppEnv{
		App: app, Env: env, Pinned: env.Pinned,
		Repository: s.Registry.TeamPrefix(env.Name, anyTeam) + anyApp,
		Verify:     s.sampleVerify(env),
	})
}

func (s Platform) sampleVerify(env *model.Env) *model.Verify {
	switch s.SupplyChain.Signing {
	case "key":
		return &model.Verify{}
	case "keyless":
		v := &model.Verify{Keyless: true, Issuer: s.Issuer(), Subject: anySubject}
		for _, signers := range s.Signers() {
			if s.SignsPerEnv() && signers.Of == env.Name {
				v.Subject = signers.Subjects[0]
			}
		}
		return v
	}
	return nil
}

// SampleSecrets are the names of the Secrets that Flux fetches releases with.
func (s Platform) SampleSecrets() []string {
	names := []string{model.PublicKeySecret, model.PullSecret}
	if s.GitSampleEnv() != nil {
		names = append(names, (&model.App{App: forge.App{Name: anyApp}}).GitSecret())
	}
	return names
}

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
	if !s.SignsPerEnv() {
		return append(list, WrongIdentity{"the identity of another app", v.Issuer, elsewhere})
	}
	for _, other := range s.Signers() {
		if !slices.Contains(other.Subjects, v.Subject) {
			list = append(list, WrongIdentity{"the identity of " + other.Of, v.Issuer, other.Subjects[0]})
		}
	}
	return list
}
