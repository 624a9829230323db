package cli

import (
	"encoding/json"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

func TestBundleList(t *testing.T) {
	host := memoryRegistry(t)
	appRepository(t, host)
	repository := host + "/delivery/payments/checkout"
	penstock(t, exitFine, "", repository+`: has no release yet; "penstock bundle push --release" makes one`+"\n", "bundle", "list")
	if got := penstock(t, exitFine, "[]\n", repository, "bundle", "list", "-o", "json"); got != "[]\n" {
		t.Error(got)
	}
	day := int64(1771754400)
	push := func(kind, tag string) {
		t.Helper()
		t.Setenv("SOURCE_DATE_EPOCH", strconv.FormatInt(day, 10))
		day += 86400
		penstock(t, exitFine, "pushed ", "", "bundle", "push", "--image", testImage, "--revision", testRevision, kind, tag)
	}
	for _, v := range []string{"1.9.0", "1.10.0", "1.10.0-rc.1"} {
		push("--release", v)
	}
	for _, tag := range []string{"ci-9", "ci-10", "pr-3"} {
		push("--tag", tag)
	}
	first := func(args ...string) string {
		t.Helper()
		var tags []string
		for i, line := range strings.Split(strings.TrimSpace(penstock(t, exitFine, "TAG ", "", append([]string{"bundle", "list"}, args...)...)), "\n") {
			if i > 0 {
				tags = append(tags, strings.Fields(line)[0])
			}
		}
		return strings.Join(tags, " ")
	}
	for args, want := range map[string]string{
		"":                        "1.10.0 1.10.0-rc.1 1.9.0",
		"--candidates":            "1.10.0 1.10.0-rc.1 1.9.0 ci-10 ci-9",
		"--previews --limit 0":    "1.10.0 1.10.0-rc.1 1.9.0 pr-3",
		"--candidates --previews": "1.10.0 1.10.0-rc.1 1.9.0 ci-10 ci-9 pr-3",
	} {
		if got := first(strings.Fields(args)...); got != want {
			t.Errorf("%s: %s, want %s", args, got, want)
		}
	}
	penstock(t, exitFine, "TAG     DIGEST               CREATED            REVISION\n1.10.0  sha256:", "2 older releases are left out; \"--limit 0\" lists all\n1 older ci-* bundles are left out", "bundle", "list", "--limit", "1", "--candidates")
	var list []listedJSON
	if err := json.Unmarshal([]byte(penstock(t, exitFine, "[", "", "bundle", "list", "-o", "json")), &list); err != nil || len(list) != 3 {
		t.Fatal(err, list)
	}
	shown := penstock(t, exitFine, "{", "", "bundle", "show", "1.10.0", "-o", "json")
	if l := list[0]; l.Tag != "1.10.0" || l.Repository != repository || !strings.Contains(shown, l.Digest) || l.Created != "2026-02-23T10:00:00Z" || l.Revision != testRevision {
		t.Errorf("%+v", l)
	}
	penstock(t, exitFailed, "", repository+`:9.9.9: no such bundle; "penstock bundle list" lists the releases`, "bundle", "show", "9.9.9")
	penstock(t, exitInvalid, "", "--limit -1: is below 0", "bundle", "list", "--limit", "-1")
}

// TestBundleListForeign: what is no bundle is named, and read no further.
func TestBundleListForeign(t *testing.T) {
	host := memoryRegistry(t)
	appRepository(t, host)
	imageAt(t, host+"/delivery/payments/checkout:1.0.0")
	if got := strings.Fields(penstock(t, exitFine, "TAG", "", "bundle", "list")); got[4] != "1.0.0" || !strings.HasPrefix(got[5], "sha256:") || got[6] != "unknown" || got[7] != "-" {
		t.Error(got)
	}
}

func imageAt(t *testing.T, ref string) {
	t.Helper()
	tag, err := name.NewTag(ref, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(tag, empty.Image); err != nil {
		t.Fatal(err)
	}
}
