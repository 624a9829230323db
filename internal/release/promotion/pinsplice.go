package promotion

import "github.com/penstock-dev/penstock/internal/contract/splice"

// splice returns the file's bytes with the tag, the digest and without suspend.
func (f *pinFile) splice(tag, digest string) []byte {
	digest = `"` + digest + `"`
	both := "{tag: " + tag + ", digest: " + digest + "}"
	var edits []splice.Edit
	switch {
	case f.tag.Value != nil && f.digest.Value != nil:
		edits = append(edits, f.Replace(f.tag.Value, tag), f.Replace(f.digest.Value, digest))
	case f.tag.Value != nil:
		edits = append(edits, f.Replace(f.tag.Value, tag), f.After(f.ref.Value, f.tag, "digest: "+digest))
	case f.ref.Value != nil:
		edits = append(edits, f.Replace(f.ref.Value, both))
	case f.suspend.Value != nil: // in its place
		return f.Apply(splice.Edit{From: f.At(f.suspend.Key), To: f.End(f.suspend.Value), Text: "ref: " + both})
	default:
		edits = append(edits, f.First(f.spec.Value, "ref: "+both))
	}
	if f.suspend.Value != nil {
		edits = append(edits, f.Drop(f.spec.Value, f.suspend))
	}
	return f.Apply(edits...)
}
