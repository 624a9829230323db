package site

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/generate/gen"
)

// Identity is whose repository a contract describes.
type Identity struct {
	Platform, PlatformURL string
	App, appURL           string // of a slice: <team>/<app>
}

// Identify reads whose repository stands where data is the contract of the last
// run. What cannot be read is not known.
func Identify(data []byte, k Kind) (Identity, bool) {
	c, ds := contract.Parse("", data)
	if len(ds) > 0 {
		return Identity{}, false
	}
	id := Identity{Platform: c.Metadata.Name, PlatformURL: c.Spec.Platform.Git.URL}
	if k != App {
		return id, true
	}
	for _, t := range c.Spec.Teams {
		for _, a := range t.Apps {
			id.App, id.appURL = t.Name+"/"+a.Name, a.Git.URL
		}
	}
	return id, id.App != ""
}

// SamePlatform: a platform may change its name or its URL, but not both at
// once, or nothing would tell it from another one.
func (i Identity) SamePlatform(c contract.Contract) bool {
	return i.Platform == c.Metadata.Name || i.PlatformURL == c.Spec.Platform.Git.URL
}

func (i Identity) What() string {
	if i.App != "" {
		return "the repository of app " + i.App + " of platform " + i.Platform
	}
	return "the platform repository of " + i.Platform
}

// SameApp reports whether a target is the app that was generated here: by its
// name, a former name, or its Git repository where the contract has no other
// app by the name that it had.
func (i Identity) SameApp(c contract.Contract, t gen.Target) bool {
	if i.App == t.Team+"/"+t.App {
		return true
	}
	taken := false
	for _, other := range gen.Targets(c) {
		taken = taken || i.App == other.Team+"/"+other.App
	}
	for _, d := range gen.FormerDirs(c)[t] {
		if strings.TrimPrefix(d, "apps/") == i.App {
			return true
		}
	}
	s, ok := c.Slice(t.Team, t.App)
	return ok && !taken && s.Spec.Teams[0].Apps[0].Git.URL == i.appURL
}

// AppOf reads which app a repository is of, as <team>/<app>.
func AppOf(dir string) (string, error) {
	in, err := parse(filepath.Join(dir, filepath.FromSlash(gen.SliceFile)))
	if err != nil {
		return "", err
	}
	for _, t := range in.Spec.Teams {
		for _, a := range t.Apps {
			return t.Name + "/" + a.Name, nil
		}
	}
	return "", fmt.Errorf("%s: names no app", filepath.Join(dir, filepath.FromSlash(gen.SliceFile)))
}

// PlatformOf reads which platform a contract file is of.
func PlatformOf(file string) (string, error) {
	c, err := parse(file)
	return c.Metadata.Name, err
}

func parse(file string) (contract.Contract, error) {
	data, err := ReadUpTo(file)
	if err != nil {
		return contract.Contract{}, err
	}
	c, ds := contract.Parse(filepath.ToSlash(file), data)
	return c, ds.Err()
}
