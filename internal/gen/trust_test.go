package gen_test

import (
	"path"
	"regexp"
	"strings"
	"testing"

	sourcev1 "github.com/fluxcd/source-controller/api/v1"
)

// TestTrustIsTheWorkflow: of all workflows that are generated, on any branch and
// in any repository, each source trusts exactly the one that promotes to its
// environment, on the platform's branch.
func TestTrustIsTheWorkflow(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		s := d.c.Spec
		if s.SupplyChain.Signing != "keyless" || s.CI.Provider != "github-actions" {
			return
		}
		p := d.m.Platform.Git
		var others []string // every identity but those of the workflows on the branch
		workflows := map[string]bool{}
		for name := range d.files {
			file, ok := strings.CutPrefix(name, "platform/.github/workflows/")
			if !ok {
				continue
			}
			workflows[p.Web+"/.github/workflows/"+file+"@refs/heads/"+p.Branch] = true
			for _, web := range []string{p.Web, p.Web + "x", p.Web + "/x", strings.Replace(p.Web, "github.com", "github.com.evil.example", 1), strings.Replace(p.Web, "github.com", "githubxcom", 1)} {
				for _, ref := range []string{"refs/heads/" + p.Branch + "x", "refs/heads/x/" + p.Branch, "refs/tags/" + p.Branch, "refs/pull/1/merge"} {
					others = append(others, web+"/.github/workflows/"+file+"@"+ref)
				}
				if web != p.Web {
					others = append(others, web+"/.github/workflows/"+file+"@refs/heads/"+p.Branch)
				}
			}
		}
		for _, a := range d.m.Apps() {
			others = append(others, a.Git.Web+"/.github/workflows/delivery.yaml@refs/heads/"+a.Git.Branch)
			for _, ae := range a.Envs {
				if !ae.OCI {
					continue
				}
				file := path.Join("platform/tenants", a.Team.Name, ae.Env.Name, a.Name+".yaml")
				own := p.Web + "/.github/workflows/promote-" + ae.Env.Name + ".yaml@refs/heads/" + p.Branch
				if !workflows[own] {
					t.Errorf("%s: nobody signs: there is no workflow %s", file, own)
				}
				source, ok := objects(t, file, d.files[file].Data)[0].typed.(*sourcev1.OCIRepository)
				if !ok || source.Spec.Verify == nil || len(source.Spec.Verify.MatchOIDCIdentity) != 1 {
					t.Fatalf("%s: trusts not exactly one identity", file)
				}
				trusted := regexp.MustCompile(source.Spec.Verify.MatchOIDCIdentity[0].Subject)
				for subject := range workflows {
					if trusted.MatchString(subject) != (subject == own) {
						t.Errorf("%s: %s: %v", file, subject, subject != own)
					}
				}
				for _, subject := range others {
					if trusted.MatchString(subject) || trusted.MatchString(own+"x") || trusted.MatchString("x"+own) {
						t.Errorf("%s: trusts %s", file, subject)
					}
				}
			}
		}
	})
}
