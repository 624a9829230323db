package bundle

import (
	"fmt"
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"

	"github.com/penstock-dev/penstock/internal/model"
)

// Place is where a bundle is looked for: a repository without scheme, and a tag
// or digest in it.
type Place struct{ Repository, Reference string }

// String is the place as people write it.
func (p Place) String() string { return nameOf(p.Repository, p.Reference) }

func nameOf(repository, reference string) string {
	if strings.Contains(reference, ":") {
		return repository + "@" + reference
	}
	return repository + ":" + reference
}

// Places reads a reference that a person gave: a whole one, with or without
// oci://, or a tag or digest of the app, which may be nil. It lists where the
// bundle can be, in the order to try.
func Places(app *model.App, ref string) ([]Place, error) {
	ref = strings.TrimPrefix(ref, "oci://")
	if strings.Contains(ref, "/") {
		return whole(ref)
	}
	switch {
	case ref == "":
		return nil, fmt.Errorf("%q: is neither a tag nor a digest", ref)
	case app == nil:
		return nil, fmt.Errorf("%q: is no whole reference; name the app with --app TEAM/APP", ref)
	case !app.OCI:
		return nil, fmt.Errorf("%s/%s: is delivered by Git and has no bundles", app.Team.Name, app.Name)
	}
	places := []Place{{app.Releases, ref}}
	if digestForm.MatchString(ref) {
		for _, e := range app.Envs {
			places = append(places, Place{e.Repository, ref})
		}
		return slices.Compact(places), nil
	}
	for _, e := range app.Envs {
		if ref == e.Env.Name || strings.HasPrefix(ref, e.Env.Name+"-") {
			places = slices.Insert(places, 0, Place{e.Repository, ref})
		}
	}
	return slices.Compact(places), nil
}

func whole(ref string) ([]Place, error) {
	if repository, digest, ok := strings.Cut(ref, "@"); ok {
		if !digestForm.MatchString(digest) {
			return nil, fmt.Errorf("%q: %q is no digest: sha256: and 64 hex digits", ref, digest)
		}
		return []Place{{withoutTag(repository), digest}}, nil
	}
	repository := withoutTag(ref)
	if repository == ref {
		return nil, fmt.Errorf("%q: has neither a tag nor a digest; add one, as in %s:1.4.2", ref, ref)
	}
	return []Place{{repository, strings.TrimPrefix(ref, repository+":")}}, nil
}

// EnvOf finds an app's environment by name.
func EnvOf(app *model.App, env string) (*model.AppEnv, error) {
	names := make([]string, len(app.Envs))
	for i, e := range app.Envs {
		if e.Env.Name == env {
			return e, nil
		}
		names[i] = e.Env.Name
	}
	return nil, fmt.Errorf("%q: %s/%s has no such environment; it has %s", env, app.Team.Name, app.Name, strings.Join(names, ", "))
}

// Running returns where the bundle is that runs in an environment. It is an
// error where the registry does not say what runs.
func Running(app *model.App, env string) (Place, error) {
	e, err := EnvOf(app, env)
	switch {
	case err != nil:
		return Place{}, err
	case !app.OCI:
		return Place{}, fmt.Errorf("%q: %s/%s is delivered by Git and has no bundles", env, app.Team.Name, app.Name)
	case e.Pinned:
		return Place{}, fmt.Errorf("%q: Git pins what runs there; name both bundles, by the digests in tenants/%s/%s/%s.pin.yaml", env, app.Team.Name, env, app.Name)
	}
	return Place{e.Repository, env}, nil
}

// Newest returns the newest release among a repository's tags that is no
// pre-release: what the first environment is promoted to by default. It is
// empty when there is none.
func Newest(tags []string) string {
	var newest *semver.Version
	for _, t := range tags {
		if v, err := semver.StrictNewVersion(t); err == nil && v.Prerelease() == "" && v.Metadata() == "" && (newest == nil || v.GreaterThan(newest)) {
			newest = v
		}
	}
	if newest == nil {
		return ""
	}
	return newest.String()
}
