package oci_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/release/oci"
)

// manifestOf is a bundle's manifest without its blobs' content mattering.
func manifestOf(config, layer []byte) []byte {
	return fmt.Appendf(nil, `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.cncf.flux.config.v1+json","digest":%q,"size":%d},"layers":[{"mediaType":"application/vnd.cncf.flux.content.v1.tar+gzip","digest":%q,"size":%d}]}`,
		oci.Sum(config), len(config), oci.Sum(layer), len(layer))
}

// push pushes a bundle of that content and returns its digest.
func push(t testing.TB, c *oci.Client, repository, tag, text string) string {
	t.Helper()
	config, layer := []byte(`{"rootfs":{}}`), []byte(text)
	m := manifestOf(config, layer)
	check(t, c.Push(context.Background(), repository, tag, m, config, layer))
	return oci.Sum(m)
}

// TestRegistry is the whole interface against real registries.
func TestRegistry(t *testing.T) {
	t.Parallel()
	hosts(t, func(t *testing.T, host string) {
		ctx := context.Background()
		c, _ := client(t)
		repo := host + "/delivery/payments/checkout"
		tags, err := c.Tags(ctx, repo)
		if err != nil || tags != nil {
			t.Fatalf("tags of nothing: %v, %v", tags, err)
		}
		if _, ok, err := c.Digest(ctx, repo, "dev"); ok || err != nil {
			t.Fatalf("digest of nothing: %v, %v", ok, err)
		}
		one, two := push(t, c, repo, "1.0.0", "one"), push(t, c, repo, "1.1.0", "two")
		for _, want := range []string{one, two} {
			check(t, c.Tag(ctx, repo, want, "dev"))
			if got, ok, err := c.Digest(ctx, repo, "dev"); err != nil || !ok || got != want {
				t.Errorf("dev is %s, %v, %v; want %s", got, ok, err, want)
			}
		}
		record := []byte(`{"actor":"anna"}`)
		for range 2 {
			check(t, c.PutRecord(ctx, repo, "record-dev-2026-02-22.1-1.1.0", two, record))
		}
		got, ok, err := c.Record(ctx, repo, "record-dev-2026-02-22.1-1.1.0")
		if err != nil || !ok || string(got) != string(record) {
			t.Errorf("record %s, %v, %v", got, ok, err)
		}
		if _, ok, err = c.Record(ctx, repo, "record-none"); ok || err != nil {
			t.Errorf("a missing record: %v, %v", ok, err)
		}
		if _, _, err = c.Record(ctx, repo, "dev"); message(err) != repo+":dev: is not a record of Penstock" {
			t.Error(err)
		}
		tags, err = c.Tags(ctx, repo)
		check(t, err)
		if d := cmp.Diff([]string{"1.0.0", "1.1.0", "dev", "record-dev-2026-02-22.1-1.1.0"}, tags); d != "" {
			t.Errorf("tags (-want +got):\n%s", d)
		}
		data, digest, ok, err := c.Manifest(ctx, repo, "dev")
		if err != nil || !ok || digest != two || oci.Sum(data) != two {
			t.Errorf("manifest %s, %v, %v", digest, ok, err)
		}
		layer, err := c.Blob(ctx, repo, oci.Sum([]byte("two")), 10)
		if err != nil || string(layer) != "two" {
			t.Errorf("blob %q, %v", layer, err)
		}
		missing := oci.Sum([]byte("never pushed"))
		if err := c.Tag(ctx, repo, missing, "dev"); message(err) != repo+"@"+missing+": is not in the repository, so that no tag can point at it" {
			t.Error(err)
		}
		if err := c.PutRecord(ctx, repo, "record-x", missing, record); message(err) != repo+":record-x: the bundle "+missing+" is not in the repository" {
			t.Error(err)
		}
	})
}

// TestRecordManifest keeps the form of records, whose tags other tools read.
func TestRecordManifest(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	c, _ := client(t)
	repo := memory(t, true).host + "/a/b"
	subject := push(t, c, repo, "1.0.0", "one")
	check(t, c.PutRecord(ctx, repo, "record-x", subject, []byte(`{}`)))
	data, _, _, err := c.Manifest(ctx, repo, "record-x")
	check(t, err)
	var m struct {
		ArtifactType string
		Subject      struct{ MediaType, Digest string }
		Layers       []struct{ MediaType string }
	}
	check(t, json.Unmarshal(data, &m))
	if m.ArtifactType != "application/vnd.penstock.record.v1+json" || m.Subject.Digest != subject || m.Subject.MediaType != "application/vnd.oci.image.manifest.v1+json" {
		t.Errorf("%s", data)
	}
}

// TestPages follows the links of a long list, sorts it, and does not follow one
// to another host.
func TestPages(t *testing.T) {
	t.Parallel()
	s := memory(t, false)
	s.set(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Path != "/v2/a/b/tags/list" {
			return false
		}
		page := r.URL.Query().Get("last")
		if page == "" {
			w.Header().Set("Link", `</v2/a/b/tags/list?n=1000&last=b>; rel="next"`)
			fmt.Fprint(w, `{"tags":["c","b"]}`)
		} else {
			if s.host == r.Host && r.URL.Query().Get("evil") == "" && page == "evil" {
				w.Header().Set("Link", `<http://127.0.0.1:1/v2/>; rel="next"`)
			}
			fmt.Fprint(w, `{"tags":["a"]}`)
		}
		return true
	})
	c, _ := client(t)
	tags, err := c.Tags(context.Background(), s.host+"/a/b")
	if err != nil || strings.Join(tags, " ") != "a b c" {
		t.Errorf("%v, %v", tags, err)
	}
	s.set(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		w.Header().Set("Link", `<http://127.0.0.1:1/v2/>; rel="next"`)
		fmt.Fprint(w, `{"tags":["a"]}`)
		return r.URL.Path != "/v2/"
	})
	if _, err = c.Tags(context.Background(), s.host+"/a/b"); message(err) != s.host+"/a/b: the next page of the list is at another address, 127.0.0.1:1" {
		t.Error(err)
	}
}

