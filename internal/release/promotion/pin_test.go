package promotion

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/kustomize/kyaml/yaml"
	"sigs.k8s.io/kustomize/kyaml/yaml/merge2"
)

const digest = "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

const head = "# What docs runs.\napiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: docs # ours\n"

func TestSetPin(t *testing.T) {
	t.Parallel()
	tag := "prod-2026-02-22.1-1.4.2"
	for name, c := range map[string]struct{ in, want string }{
		"as written": {
			"spec:\n  suspend: true\n  ref:\n    tag: not-promoted-yet\n",
			"spec:\n  ref:\n    tag: prod-2026-02-22.1-1.4.2\n    digest: \"" + digest + "\"\n",
		},
		"promoted before": {
			"spec:\n  ref:\n    tag: prod-2026-01-01.1-1.0.0 # see CHG-1\n    digest: sha256:00 # old\n  interval: 1m\n",
			"spec:\n  ref:\n    tag: prod-2026-02-22.1-1.4.2 # see CHG-1\n    digest: \"" + digest + "\" # old\n  interval: 1m\n",
		},
		"flow": {
			"spec: {suspend: true, ref: {tag: not-promoted-yet}}\n",
			"spec: {ref: {tag: prod-2026-02-22.1-1.4.2, digest: \"" + digest + "\"}}\n",
		},
		"flow, quoted, other order": {
			"spec: {ref: {digest: 'sha256:00', tag: \"old\"}, suspend: true} # one line\n",
			"spec: {ref: {digest: \"" + digest + "\", tag: prod-2026-02-22.1-1.4.2}} # one line\n",
		},
		"comments kept": {
			"spec:\n  # until the launch\n  suspend: true # ask ann\n  ref:\n    # by CI\n    tag: not-promoted-yet # none\n\n  timeout: 2m # slow\n",
			"spec:\n  # until the launch\n  # ask ann\n  ref:\n    # by CI\n    tag: prod-2026-02-22.1-1.4.2 # none\n    digest: \"" + digest + "\"\n\n  timeout: 2m # slow\n",
		},
		"no ref, no final newline": {
			"spec:\n    suspend: true\n    interval: 1m",
			"spec:\n    ref: {tag: prod-2026-02-22.1-1.4.2, digest: \"" + digest + "\"}\n    interval: 1m",
		},
		"no ref, no suspend": {
			"spec:\n  interval: 1m\n",
			"spec:\n  ref: {tag: prod-2026-02-22.1-1.4.2, digest: \"" + digest + "\"}\n  interval: 1m\n",
		},
		"only suspend": {"spec:\n  suspend: true\n", "spec:\n  ref: {tag: prod-2026-02-22.1-1.4.2, digest: \"" + digest + "\"}\n"},
		"empty ref":    {"spec:\n  ref: {}\n", "spec:\n  ref: {tag: prod-2026-02-22.1-1.4.2, digest: \"" + digest + "\"}\n"},
		"CRLF": {
			"spec:\r\n  suspend: true\r\n  ref:\r\n    tag: x\r\n",
			"spec:\r\n  ref:\r\n    tag: prod-2026-02-22.1-1.4.2\r\n    digest: \"" + digest + "\"\r\n",
		},
	} {
		got, err := SetPin([]byte(head+c.in), tag, digest)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if d := cmp.Diff(head+c.want, string(got)); d != "" {
			t.Errorf("%s:\n%s", name, d)
		}
		if again, err := SetPin(got, tag, digest); err != nil || string(again) != string(got) {
			t.Errorf("%s: not the same again: %v\n%s", name, err, again)
		}
	}
	for name, in := range map[string]string{
		"no YAML": "spec: [", "no spec": "kind: x\n", "list": "- spec\n", "empty": "", "alias": "x: &r {tag: a}\nspec:\n  ref: *r\n",
		"folded": "spec:\n  ref:\n    tag: >-\n      a\n      b\n    digest: x\n", "text": "spec: none\n",
	} {
		if got, err := SetPin([]byte(in), tag, digest); err == nil {
			t.Errorf("%s: became %q", name, got)
		}
	}
}

