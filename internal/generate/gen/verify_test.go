package gen_test

import (
	"net/url"
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/model"
)

// identity is the issuer and subject of a certificate.
type identity struct{ issuer, subject string }

// TestIdentities: each source trusts one identity, that of the workflow which
// promotes to its environment, and no lookalike.
func TestIdentities(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		for p, f := range d.files {
			if !strings.HasPrefix(p, "platform/tenants/") {
				continue
			}
			for _, o := range objects(t, p, f.Data) {
				list, _ := o.value("spec", "verify", "matchOIDCIdentity").([]any)
				if len(list) == 0 {
					continue
				}
				if len(list) != 1 {
					t.Errorf("%s: trusts %d identities", p, len(list))
				}
				match := list[0].(map[string]any)
				checkIdentity(t, p, match["issuer"].(string), match["subject"].(string), intended(t, d.m, o.namespace(), o.name(), strings.Split(p, "/")[3]))
			}
		}
	})
}

// intended is written down anew here, not taken from package model.
func intended(t *testing.T, m *model.Model, team, app, env string) identity {
	t.Helper()
	if m.CI.Provider == "gitlab-ci" {
		a := findApp(t, m, team, app)
		return identity{"https://gitlab.com", "https://gitlab.com/" + slug(a.Git.URL) + "//.gitlab-ci.yml@refs/heads/" + a.Git.Branch}
	}
	return identity{
		"https://token.actions.githubusercontent.com",
		"https://github.com/" + slug(m.Platform.Git.URL) + "/.github/workflows/promote-" + env + ".yaml@refs/heads/" + m.Platform.Git.Branch,
	}
}

// slug is the path of a repository on its host.
func slug(address string) string {
	address = regexp.MustCompile(`^([a-z]+://)?([^@/]+@)?[^:/]+(:22)?[:/]`).ReplaceAllString(address, "")
	address, _ = url.PathUnescape(address)
	return strings.TrimSuffix(strings.Trim(address, "/"), ".git")
}

func checkIdentity(t *testing.T, where, issuer, subject string, want identity) {
	t.Helper()
	for _, c := range []struct {
		expr, good string
		bad        []string
	}{
		{issuer, want.issuer, lookalikes(want.issuer)},
		{subject, want.subject, append(lookalikes(want.subject), workflowLookalikes(want.subject)...)},
	} {
		re, err := regexp.Compile(c.expr)
		if err != nil {
			t.Errorf("%s: %v", where, err)
			continue
		}
		if !re.MatchString(c.good) {
			t.Errorf("%s: %s does not match %s", where, c.expr, c.good)
		}
		for _, bad := range c.bad {
			if bad != c.good && re.MatchString(bad) {
				t.Errorf("%s: %s matches %s", where, c.expr, bad)
			}
		}
	}
}

// lookalikes are what an expression without anchors or escapes would match.
func lookalikes(s string) []string {
	bad := []string{
		"", "x" + s, s + "x", s + "\n", "\n" + s, s + "\nx", "x\n" + s, "https://evil.example/?" + s, s + "/evil", strings.ToUpper(s), s + s, s[:len(s)-1],
		strings.Replace(s, "https://", "http://", 1), strings.Replace(s, ".com", ".com.evil.example", 1),
	}
	for i, r := range s {
		if strings.ContainsRune(`.+*?()[]{}|^$\`, r) {
			bad = append(bad, s[:i]+"x"+s[i+1:], s[:i]+s[i+1:])
		}
	}
	return bad
}

func workflowLookalikes(s string) []string {
	return []string{
		strings.Replace(s, "/promote-", "/xpromote-", 1), strings.Replace(s, "/promote-", "/publish-", 1),
		strings.Replace(s, ".yaml@", "-2.yaml@", 1), strings.Replace(s, ".yaml@", ".yml@", 1),
		strings.Replace(s, "@refs/heads/", "@refs/tags/", 1), strings.Replace(s, "@refs/heads/", "@refs/heads/x/", 1),
		strings.Replace(s, "@refs/heads/", "@refs/pull/1/", 1), strings.Replace(s, ".com/", ".com/evil-", 1),
		regexp.MustCompile(`promote-[a-z0-9-]+`).ReplaceAllString(s, "promote-other-environment"),
		regexp.MustCompile(`@.*`).ReplaceAllString(s, "@refs/heads/other"),
	}
}

// TestVerifyCommand runs the commands that pages give for checking signatures
// and looks at what cosign would be asked.
func TestVerifyCommand(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh")
	}
	each(t, func(t *testing.T, d delivery) {
		for _, app := range d.m.Apps() {
			for _, ae := range app.Envs {
				if ae.Verify == nil {
					continue
				}
				out, err := exec.Command(sh, "-c", "cosign() { printf '<%s>' \"$@\"; }\n"+ae.VerifyCommand()).CombinedOutput()
				ref := ae.Repository + ":" + ae.Env.Name
				if ae.Pinned {
					ref = ae.Repository + "@DIGEST"
				}
				want := "<verify><" + ref + "><--key=cosign.pub><--private-infrastructure>"
				if ae.Verify.Keyless {
					id := intended(t, d.m, app.Team.Name, app.Name, ae.Env.Name)
					want = "<verify><" + ref + "><--certificate-oidc-issuer=" + id.issuer + "><--certificate-identity=" + id.subject + ">"
				}
				if d.m.Registry.Insecure {
					want += "<--allow-http-registry>"
				}
				if err != nil || string(out) != want {
					t.Errorf("asks %s, want %s (%v)", out, want, err)
				}
				page := string(d.files["apps/"+app.Team.Name+"/"+app.Name+"/docs/delivery.md"].Data)
				if !strings.Contains(page, "\n"+ae.VerifyCommand()+"\n") {
					t.Errorf("%s/%s: the page does not give %s", app.Team.Name, app.Name, ae.VerifyCommand())
				}
			}
		}
	})
}
