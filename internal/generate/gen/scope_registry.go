package gen

import (
	"github.com/penstock-dev/penstock/internal/generate/tree"
	"github.com/penstock-dev/penstock/internal/registry"
)

// PolicyDir holds the registry's policy files, in the platform repository.
const PolicyDir = "registry"

// Retention is what the registry may delete.
func (s Platform) Retention() registry.Retention {
	var names []string
	for _, e := range s.Envs {
		names = append(names, e.Name)
	}
	return s.Registry.Keeps(names)
}

// RegistryGuide says what to do with the policy files.
func (s Platform) RegistryGuide() registry.Guide {
	return s.Registry.Product.Sweep.Guide(s.Retention())
}

// policies adds the registry's policy files, where bundles are in it.
func policies(r *rendering, s Platform) error {
	if !s.HasOCI() || s.Registry.Product.Sweep.Files == nil {
		return nil
	}
	for _, f := range s.Registry.Product.Sweep.Files(s.Retention()) {
		if err := r.files.Add(PolicyDir+"/"+f.Name, tree.File{Data: f.Data, Mode: tree.Regular}); err != nil {
			return err
		}
	}
	return nil
}
