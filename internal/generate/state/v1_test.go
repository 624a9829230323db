package state_test

import (
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/generate/state"
)

const v1 = `penstock-state v1
# What penstock wrote last: the base of every merge. "penstock generate" keeps it; do not edit.
unit team/payments
inputs sha256:0123

file 644 managed tenants/payments/base/namespace.yaml
:kind: Namespace
:
:name: payments

file 644 managed tenants/payments/empty

file 755 managed tenants/payments/run.sh
\#!/bin/sh\r
\echo \\ \x00

file 644 seeded tenants/payments/seed.yaml
:a: 1
no-final-newline

end
`

// TestV1: what earlier versions wrote is read; Git's markers around the inputs,
// which two branches always disagree on, are no damage.
func TestV1(t *testing.T) {
	t.Parallel()
	branches := "<<<<<<< HEAD\ninputs sha256:0123\n||||||| 12345\ninputs sha256:0\n=======\ninputs sha256:4567\n>>>>>>> branch\n"
	for name, text := range map[string]string{"whole": v1, "branches": strings.Replace(v1, "inputs sha256:0123\n", branches, 1)} {
		got, ds := state.Decode(state.Path("team/payments"), []byte(text))
		if len(ds) > 0 || !same(unit(), got) {
			t.Errorf("%s: %s%+v", name, ds, got)
		}
	}
}

func TestV1Damage(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ old, text, want string }{
		"conflict":      {":name", "<<<<<<< HEAD\n:name", ":9:1: has unresolved conflict markers; take one side"},
		"stray content": {"unit", ":x\nunit", ":3:1: has a content line that belongs to no file"},
		"file twice":    {"tenants/payments/run.sh", "tenants/payments/empty", `has the file "tenants/payments/empty" twice`},
		"unknown line":  {":kind", "kind", `:7:1: has the line "kind: Namespace"`},
	} {
		u, ds := state.Decode(state.Path("team/payments"), []byte(strings.Replace(v1, c.old, c.text, 1)))
		if len(ds) != 1 || !strings.Contains(ds.String(), c.want) || u.Files != nil {
			t.Errorf("%s: got %q, want one with %q", name, ds.String(), c.want)
		}
	}
}