func TestHoldLine(t *testing.T) {
	t.Parallel()
	in := head + "spec:\n  ref:\n    tag: prod-2026-02-22.1-1.4.2\n"
	held, err := SetHold([]byte(in), "db\n is:  \u0085slow # 5%\t<x>")
	if err != nil {
		t.Fatal(err)
	}
	if want := head + "# hold: db is: slow # 5% <x>\nspec:\n  ref:\n    tag: prod-2026-02-22.1-1.4.2\n"; string(held) != want {
		t.Errorf("%s", held)
	}
	if p, err := ReadPin(held); err != nil || !p.Held || p.Reason != "db is: slow # 5% <x>" {
		t.Errorf("%+v, %v", p, err)
	}
	again, err := SetHold(held, "other")
	if err != nil || strings.Count(string(again), "# hold:") != 1 {
		t.Errorf("%v\n%s", err, again)
	}
	lifted, err := DropHold(again)
	if err != nil || string(lifted) != in {
		t.Errorf("%v\n%s", err, lifted)
	}
	text := head + "  annotations:\n    note: |\n      # hold: not one\nspec:\n  ref: {tag: x}\n"
	if p, err := ReadPin([]byte(text)); err != nil || p.Held {
		t.Errorf("a line of a text is no hold: %+v, %v", p, err)
	}
	if got, err := DropHold([]byte(text)); err != nil || string(got) != text {
		t.Errorf("%v\n%s", err, got)
	}
}

