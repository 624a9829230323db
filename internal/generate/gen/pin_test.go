package gen_test

import (
	"strings"
	"testing"
)

// A pin is the user's own: after a rename it still has the former name and
// namespace of its source, and must be a patch of it all the same.
func TestPinOfAFormerName(t *testing.T) {
	t.Parallel()
	now := "    - {name: dr, reference: pinned}\n  teams:\n    - name: billing\n      owners: [\"@acme/billing\"]\n" +
		"      apps:\n        - {name: cart, git: {url: https://github.com/acme/cart}}\n"
	text := renamed[:strings.Index(renamed, "  teams:")] + now
	d := deliver(t, "renamed", []byte(text))
	files := d.below("platform")
	pin := "tenants/billing/dr/cart.pin.yaml"
	f := files[pin]
	f.Data = []byte("apiVersion: source.toolkit.fluxcd.io/v1\nkind: OCIRepository\nmetadata: {name: checkout, namespace: payments}\n" +
		"spec:\n  ref: {tag: dr-2026-02-22.1-1.4.2}\n")
	files[pin] = f
	for _, o := range build(t, disk(t, files), "tenants/billing/dr") {
		if o.id() == "OCIRepository/billing/cart" && o.text("spec", "ref", "tag") == "dr-2026-02-22.1-1.4.2" {
			return
		}
	}
	t.Error("the source is not pinned")
}
