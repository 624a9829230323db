// Package requestfile reads the requests in platform/policies/tests of a generated
// repository, for those who ask them.
package requestfile

import (
	"bytes"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/yaml"
)

// placeholders are what the requests say instead of names.
var placeholders = regexp.MustCompile(`\b(TEAM|APP|REPOSITORY|SUBJECT|OTHER)\b`)

// source is what a source of an app's says, in a file tenants/TEAM/ENVIRONMENT/APP.yaml.
type source struct {
	team, env, app string

	Kind     string `json:"kind"`
	Metadata struct {
		Name string `json:"name"`
	} `json:"metadata"`
	Spec struct {
		URL    string `json:"url"`
		Verify struct {
			Identities []struct {
				Subject string `json:"subject"`
			} `json:"matchOIDCIdentity"`
		} `json:"verify"`
	} `json:"spec"`
}

func (s source) subject() string {
	if len(s.Spec.Verify.Identities) == 0 {
		return ""
	}
	return strings.TrimSuffix(strings.TrimPrefix(s.Spec.Verify.Identities[0].Subject, "^"), "$")
}

// Fill reads a file of platform/policies/tests and puts in, for its
// placeholders, what a platform repository holds: the first team with an app of
// the delivery that the file is about, or the first team where there is none.
func Fill(requests []byte, repository fs.FS) (any, error) {
	var document map[string]any
	if err := yaml.UnmarshalStrict(requests, &document); err != nil {
		return nil, err
	}
	sources, err := readSources(repository)
	if err != nil {
		return nil, err
	}
	kind := "OCIRepository"
	if bytes.Contains(requests, []byte("REPOSITORY")) || bytes.Contains(requests, []byte("APP-git")) {
		kind = "GitRepository"
	}
	names := map[string]string{"OTHER": "nobody"}
	if s := first(sources, kind, document["environment"]); s != nil {
		names["TEAM"], names["APP"], names["REPOSITORY"] = s.team, s.app, s.Spec.URL
		names["SUBJECT"] = s.subject()
		for _, other := range sources {
			if subject := other.subject(); other.env == s.env && subject != "" && subject != s.subject() {
				names["OTHER"] = subject
			}
		}
	} else if teams, err := fs.Glob(repository, "tenants/*"); err == nil && len(teams) > 0 {
		names["TEAM"] = path.Base(teams[0])
	}
	return fill(document, names)
}

// first is the first source of a kind, in that environment if one is there.
func first(sources []source, kind string, env any) *source {
	var found *source
	for i, s := range sources {
		if s.Kind == kind && (found == nil || found.env != env && s.env == env) {
			found = &sources[i]
		}
	}
	return found
}

func readSources(repository fs.FS) ([]source, error) {
	files, err := fs.Glob(repository, "tenants/*/*/*.yaml")
	if err != nil {
		return nil, err
	}
	var list []source
	for _, p := range files {
		data, err := fs.ReadFile(repository, p)
		if err != nil {
			return nil, err
		}
		object, _, _ := bytes.Cut(data, []byte("\n---\n"))
		var s source
		// Other files hold lists and other kinds.
		if err := yaml.Unmarshal(object, &s); err != nil || s.Spec.URL == "" {
			continue
		}
		part := strings.Split(p, "/")
		s.team, s.env, s.app = part[1], part[2], s.Metadata.Name
		list = append(list, s)
	}
	return list, nil
}

// fill puts names in for the placeholders in all values.
func fill(v any, names map[string]string) (any, error) {
	var err error
	switch v := v.(type) {
	case map[string]any:
		filled := map[string]any{}
		for key, value := range v {
			if filled[key], err = fill(value, names); err != nil {
				return nil, err
			}
		}
		return filled, nil
	case []any:
		filled := make([]any, len(v))
		for i, value := range v {
			if filled[i], err = fill(value, names); err != nil {
				return nil, err
			}
		}
		return filled, nil
	case string:
		filled := placeholders.ReplaceAllStringFunc(v, func(name string) string {
			if names[name] == "" {
				err = fmt.Errorf("the repository has nothing for %s in %q", name, v)
			}
			return names[name]
		})
		return filled, err
	}
	return v, nil
}
