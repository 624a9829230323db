package model

import "slices"

// PolicyFiles lists the admission policies in platform/policies.
func (m *Model) PolicyFiles() []string {
	files := []string{
		"tenant-namespaces.yaml", "tenant-pods.yaml", "tenant-reach.yaml", "tenant-references.yaml",
		"tenant-sources.yaml", "tenant-writes.yaml",
	}
	switch m.SupplyChain.Signing {
	case "keyless":
		files = append(files, "tenant-signatures-keyless.yaml")
	case "key":
		files = append(files, "tenant-signatures-key.yaml")
	}
	return sorted(files)
}

// TeamNames lists the teams' namespaces. It is never nil, so that it is a list
// in JSON, too.
func (m *Model) TeamNames() []string {
	names := make([]string, len(m.Teams))
	for i, t := range m.Teams {
		names[i] = t.Name
	}
	return names
}

// PlatformSecrets lists the names of the Secrets in the teams' namespaces that
// Flux fetches releases with. What a team's notifications need is the team's own.
func (m *Model) PlatformSecrets() []string {
	names := []string{PullSecret, PublicKeySecret}
	for _, t := range m.Teams {
		for _, a := range t.Apps {
			if !a.OCI {
				names = append(names, a.GitSecret())
			}
		}
	}
	return slices.Compact(sorted(names))
}

// SignsPerEnv reports whether each environment has an identity of its own that
// signs what it runs. Otherwise each app signs its bundles once.
func (m *Model) SignsPerEnv() bool { return m.Forge.SignsPerEnv }

// Signers are the identities whose signature counts for an environment, or for
// an app as "team/app"; see SignsPerEnv.
type Signers struct {
	Of       string
	Subjects []string // regular expressions as in Verify, sorted
}

// Signers lists the identities of keyless signatures: along the promotion
// path, or by team and app. Only what has sources is there.
func (m *Model) Signers() []Signers {
	var list []Signers
	at := map[string]int{}
	add := func(of string, verify *Verify) {
		i, known := at[of]
		if !known {
			i, list = len(list), append(list, Signers{Of: of})
			at[of] = i
		}
		list[i].Subjects = append(list[i].Subjects, verify.Subject)
	}
	if m.SignsPerEnv() {
		for _, e := range m.Envs {
			m.eachVerify(func(ae *AppEnv) {
				if ae.Env == e {
					add(e.Name, ae.Verify)
				}
			})
		}
	} else {
		m.eachVerify(func(ae *AppEnv) { add(ae.Team.Name+"/"+ae.Name, ae.Verify) })
	}
	for i := range list {
		list[i].Subjects = slices.Compact(sorted(list[i].Subjects))
	}
	return list
}

// Issuer is the regular expression of the issuer of all keyless signatures;
// empty when nothing has one.
func (m *Model) Issuer() string {
	issuer := ""
	m.eachVerify(func(ae *AppEnv) { issuer = ae.Verify.Issuer })
	return issuer
}

// eachVerify visits the sources whose bundles are signed without a key.
func (m *Model) eachVerify(visit func(*AppEnv)) {
	for _, t := range m.Teams {
		for _, a := range t.Apps {
			for _, ae := range a.Envs {
				if ae.Verify != nil && ae.Verify.Keyless {
					visit(ae)
				}
			}
		}
	}
}