// TestPinIsPatch: the changed file is a patch that sets just the fields it
// should, and the hold is none of them.
func TestPinIsPatch(t *testing.T) {
	t.Parallel()
	pin, err := os.ReadFile(filepath.Join("..", "..", "..", "golden", "ghcr", "platform", "tenants", "website", "production", "docs.pin.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if p, err := ReadPin(pin); err != nil || p.Tag != "not-promoted-yet" || !p.Suspended {
		t.Fatalf("%+v, %v", p, err)
	}
	if pin, err = SetPin(pin, "production-2026-02-22.1-1.4.2", digest); err != nil {
		t.Fatal(err)
	}
	if pin, err = SetHold(pin, "slow"); err != nil {
		t.Fatal(err)
	}
	source := "apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata:\n  name: docs\n  namespace: website\nspec:\n  url: oci://x\n"
	got, err := merge2.MergeStrings(string(pin), source, false, yaml.MergeOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"url: oci://x", "tag: production-2026-02-22.1-1.4.2", digest} {
		if !strings.Contains(got, line) {
			t.Errorf("no %q in\n%s", line, got)
		}
	}
	var object map[string]any
	if err := yaml.Unmarshal([]byte(got), &object); err != nil {
		t.Fatal(err)
	}
	if spec, ok := object["spec"].(map[string]any); !ok || len(spec) != 2 || len(object) != 4 {
		t.Errorf("%v", object)
	}
}

// TestPinStory promotes, rolls back, is refused, and lifts, by changes of a file.
func TestPinStory(t *testing.T) {
	t.Parallel()
	o := single(t)
	o.Env.Pinned = true
	m := &memory{world: releases("reg/app", "1.0.0", "1.1.0", "1.2.0")}
	log := PinLog{File: []byte(head + "spec:\n  suspend: true\n  ref:\n    tag: not-promoted-yet\n")}
	var got []string
	merge := func(data []byte, out Outcome, err error) {
		t.Helper()
		if err != nil {
			got = append(got, string(KindOf(err))+": "+err.Error())
			return
		}
		got = append(got, out.Message)
		if data == nil {
			return
		}
		p, err := ReadPin(log.File)
		if err != nil {
			t.Fatal(err)
		}
		log.Before, log.File = append(log.Before, p), data
	}
	promoted := func(release string) {
		t.Helper()
		o.Release = release
		merge(PromotePin(t.Context(), m.registry(), o, log))
	}
	merge(HoldPin(o, log))
	promoted("1.0.0")
	promoted("1.1.0")
	promoted("1.1.0")
	promoted("1.0.0")
	o.Reason = "slow"
	merge(RollbackPin(t.Context(), m.registry(), o, log))
	promoted("1.2.0")
	merge(RollbackPin(t.Context(), m.registry(), o, log))
	merge(HoldPin(o, log))
	merge(LiftPin(o, log))
	merge(LiftPin(o, log))
	promoted("1.2.0")
	want := []string{
		`nothing runs: nothing was promoted to prod yet; run "penstock promote --app shop/checkout --to prod" first`,
		`merging the changed pin makes prod run 1.0.0, the first release there`,
		`merging the changed pin makes prod run 1.1.0, before it was 1.0.0`,
		`the pin of prod holds 1.1.0 already (prod-2026-02-22.2-1.1.0)`,
		`older: 1.0.0 is older than 1.1.0, which runs in prod; run "penstock rollback --app shop/checkout --env prod --to 1.0.0 --reason TEXT" if it is meant to go back`,
		`merging the changed pin makes prod run 1.0.0 again, held until a lift`,
		`held: prod runs 1.0.0 and is held by its pin: rolled back from 1.1.0: slow; run "penstock hold --app shop/checkout --env prod --lift" when the reason is gone`,
		`no candidate: nothing older than 1.0.0 counted in prod that no rollback left; name the release with "penstock rollback --app shop/checkout --env prod --to RELEASE"`,
		`prod is held already by its pin: rolled back from 1.1.0: slow`,
		`merging the changed pin lets prod take promotions again`,
		`prod is not held`,
		`merging the changed pin makes prod run 1.2.0, before it was 1.0.0`,
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if want := head + "spec:\n  ref:\n    tag: prod-2026-02-22.4-1.2.0\n    digest: \"sha256:1.2.0\"\n"; string(log.File) != want {
		t.Errorf("%s", log.File)
	}
	// The next environment takes what Git says that ran here.
	last, err := ReadPin(log.File)
	if err != nil {
		t.Fatal(err)
	}
	next := single(t)
	next.Env.Name, next.Env.From = "dr", &From{Name: "prod", Repository: "reg/app", Pins: append(log.Before, last)}
	next.Release = "1.1.0"
	if _, err := Promote(t.Context(), m.registry(), next); KindOf(err) != LeftBefore {
		t.Error(err)
	}
	next.Release = ""
	if out, err := Promote(t.Context(), m.registry(), next); err != nil || out.Release != "1.2.0" {
		t.Error(out, err)
	}
	if h := PinHistory("shop/checkout", o.Env, next.Env.From.Pins); len(h.Entries) != 5 || h.Entries[0].Release != "1.2.0" || h.Entries[1].Action != ActionLift || h.Entries[2].Action != ActionRollback {
		t.Errorf("%+v", h.Entries)
	}
}

// FuzzSetPin: whatever the file, it is refused or says what it should, and
// every comment and other value stays.
func FuzzSetPin(f *testing.F) {
	f.Add([]byte(head + "spec:\n  suspend: true\n  ref:\n    tag: not-promoted-yet\n"))
	f.Add([]byte("spec: {suspend: true, ref: {tag: a}}"))
	f.Add([]byte("{spec: {ref: {tag: 'a''b', digest: \"\\x41\"}, \"suspend\": true, é: ü}} # é"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := SetPin(data, "p-2026-02-22.1-1.0.0", digest)
		if err != nil {
			return
		}
		p, err := ReadPin(got)
		if err != nil || p.Tag != "p-2026-02-22.1-1.0.0" || p.Digest != digest || p.Suspended {
			t.Errorf("%q became %q: %+v, %v", data, got, p, err)
		}
		if held, err := SetHold(got, "x: y"); err == nil {
			if p, err := ReadPin(held); err != nil || !p.Held || p.Reason != "x: y" {
				t.Errorf("%q: %+v, %v", held, p, err)
			}
		}
	})
}
