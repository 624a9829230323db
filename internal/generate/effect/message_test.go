package effect_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/effect"
)

func TestMessage(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("long-", 12)
	field := contract.FieldChange{Field: "spec.teams[payments].contact", Was: "#a", Is: "#b"}
	for name, c := range map[string]struct {
		m    effect.Message
		want string
	}{
		"first":      {effect.Message{Name: "app a/b", First: true}, "penstock: set up app a/b\n"},
		"no field":   {effect.Message{Name: "app a/b"}, "penstock: regenerate app a/b\n"},
		"one field":  {effect.Message{Fields: []contract.FieldChange{field}}, "penstock: change teams[payments].contact: #a -> #b\n\nContract:\n- change spec.teams[payments].contact: #a -> #b\n"},
		"long value": {effect.Message{Fields: []contract.FieldChange{{Field: "spec.x", Was: long, Is: "b"}}}, "penstock: change x\n\nContract:\n- change spec.x: " + long + " -> b\n"},
		"long name":  {effect.Message{Fields: []contract.FieldChange{{Field: long + long, Is: "b"}, field}}, "penstock: 2 changes of the contract\n\nContract:\n- set " + long + long + ": b\n- " + field.String() + "\n"},
		"own words":  {effect.Message{Subject: "why", Environments: []string{"dev: new"}}, "why\n\nEnvironments:\n- dev: new\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(c.want, c.m.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
	many := effect.Message{Fields: make([]contract.FieldChange, 100)}
	if text := many.String(); !strings.HasSuffix(text, "\n- and 70 more\n") {
		t.Error(text)
	}
}

func TestEnvironments(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		after string
		want  []string
	}{
		"nothing": {before, nil},
		"an app gone from one": {replaced("acme/ledger}", "acme/ledger}, environments: [dev, prod]"), []string{
			"dev: nothing changes", "prod: nothing changes", "dr: removes Kustomization payments/ledger and OCIRepository payments/ledger",
		}},
		"a cluster more, and one gone": {replaced("{name: us}", "{name: asia}"), []string{
			"dev: nothing changes", "prod on asia: new", "prod on eu: nothing changes", "dr: nothing changes", "cluster us: no longer described",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e, _ := compute(t, c.after, nil)
			got := e.Environments(parse(t, c.after))
			if c.want == nil {
				c.want = []string{"dev: nothing changes", "prod: nothing changes", "dr: nothing changes"}
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// A namespace has prune: disabled, so that Flux leaves it where it was.
func TestWhatStaysIsNotRemoved(t *testing.T) {
	t.Parallel()
	after := strings.Replace(before, "- name: orders\n", "- name: shop\n      formerly: orders\n", 1)
	e, _ := compute(t, after, nil)
	lines := e.Environments(parse(t, after))
	if len(lines) != 3 {
		t.Fatal(lines)
	}
	for _, line := range lines {
		_, removes, _ := strings.Cut(line, "; removes ")
		removes, leaves, _ := strings.Cut(removes, "; ")
		if strings.Contains(removes, "Namespace") || !strings.Contains(removes, "Kustomization orders/basket") {
			t.Errorf("removes %s", removes)
		}
		if leaves != "no longer describes, and Flux leaves there, Namespace orders" {
			t.Error(leaves)
		}
	}
}
