package stack

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"time"
)

// The credentials that the Git server asks for.
const (
	GitUser     = "flux"
	GitPassword = "git-password"
)

// Git serves the bare repositories below one folder over smart HTTP, with git's own http-backend.
type Git struct {
	// URL is the address of the server, without a slash at its end.
	URL string
	// Root is the folder of the bare repositories.
	Root string

	addr    string
	handler http.Handler
	server  *http.Server
	mu      sync.Mutex
	mounted map[string]http.Handler // by the beginning of the path
}

func (s *Stack) startGit(context.Context) error {
	out, err := exec.Command("git", "--exec-path").Output()
	if err != nil {
		return err
	}
	addrs, err := freeAddrs(1)
	if err != nil {
		return err
	}
	root := filepath.Join(s.Dir, "git")
	if err := os.MkdirAll(root, 0o755); err != nil {
		return err
	}
	backend := &cgi.Handler{
		Path: filepath.Join(strings.TrimSpace(string(out)), "git-http-backend"),
		Env: []string{
			"GIT_PROJECT_ROOT=" + root, "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=" + GitUser, "GIT_CONFIG_COUNT=2",
			"GIT_CONFIG_KEY_0=http.receivepack", "GIT_CONFIG_VALUE_0=true", "GIT_CONFIG_KEY_1=safe.directory", "GIT_CONFIG_VALUE_1=*",
		},
		InheritEnv: []string{"PATH"},
	}
	git := &Git{URL: "http://" + addrs[0], Root: root, addr: addrs[0], mounted: map[string]http.Handler{}}
	git.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if h := git.at(r.URL.Path); h != nil {
			h.ServeHTTP(w, r)
			return
		}
		if user, password, _ := r.BasicAuth(); user != GitUser || password != GitPassword {
			w.Header().Set("WWW-Authenticate", `Basic realm="lab"`)
			http.Error(w, "who are you?", http.StatusUnauthorized)
			return
		}
		backend.ServeHTTP(w, r)
	})
	s.Git = git
	return git.Up()
}

// Mount puts something else that a Git host offers at the beginning of a path, for everybody.
func (g *Git) Mount(path string, h http.Handler) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.mounted[path] = http.StripPrefix(path, h)
}

func (g *Git) at(path string) http.Handler {
	g.mu.Lock()
	defer g.mu.Unlock()
	for prefix, h := range g.mounted {
		if strings.HasPrefix(path, prefix+"/") {
			return h
		}
	}
	return nil
}

// Up lets the server answer, at the address it always had.
func (g *Git) Up() error {
	l, err := net.Listen("tcp", g.addr)
	if err != nil {
		return err
	}
	g.server = &http.Server{Handler: g.handler, ReadHeaderTimeout: 10 * time.Second}
	go func(server *http.Server) { _ = server.Serve(l) }(g.server) // It returns when Down closes it.
	return nil
}

// Down closes the port and every connection; Up mends it.
func (g *Git) Down() error {
	if g.server == nil {
		return nil
	}
	err := g.server.Close()
	if errors.Is(err, net.ErrClosed) {
		return nil
	}
	return err
}