// TestRequests counts what each operation costs, pings and logins left out: the
// numbers do not depend on how many tags there are.
func TestRequests(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := memory(t, false)
	repo, other := s.host+"/releases/checkout", s.host+"/channels/prod/checkout"
	setup, _ := client(t)
	digest := push(t, setup, repo, "1.0.0", "one")
	for _, op := range []struct {
		name string
		want int
		do   func(c *oci.Client) error
	}{
		{"Tags", 1, func(c *oci.Client) error { _, err := c.Tags(ctx, repo); return err }},
		{"Digest", 1, func(c *oci.Client) error { _, _, err := c.Digest(ctx, repo, "1.0.0"); return err }},
		{"Tag", 2, func(c *oci.Client) error { return c.Tag(ctx, repo, digest, "dev") }},
		// Subject, two blobs of three requests each, manifest.
		{"PutRecord", 8, func(c *oci.Client) error { return c.PutRecord(ctx, repo, "record-1", digest, []byte(`{"n":1}`)) }},
		{"PutRecord again", 4, func(c *oci.Client) error { return c.PutRecord(ctx, repo, "record-1", digest, []byte(`{"n":1}`)) }},
		{"Record", 2, func(c *oci.Client) error { _, _, err := c.Record(ctx, repo, "record-1"); return err }},
		// There? manifest, are the two blobs there, put; referrers, fallback tag, three tags of cosign.
		{"Copy", 10, func(c *oci.Client) error { return c.Copy(ctx, repo, other, digest) }},
		{"Copy again", 6, func(c *oci.Client) error { return c.Copy(ctx, repo, other, digest) }},
		{"Copy to itself", 0, func(c *oci.Client) error { return c.Copy(ctx, repo, repo, digest) }},
	} {
		c, _ := client(t)
		s.set(nil)
		check(t, op.do(c))
		if got := s.seen(); len(got) != op.want {
			t.Errorf("%s: %d requests, want %d:\n%s", op.name, len(got), op.want, strings.Join(got, "\n"))
		}
	}
}

func TestRepositories(t *testing.T) {
	t.Parallel()
	c, _ := client(t)
	for _, bad := range []string{"", "host", "/a", "registry.acme.example/UPPER", "registry.acme.example/a//b", "registry.acme.example/../x", "user:secret@host/a"} {
		_, err := c.Tags(context.Background(), bad)
		if err == nil || strings.Contains(err.Error(), "unknown") || strings.Contains(err.Error(), "secret") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestDigestIsChecked refuses a registry that sends something else.
func TestDigestIsChecked(t *testing.T) {
	t.Parallel()
	s := memory(t, false)
	c, _ := client(t)
	repo := s.host + "/a/b"
	digest := push(t, c, repo, "1.0.0", "one")
	s.set(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if slices.Contains([]string{"/v2/a/b/manifests/" + digest, "/v2/a/b/blobs/" + digest}, r.URL.Path) {
			fmt.Fprint(w, `{}`)
			return true
		}
		return false
	})
	other := oci.Sum([]byte("{}"))
	if _, _, _, err := c.Manifest(context.Background(), repo, digest); message(err) != repo+"@"+digest+": the registry sends "+other+" instead" {
		t.Error(err)
	}
	if _, err := c.Blob(context.Background(), repo, digest, 10); message(err) != repo+"@"+digest+": the registry sends "+other+" instead" {
		t.Error(err)
	}
}

// TestImmutable writes to a registry whose tags never change: the same content
// again is no error.
func TestImmutable(t *testing.T) {
	t.Parallel()
	s := memory(t, false)
	c, _ := client(t)
	repo := s.host + "/a/b"
	one, two := push(t, c, repo, "1.0.0", "one"), push(t, c, repo, "1.1.0", "two")
	s.set(func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.Method != http.MethodPut || !strings.HasSuffix(r.URL.Path, "/manifests/1.0.0") {
			return false
		}
		w.WriteHeader(http.StatusPreconditionFailed)
		fmt.Fprint(w, `{"errors":[{"code":"PRECONDITION","message":"configured as immutable"}]}`)
		return true
	})
	check(t, c.Tag(context.Background(), repo, one, "1.0.0"))
	err := c.Tag(context.Background(), repo, two, "1.0.0")
	if want := repo + ":1.0.0: the registry answers 412 Precondition Failed: PRECONDITION configured as immutable"; message(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}

// TestProgress is told of both directions, up to the end.
func TestProgress(t *testing.T) {
	t.Parallel()
	var last oci.Transfer
	c, _ := client(t, func(o *oci.Options) { o.Progress = func(p oci.Transfer) { last = p } })
	repo := memory(t, false).host + "/a/b"
	text := strings.Repeat("x", 1<<20)
	push(t, c, repo, "1.0.0", text)
	if last.Digest != oci.Sum([]byte(text)) && last.Done == 0 || !last.Upload || last.Done != last.Total {
		t.Errorf("%+v", last)
	}
	_, err := c.Blob(context.Background(), repo, oci.Sum([]byte(text)), 1<<20)
	check(t, err)
	if last.Upload || last.Done != 1<<20 {
		t.Errorf("%+v", last)
	}
	_, err = c.Blob(context.Background(), repo, oci.Sum([]byte(text)), 1<<19)
	if want := repo + "@" + oci.Sum([]byte(text)) + ": the answer has more than 524288 bytes"; message(err) != want {
		t.Errorf("%v, want %s", err, want)
	}
}
