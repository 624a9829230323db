package repo

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/go-git/go-git/v5"
	"github.com/go-git/go-git/v5/config"
	"github.com/go-git/go-git/v5/plumbing"

	"github.com/penstock-dev/penstock/internal/repo/settings"
)

// Origin is what Git knows about a folder and about who works in it; each part
// may be empty.
type Origin struct {
	Root   string // the work tree that the folder is in
	URL    string // of its remote, without user and password unless it is SSH's
	Branch string // that is checked out
	Email  string // of Git's user
}

// ReadOrigin reads Git's configuration for a folder, which need not exist. It
// asks no remote.
func ReadOrigin(dir string) (Origin, error) {
	r, err := Open(dir)
	if errors.Is(err, ErrNone) {
		user, err := settings.Read("", "")
		return Origin{Email: settings.Clean(user.Get("user.email"))}, err
	}
	if err != nil {
		return Origin{}, err
	}
	o := Origin{Root: r.root, Email: settings.Clean(r.config.Get("user.email"))}
	if head, err := os.ReadFile(filepath.Join(r.gitDir, "HEAD")); err == nil {
		o.Branch, _ = strings.CutPrefix(strings.TrimSpace(string(head)), "ref: refs/heads/")
		if strings.HasPrefix(o.Branch, "ref:") || len(o.Branch) == 40 {
			o.Branch = ""
		}
	}
	remote, err := r.remote()
	if err == nil && remote != nil && len(remote.Config().URLs) > 0 {
		o.URL = withoutUser(remote.Config().URLs[0])
	}
	return o, err
}

// withoutUser takes user and password out of a URL: a token is often there.
// For SSH the user is a part of the address.
func withoutUser(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Scheme == "" || u.User == nil {
		return s
	}
	if user := u.User.Username(); u.Scheme == "ssh" {
		u.User = url.User(user)
	} else {
		u.User = nil
	}
	return u.String()
}

// Init makes a folder a Git repository with a branch and the remote origin,
// unless it is in a work tree already; then it reports false.
func Init(dir, branch, remote string) (bool, error) {
	switch _, err := Open(dir); {
	case err == nil:
		return false, nil
	case !errors.Is(err, ErrNone):
		return false, err
	}
	r, err := git.PlainInitWithOptions(dir, &git.PlainInitOptions{InitOptions: git.InitOptions{DefaultBranch: plumbing.NewBranchReferenceName(branch)}})
	if err != nil {
		return false, fmt.Errorf("%s: %w", dir, err)
	}
	_, err = r.CreateRemote(&config.RemoteConfig{Name: git.DefaultRemoteName, URLs: []string{remote}})
	if err != nil {
		return true, fmt.Errorf("%s: %w", dir, err)
	}
	return true, nil
}
