package model

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestPublishIdentity(t *testing.T) {
	t.Parallel()
	const key = "  supplyChain: {signing: key, keyRef: \"env://KEY\", publicKey: \"-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEawRpSzmEDSd5xpO3Kob4ucp37X+b\\nNBGbm41FAwCjaxgu9mnTBPJkIhyMClrM/CLcneRR2y7hqqXe2dTNVRVm8w==\\n-----END PUBLIC KEY-----\\n\"}"
	for _, c := range []struct {
		name, host, spec string
		flags            []string
	}{
		{"keyless on GitHub", "github", "", []string{
			"--certificate-oidc-issuer=https://token.actions.githubusercontent.com",
			"--certificate-identity=https://github.com/acme/platform/.github/workflows/publish.yaml@refs/heads/main",
			"--certificate-github-workflow-repository=acme/checkout", "--certificate-github-workflow-ref=refs/heads/release",
		}},
		{"keyless on GitLab", "gitlab", "", []string{
			"--certificate-oidc-issuer=https://gitlab.com",
			"--certificate-identity=https://gitlab.com/acme/checkout//.gitlab-ci.yml@refs/heads/release",
		}},
		{"key", "github", key, []string{"--key=cosign.pub", "--private-infrastructure"}},
		{"none", "github", "  supplyChain: {signing: none}", nil},
	} {
		m := platform(t, "url: https://"+c.host+".com/acme/platform", "url: https://"+c.host+".com/acme/checkout, branch: release", c.spec)
		var flags []string
		if id := m.PublishIdentity(m.Apps()[0]); id != nil {
			flags = id.Flags("cosign.pub")
		}
		if diff := cmp.Diff(c.flags, flags); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// TestTrust: each source trusts the identity that PromoteIdentity says and
// nothing that looks like it.
func TestTrust(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"github", "gitlab"} {
		m := platform(t, "url: https://"+host+".com/acme/platform", "url: https://"+host+".com/acme/checkout", "")
		for _, ae := range m.Apps()[0].Envs {
			id := m.PromoteIdentity(ae)
			subject, issuer := regexp.MustCompile(ae.Verify.Subject), regexp.MustCompile(ae.Verify.Issuer)
			if !subject.MatchString(id.Subject) || !issuer.MatchString(id.Issuer) {
				t.Errorf("%s does not trust %s", ae.Env.Name, id)
			}
			for _, s := range lookAlikes(id.Subject) {
				if subject.MatchString(s) {
					t.Errorf("%s trusts %s", ae.Env.Name, s)
				}
			}
			for _, s := range lookAlikes(id.Issuer) {
				if issuer.MatchString(s) {
					t.Errorf("%s trusts the issuer %s", ae.Env.Name, s)
				}
			}
		}
	}
}

// lookAlikes changes each part of a URL a little.
func lookAlikes(s string) []string {
	list := []string{
		"x" + s, s + "x", s + "/", s + "\n", "\n" + s, strings.ToUpper(s), strings.Replace(s, "https://", "http://", 1), strings.Replace(s, "://", "://evil.example/", 1),
	}
	for i, r := range s {
		if r == '.' {
			list = append(list, s[:i]+"x"+s[i+1:])
		}
	}
	for _, part := range []string{".com/", "acme/", "platform/", "checkout/", "promote-", "dev", "prod", "main"} {
		if changed := strings.Replace(s, part, strings.TrimSuffix(part, "/")+"x"+part[len(strings.TrimSuffix(part, "/")):], 1); changed != s {
			list = append(list, changed)
		}
	}
	return list
}
