package oci_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/penstock-dev/penstock/internal/release/oci"
)

const password = "hunter2-of-the-robot"

// robot has one login for every registry.
type robot struct{}

func (robot) Resolve(authn.Resource) (authn.Authenticator, error) {
	return &authn.Basic{Username: "robot", Password: password}, nil
}

func withRobot(o *oci.Options) { o.Keychain = robot{} }

// guard wants a login, by password or by token.
func guard(s *server, bearer bool) func(http.ResponseWriter, *http.Request, int) bool {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("robot:"+password))
	return func(w http.ResponseWriter, r *http.Request, _ int) bool {
		got := r.Header.Get("Authorization")
		if r.URL.Path == "/token" {
			if got != basic {
				w.WriteHeader(http.StatusUnauthorized)
				return true
			}
			fmt.Fprintf(w, `{"token":%q}`, strings.Join(r.URL.Query()["scope"], " "))
			return true
		}
		want, challenge := basic, `Basic realm="registry"`
		if bearer {
			scope := "repository:a/b:pull"
			if r.Method != http.MethodGet && r.Method != http.MethodHead {
				scope = "repository:a/b:push,pull"
			}
			want, challenge = "Bearer "+scope, fmt.Sprintf(`Bearer realm="http://%s/token",service="r"`, s.host)
			if got == "Bearer repository:a/b:push,pull" {
				want = got // may read as well
			}
		}
		if got == want || bearer && r.URL.Path == "/v2/" && strings.HasPrefix(got, "Bearer ") {
			return false
		}
		w.Header().Set("WWW-Authenticate", challenge)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	}
}

func TestLogin(t *testing.T) {
	t.Parallel()
	for name, bearer := range map[string]bool{"password": false, "token": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := memory(t, true)
			s.set(guard(s, bearer))
			c, _ := client(t, withRobot)
			digest := push(t, c, s.host+"/a/b", "1.0.0", "one")
			if got, _, err := c.Digest(context.Background(), s.host+"/a/b", "1.0.0"); err != nil || got != digest {
				t.Errorf("%s, %v", got, err)
			}
			c, _ = client(t)
			_, err := c.Tags(context.Background(), s.host+"/a/b")
			if !strings.HasPrefix(message(err), s.host+"/a/b: the registry does not accept the login (401)") {
				t.Errorf("without credentials: %v", err)
			}
		})
	}
}

// TestNothingLeaks fails in many ways with a login and looks for it, and for
// the signature of a redirect, in what is said.
func TestNothingLeaks(t *testing.T) {
	t.Parallel()
	const signature = "X-Signature=c2lnbmF0dXJl"
	for name, fault := range map[string]func(http.ResponseWriter, *http.Request, int) bool{
		"401": answer(-1, 401, nil, ""), "403": answer(-1, 403, nil, ""), "500": answer(-1, 500, nil, ""), "dropped": drop(-1),
		"redirect to nowhere": func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if r.URL.Path == "/v2/" {
				return false
			}
			http.Redirect(w, r, "http://127.0.0.1:1/blob?"+signature, http.StatusTemporaryRedirect)
			return true
		},
		"redirect without TLS": func(w http.ResponseWriter, r *http.Request, _ int) bool {
			if r.URL.Path == "/v2/" {
				return false
			}
			http.Redirect(w, r, "http://storage.acme.example/blob?"+signature, http.StatusTemporaryRedirect)
			return true
		},
	} {
		s := memory(t, true)
		s.set(fault)
		c, _ := client(t, withRobot)
		_, err := c.Blob(context.Background(), s.host+"/a/b", oci.Sum(nil), 10)
		text := message(err)
		for _, secret := range []string{password, base64.StdEncoding.EncodeToString([]byte("robot:" + password)), signature} {
			if text == "" || strings.Contains(text, secret) {
				t.Errorf("%s: %s", name, text)
			}
		}
	}
}

// TestDockerConfig finds credentials where docker keeps them.
func TestDockerConfig(t *testing.T) {
	s := memory(t, true)
	s.set(guard(s, false))
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("DOCKER_CONFIG", dir)
	config := fmt.Sprintf(`{"auths":{%q:{"auth":%q}}}`, s.host, base64.StdEncoding.EncodeToString([]byte("robot:"+password)))
	check(t, os.WriteFile(filepath.Join(dir, "config.json"), []byte(config), 0o600))
	c := oci.New(oci.Options{})
	push(t, c, s.host+"/a/b", "1.0.0", "one")
}

// TestHelper finds credentials through a docker credential helper, as the cloud
// registries' own helpers give them.
func TestHelper(t *testing.T) {
	s := memory(t, true)
	s.set(guard(s, false))
	dir := t.TempDir()
	t.Setenv("HOME", dir)
	t.Setenv("DOCKER_CONFIG", dir)
	t.Setenv("PATH", dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	script := fmt.Sprintf("#!/bin/sh\necho '{\"ServerURL\":\"\",\"Username\":\"robot\",\"Secret\":%q}'\n", password)
	check(t, os.WriteFile(filepath.Join(dir, "docker-credential-penstocktest"), []byte(script), 0o700))
	check(t, os.WriteFile(filepath.Join(dir, "config.json"), fmt.Appendf(nil, `{"credHelpers":{%q:"penstocktest"}}`, s.host), 0o600))
	c := oci.New(oci.Options{})
	push(t, c, s.host+"/a/b", "1.0.0", "one")
}
