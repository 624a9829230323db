package workflowtest

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Token is what a job's GITHUB_TOKEN stands for; stand-ins read it to refuse
// what GitHub would.
type Token struct {
	Repository  string            `json:"repository"`
	Permissions map[string]string `json:"permissions"`
	Nonce       string            `json:"nonce"`
}

const tokenPrefix = "ghs_"

// NewToken makes the text of a token that is for one repository, such as one
// that a person made and stored.
func NewToken(repository string, permissions map[string]string) (string, error) {
	return newToken(repository, permissions)
}

func newToken(repository string, p permissions) (string, error) {
	data, err := json.Marshal(Token{repository, p, rand.Text()})
	return tokenPrefix + base64.RawURLEncoding.EncodeToString(data), err
}

// ReadToken reads a GITHUB_TOKEN that Run made; ok is false for another text.
func ReadToken(token string) (t Token, ok bool) {
	data, err := base64.RawURLEncoding.DecodeString(strings.TrimPrefix(token, tokenPrefix))
	return t, err == nil && json.Unmarshal(data, &t) == nil
}

// gitSettings let Git reach the repositories as a runner's would: by the
// server's address, and only with a token that may.
func (j *job) gitSettings() error {
	own := j.o.Repository
	j.host.allow(j.token, func(slug string, write bool) bool {
		return slug == own && j.permissions.has("contents", map[bool]string{false: "read", true: "write"}[write])
	})
	with := func(address string) string {
		return strings.Replace(address, "://", "://x-access-token:"+j.token+"@", 1)
	}
	text := fmt.Sprintf("[url %q]\n\tinsteadOf = %s/\n[url %q]\n\tinsteadOf = %s/\n", j.host.url+"/", j.server(), with(j.host.url)+"/", with(j.server()))
	return os.WriteFile(filepath.Join(j.home, ".gitconfig"), []byte(text), 0o644)
}

// checkout stands in for actions/checkout: a real clone at the event's commit.
func checkout(ctx context.Context, c *Call) error {
	j := c.job
	slug := or(c.With["repository"], j.o.Repository)
	own := c.With["token"] == "" || c.With["token"] == j.token
	if own && (slug != j.o.Repository || !j.permissions.has("contents", "read")) {
		return fmt.Errorf("%s: not found: the token is of %s, contents: %q", slug, j.o.Repository, j.permissions["contents"])
	}
	ref := c.With["ref"]
	switch {
	case ref == "" && slug == j.o.Repository:
		ref = j.session.ref
		if at, err := j.git(ctx, j.origins[slug], "rev-parse", ref+"^{commit}"); err != nil || at != j.sha {
			ref = j.sha // the branch went on since the event
		}
	case ref == "":
		ref = "refs/heads/" + j.o.Repositories[slug].branch()
	case !strings.HasPrefix(ref, "refs/") && len(ref) != 40:
		ref = "refs/heads/" + ref
	}
	dir := filepath.Join(j.workspace, filepath.FromSlash(c.With["path"]))
	if err := j.checkout(ctx, slug, ref, dir, or(c.With["fetch-depth"], "1")); err != nil {
		return err
	}
	c.Outputs["ref"] = ref
	if c.With["persist-credentials"] == "false" {
		return nil
	}
	header := "AUTHORIZATION: basic " + base64.StdEncoding.EncodeToString([]byte("x-access-token:"+or(c.With["token"], j.token)))
	_, err := j.git(ctx, dir, "config", "http."+j.host.url+"/.extraheader", header)
	return err
}
