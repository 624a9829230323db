package gitdelivery_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/release/gitdelivery"
	"github.com/penstock-dev/penstock/internal/release/images"
	"github.com/penstock-dev/penstock/internal/release/promotion"
	_ "github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

const head = "# ours\nresources:\n  - ../../base # the app\n"

func TestSet(t *testing.T) {
	t.Parallel()
	one := []images.Image{{Name: "app", NewTag: "1.10", Digest: "sha256:aa"}}
	for name, c := range map[string]struct {
		in, want string
		images   []images.Image
		exact    bool
	}{
		"as generated": {
			"images:\n  # The release.\n  - name: app\n    newTag: 0.0.0\n",
			"images:\n  # The release.\n  - name: app\n    newTag: \"1.10\"\n    digest: sha256:aa\n", one, false,
		},
		"other order, comments, more images": {
			"images:\n- newTag: '1.0' # by ada\n  name: app\n- name: sidecar\n  newTag: 3 # ours\nreplicas: []\n",
			"images:\n- newTag: \"1.10\" # by ada\n  name: app\n  digest: sha256:aa\n- name: sidecar\n  newTag: 3 # ours\nreplicas: []\n", one, false,
		},
		"a digest goes": {
			"images:\n  - name: app\n    digest: sha256:bb\n    newTag: a\n",
			"images:\n  - name: app\n    newTag: b\n",
			[]images.Image{{Name: "app", NewTag: "b"}},
			false,
		},
		"a name of its own stays": {
			"images:\n  - name: app\n    newName: mirror/app\n    newTag: a\n",
			"images:\n  - name: app\n    newName: mirror/app\n    newTag: b\n",
			[]images.Image{{Name: "app", NewName: "x/app", NewTag: "b"}},
			false,
		},
		"exact": {
			"images:\n  - name: app\n    newName: mirror/app\n    newTag: a\n",
			"images:\n  - name: app\n    newName: x/app\n    newTag: b\n",
			[]images.Image{{Name: "app", NewName: "x/app", NewTag: "b"}},
			true,
		},
		"one more": {
			"images:\n  - name: other\n    newTag: a # last\nnamePrefix: x-\n",
			"images:\n  - name: other\n    newTag: a # last\n  - name: app\n    newTag: \"1.10\"\n    digest: sha256:aa\nnamePrefix: x-\n", one, false,
		},
		"no images":    {"namePrefix: x-", "namePrefix: x-\nimages:\n  - name: app\n    newTag: \"1.10\"\n    digest: sha256:aa\n", one, false},
		"empty":        {"images: [] # none\n", "images: [{name: app, newTag: \"1.10\", digest: sha256:aa}] # none\n", one, false},
		"nothing":      {"images: # none\nnamePrefix: x-\n", "images: [{name: app, newTag: \"1.10\", digest: sha256:aa}] # none\nnamePrefix: x-\n", one, false},
		"in brackets":  {"images: [{name: app, newTag: a}]\n", "images: [{name: app, newTag: \"1.10\", digest: sha256:aa}]\n", one, false},
		"and one more": {"images: [{name: b}]\n", "images: [{name: b}, {name: app, newTag: \"1.10\", digest: sha256:aa}]\n", one, false},
		"CRLF":         {"images:\r\n  - name: app\r\n    newTag: a\r\n", "images:\r\n  - name: app\r\n    newTag: \"1.10\"\r\n    digest: sha256:aa\r\n", one, false},
	} {
		got, err := images.Set([]byte(head+c.in), c.images, c.exact)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(head+c.want, string(got)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
		if again, err := images.Set(got, c.images, c.exact); err != nil || string(again) != string(got) {
			t.Errorf("%s: not the same again: %v\n%s", name, err, again)
		}
	}
	for name, in := range map[string]string{
		"no YAML": "images: [", "text": "images: none\n", "alias": "x: &a {name: app, newTag: a}\nimages:\n  - *a\n", "folded": "images:\n  - name: app\n    newTag: >-\n      a\n      b\n",
	} {
		if got, err := images.Set([]byte(in), one, false); err == nil {
			t.Errorf("%s: became %q", name, got)
		}
	}
}

func TestReadSaysWhere(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"a: 1\nimages: none\n": "k.yaml:2:9: images: is no list of images",
		"a: [1\n":              "k.yaml:1:",
		"":                     "k.yaml:1:1: the file is empty",
	} {
		if _, ds := images.Read("k.yaml", []byte(in)); !strings.HasPrefix(ds.String(), want) {
			t.Errorf("%q: %s", in, ds)
		}
	}
}

