package repo

import (
	"slices"
	"strings"

	gitconfig "github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing/format/config"
	"github.com/go-git/go-git/v5/storage/filesystem"
)

// lenient is a storage without the extensions that change nothing for what
// this package does. go-git refuses every extension that it has no word for,
// so sparse checkouts and partial clones.
type lenient struct{ *filesystem.Storage }

// Config implements config.ConfigStorer.
func (l lenient) Config() (*gitconfig.Config, error) {
	c, err := l.Storage.Config()
	if err != nil || c.Raw == nil || !c.Raw.HasSection("extensions") {
		return c, err
	}
	s := c.Raw.Section("extensions")
	s.Options = slices.DeleteFunc(s.Options, func(o *config.Option) bool {
		switch strings.ToLower(o.Key) {
		case "worktreeconfig", "partialclone", "preciousobjects", "relativeworktrees", "noop", "noop-v1":
			return true
		case "objectformat":
			return o.Value == "sha1"
		case "refstorage":
			return o.Value == "files"
		}
		return false
	})
	return c, nil
}
