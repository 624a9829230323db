package bundle_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/release/bundle"
)

const repository = "registry.acme.example/delivery/payments/checkout"

func TestPushRelease(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newStore()
	b := build(t, files())
	a := artifact(t, b, "0")
	first, err := bundle.PushRelease(ctx, s, repository, a)
	if err != nil || first.Existed || first.Digest != a.Digest {
		t.Fatalf("first push: %+v, %v", first, err)
	}
	// The same content, made at another time: the first manifest stays.
	later, err := b.Artifact(bundle.Meta{Source: a.Meta.Source, Revision: a.Meta.Revision, Version: "1.4.2", Created: "2027-01-01T00:00:00Z"})
	if err != nil {
		t.Fatal(err)
	}
	again, err := bundle.PushRelease(ctx, s, repository, later)
	if err != nil || !again.Existed || again.Digest != a.Digest || s.pushes != 1 {
		t.Errorf("again: %+v, %v, %d pushes", again, err, s.pushes)
	}
	// The same files of another commit are another release.
	_, err = bundle.PushRelease(ctx, s, repository, artifact(t, b, "1"))
	want := repository + ":1.4.2: the release exists with other content: there is " + a.Digest + " from main@sha1:" + strings.Repeat("0", 40) +
		", this is " + artifact(t, b, "1").Digest + " from main@sha1:" + strings.Repeat("1", 40) + "; a release never changes, push this as a new one"
	if got := message(err); got != want {
		t.Errorf("another revision (-want +got):\n%s", cmp.Diff(want, got))
	}
	m := files()
	m["base/config.yaml"].Data = append(m["base/config.yaml"].Data, "  more: text\n"...)
	var taken bundle.Taken
	if _, err = bundle.PushRelease(ctx, s, repository, artifact(t, build(t, m), "0")); !errors.As(err, &taken) {
		t.Errorf("other files: %v", err)
	}
	if s.pushes != 1 {
		t.Errorf("%d pushes, want 1", s.pushes)
	}
}

// TestPushAtOnce lets another run overwrite the tag between the check and the
// end of the push.
func TestPushAtOnce(t *testing.T) {
	t.Parallel()
	s := newStore()
	m := files()
	m["base/config.yaml"].Data = append(m["base/config.yaml"].Data, "  more: text\n"...)
	winner := artifact(t, build(t, m), "0")
	s.before = func() {
		s.manifests[repository+":1.4.2"] = winner.Manifest
		s.blobs[winner.LayerDigest] = winner.Layer
	}
	_, err := bundle.PushRelease(context.Background(), s, repository, artifact(t, build(t, files()), "0"))
	if _, ok := errors.AsType[bundle.Taken](err); !ok {
		t.Errorf("got %v", err)
	}
}

func TestPullOtherThings(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newStore()
	s.manifests[repository+":image"] = []byte(`{"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip"}]}`)
	s.manifests[repository+":text"] = []byte(`hello`)
	for ref, want := range map[string]string{
		"image": repository + ":image: is not a bundle: its first layer is not application/vnd.cncf.flux.content.v1.tar+gzip",
		"text":  repository + ":text: is no manifest: invalid character 'h' looking for beginning of value",
	} {
		if _, _, err := bundle.Pull(ctx, s, repository, ref); message(err) != want {
			t.Errorf("%s: %v", ref, err)
		}
	}
	if _, ok, err := bundle.Pull(ctx, s, repository, "missing"); ok || err != nil {
		t.Errorf("missing: %v, %v", ok, err)
	}
}

func TestChecks(t *testing.T) {
	t.Parallel()
	sha := strings.Repeat("0123456789", 4)
	for _, c := range []struct {
		check func(string) error
		value string
		want  string
	}{
		{bundle.CheckRevision, "feature/x@sha1:" + sha, ""},
		{bundle.CheckRevision, "main@sha1:" + sha[1:], `"main@sha1:` + sha[1:] + `": is not REF@sha1: and 40 hex digits, such as main@sha1:` + sha},
		{bundle.CheckRevision, "a@b@sha1:" + sha, `"a@b@sha1:` + sha + `": is not REF@sha1: and 40 hex digits, such as main@sha1:` + sha},
		{bundle.CheckCandidate, "ci-20260222.1", ""},
		{bundle.CheckCandidate, "1.4.2", `"1.4.2": does not begin with ci- or pr-, followed by letters, digits, dots, dashes or underscores; releases take --release`},
		{bundle.CheckSource, "https://bot@github.com/acme/checkout", ""},
		{bundle.CheckSource, "https://bot:hunter2@github.com/acme/checkout", `"https://github.com/acme/checkout": has a password in it; leave user and password out`},
	} {
		if got := message(c.check(c.value)); got != c.want {
			t.Errorf("%s (-want +got):\n%s", c.value, cmp.Diff(c.want, got))
		}
	}
}
