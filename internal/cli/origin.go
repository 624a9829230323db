package cli

import (
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/penstock-dev/penstock/internal/ci"
	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/release/bundle"
	"github.com/penstock-dev/penstock/internal/repo"
)

// revision says which commit a bundle is made from: the flag, else what the CI
// system says, else the checkout, which must then hold those very files.
func revision(flag string, src bundle.Source) (string, error) {
	if flag != "" {
		if err := bundle.CheckRevision(flag); err != nil {
			return "", diag.Invalidf("--revision %v", err)
		}
		return flag, nil
	}
	if r, names := ci.Revision(); r != "" {
		if err := bundle.CheckRevision(r); err != nil {
			return "", diag.Invalidf("%s: %v; give --revision", names, err)
		}
		return r, nil
	}
	return committed(src)
}

// committed is the commit of the checkout that a folder is in. The folder must
// be as it was committed.
func committed(src bundle.Source) (string, error) {
	r, err := repo.Open(src.Dir)
	if err != nil && !errors.Is(err, repo.ErrNone) {
		return "", err
	}
	var head repo.Head
	ok := false
	if err == nil {
		if head, ok, err = r.Head(); err != nil {
			return "", err
		}
	}
	if !ok {
		return "", diag.Invalidf("%s: is in no Git checkout with a commit; say what the bundle is made from with --revision REF@sha1:SHA", src.Dir)
	}
	changed, err := r.Changed(head.Commit, src.Dir, src.Files)
	if err != nil {
		return "", err
	}
	if changed != "" {
		return "", diag.Invalidf("%s/%s: is not committed as it is here, so that no commit describes the bundle; commit it, or give --revision", src.Dir, changed)
	}
	return head.Revision(), nil
}

// created is when a bundle counts as made: SOURCE_DATE_EPOCH, else the time of
// the commit where the checkout has it, else the zero time.
func created(revision, dir string) (time.Time, error) {
	if s := os.Getenv("SOURCE_DATE_EPOCH"); s != "" {
		seconds, err := strconv.ParseInt(s, 10, 64)
		if err != nil || seconds < 0 {
			return time.Time{}, diag.Invalidf("SOURCE_DATE_EPOCH %q: is not a number of seconds since 1970", s)
		}
		return time.Unix(seconds, 0), nil
	}
	r, err := repo.Open(dir)
	if err != nil {
		return time.Time{}, nil //nolint:nilerr // no Git that can be read: the time is not known
	}
	_, sha, _ := strings.Cut(revision, "@sha1:")
	t, _, err := r.CommitTime(sha)
	return t, err
}