// overlay is one whose images changed as the tags say.
func overlay(env string, tags ...string) gitdelivery.Overlay {
	o := gitdelivery.Overlay{Env: env, Image: "app", Data: []byte(head)}
	for i, tag := range tags {
		list := []images.Image{{Name: "app", NewTag: tag}}
		o.Data = []byte(head + "images:\n  - name: app\n    newTag: " + tag + "\n")
		o.Versions = append(o.Versions, gitdelivery.Version{Images: list, Explanation: promotion.Explanation{Commit: strings.Repeat(string(rune('a'+i)), 40)}})
	}
	return o
}

func TestPromote(t *testing.T) {
	t.Parallel()
	o := promotion.Options{App: "shop/web", Env: promotion.Env{Name: "prod"}}
	frozen := o
	frozen.Now = time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC)
	frozen.Env.Freeze = []contract.Freeze{{From: "2026-12-20T00:00:00Z", To: "2027-01-02T00:00:00Z", Reason: "peak season"}}
	named := o
	named.Release = "1.0.0"
	for name, c := range map[string]struct {
		o        promotion.Options
		from, to gitdelivery.Overlay
		want     string
	}{
		"the first":      {o, overlay("dev", "1.0.0"), overlay("prod", "0.0.0"), "merging the changed overlay makes prod run 1.0.0, the first release there"},
		"the next":       {o, overlay("dev", "1.0.0", "1.1.0"), overlay("prod", "1.0.0"), "merging the changed overlay makes prod run 1.1.0, before it was 1.0.0"},
		"the same":       {o, overlay("dev", "1.0.0"), overlay("prod", "1.0.0"), "the overlay of prod holds 1.0.0 already"},
		"no versions":    {o, overlay("dev", "b"), overlay("prod", "a"), "merging the changed overlay makes prod run b, before it was a"},
		"older":          {o, overlay("dev", "1.0.0"), overlay("prod", "1.1.0"), "older: 1.0.0 is older than 1.1.0, which runs in prod"},
		"nothing before": {o, overlay("dev", "0.0.0"), overlay("prod", "0.0.0"), "nothing runs: nothing was released in dev yet"},
		"not there":      {named, overlay("dev", "1.1.0"), overlay("prod", "0.0.0"), "not before: dev runs 1.1.0, not 1.0.0"},
		"frozen":         {frozen, overlay("dev", "1.1.0"), overlay("prod", "1.0.0"), "frozen: prod is frozen from 2026-12-20"},
	} {
		data, out, err := gitdelivery.Promote(c.o, c.from, c.to)
		got := out.Message
		if err != nil {
			got = string(promotion.KindOf(err)) + ": " + err.Error()
		}
		if !strings.HasPrefix(got, c.want) || out.Changed != (data != nil) {
			t.Errorf("%s: %s", name, got)
		}
	}
}

func TestRollback(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		tags     []string
		to, want string
	}{
		"the one before":            {[]string{"0.0.0", "1.0.0", "1.1.0"}, "", "1.0.0"},
		"not what was left":         {[]string{"1.0.0", "1.1.0", "1.2.0", "1.1.0"}, "", "1.0.0"},
		"nothing left":              {[]string{"1.0.0", "1.1.0", "1.0.0"}, "", "no candidate"},
		"after the repair":          {[]string{"1.0.0", "1.1.0", "1.0.0", "1.1.1"}, "", "1.0.0"},
		"a commit":                  {[]string{"1.0.0", "1.1.0", "1.2.0"}, "aaaaaaa", "1.0.0"},
		"a release":                 {[]string{"1.0.0", "1.1.0", "1.2.0"}, "1.0.0", "1.0.0"},
		"too short to be a commit":  {[]string{"1.0.0", "1.1.0"}, "aaaaaa", "unknown release"},
		"what nobody ever released": {[]string{"0.0.0"}, "", "no candidate"},
	} {
		data, out, err := gitdelivery.Rollback(promotion.Options{App: "shop/web", Env: promotion.Env{Name: "prod"}, To: c.to}, overlay("prod", c.tags...))
		got := out.Release
		if err != nil {
			got = string(promotion.KindOf(err))
		}
		if got != c.want || err == nil && !strings.Contains(string(data), "newTag: "+c.want) {
			t.Errorf("%s: %s, %v\n%s", name, got, err, data)
		}
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	o := overlay("prod", "0.0.0", "1.0.0", "1.1.0", "1.1.0", "1.0.0", "1.2.0")
	var got []string
	for _, e := range gitdelivery.History("shop/web", o).Entries {
		got = append(got, string(e.Action)+" "+e.Release+" "+e.Tag[:1])
	}
	if d := cmp.Diff([]string{"promotion 1.2.0 f", "rollback 1.0.0 e", "promotion 1.1.0 c", "promotion 1.0.0 b"}, got); d != "" {
		t.Error(d)
	}
	if st := gitdelivery.Standing("shop/web", o); st.Release != "1.2.0" || st.Candidates != 1 {
		t.Errorf("%+v", st)
	}
}
