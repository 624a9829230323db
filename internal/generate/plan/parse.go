package plan

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"path"

	"sigs.k8s.io/kustomize/kyaml/yaml"
)

// breaks reports whether a merge made a file unreadable that was readable in
// the user's version. Formats other than YAML and JSON are not looked at.
func breaks(name string, current, merged []byte) bool {
	return parses(name, current) && !parses(name, merged)
}

func parses(name string, data []byte) bool {
	switch path.Ext(name) {
	case ".json":
		return json.Valid(data)
	case ".yaml", ".yml":
		// Into values and not into nodes: only so a key given twice, which is
		// how two clean insertions collide, is an error.
		for d := yaml.NewDecoder(bytes.NewReader(data)); ; {
			var v any
			if err := d.Decode(&v); err != nil {
				return errors.Is(err, io.EOF)
			}
		}
	}
	return true
}
