package delivery

import (
	"cmp"
	"os"
	"os/user"

	"github.com/penstock-dev/penstock/internal/ci"
	"github.com/penstock-dev/penstock/internal/repo"
)

// actor is who runs this, for the records: what the CI system says, else who
// Git would commit as, else the login and the machine. c is the checkout that
// the move changes, or nil: then Git is asked about this folder.
func actor(c *checkout) string {
	if who := ci.Actor(); who != "" {
		return who
	}
	dir := "."
	if c != nil {
		dir = c.dir
	}
	return cmp.Or(repo.Identity(dir), login())
}

// login is the name of the account and the machine's, as far as they are known.
func login() string {
	name := cmp.Or(os.Getenv("USER"), os.Getenv("LOGNAME"))
	if name == "" {
		if u, err := user.Current(); err == nil {
			name = cmp.Or(u.Username, u.Uid)
		}
	}
	host, err := os.Hostname()
	if err != nil || host == "" || name == "" {
		return cmp.Or(name, host)
	}
	return name + "@" + host
}
