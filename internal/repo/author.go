package repo

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-git/go-git/v5/plumbing/object"

	"github.com/penstock-dev/penstock/internal/repo/settings"
)

// signature is who a commit is from: Git's environment, then its
// configuration. role is "author" or "committer".
func (r *Repo) signature(role string, now time.Time) (object.Signature, error) {
	s := object.Signature{When: now}
	s.Name, s.Email = r.config.Person(role)
	var missing []string
	if s.Name == "" {
		missing = append(missing, `git config --global user.name "Your Name"`)
	}
	if s.Email == "" {
		missing = append(missing, `git config --global user.email you@example.com`)
	}
	if missing != nil {
		return s, fmt.Errorf("%s: Git does not know who you are; run\n  %s", r.root, strings.Join(missing, "\n  "))
	}
	if date := os.Getenv("GIT_" + strings.ToUpper(role) + "_DATE"); date != "" {
		when, err := parseDate(date)
		if err != nil {
			return s, err
		}
		s.When = when
	}
	return s, nil
}

// Identity is who commits in dir would be from, as "Name <email>", or what is
// known of it; "" where Git knows nobody. dir may be in no repository.
func Identity(dir string) string {
	_, gitDir, err := find(dir)
	if err != nil && !errors.Is(err, ErrNone) {
		return ""
	}
	common := ""
	if gitDir != "" {
		common = commonOf(gitDir)
	}
	config, err := settings.Read(gitDir, common)
	if err != nil {
		return ""
	}
	return identity(config.Person("author"))
}

func identity(name, email string) string {
	if name != "" && email != "" {
		return name + " <" + email + ">"
	}
	return name + email
}

// parseDate reads the formats that Git documents: "<seconds> <offset>", RFC
// 2822 and ISO 8601.
func parseDate(s string) (time.Time, error) {
	seconds, offset, _ := strings.Cut(strings.TrimPrefix(s, "@"), " ")
	if n, err := strconv.ParseInt(seconds, 10, 64); err == nil {
		t := time.Unix(n, 0).UTC()
		if zone, err := time.Parse("-0700", offset); err == nil {
			t = t.In(zone.Location())
		}
		return t, nil
	}
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05", time.RFC1123Z, "Mon, 2 Jan 2006 15:04:05 -0700"} {
		if t, err := time.Parse(layout, s); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("GIT_AUTHOR_DATE or GIT_COMMITTER_DATE is %q, which is no date; write it as 2006-01-02T15:04:05Z", s)
}
