package workflowtest

import (
	"net"
	"net/http"
	"net/http/cgi"
	"os"
	"os/exec"
	"strings"
	"sync"
	"time"
)

// gitHost serves Git repositories over HTTP, as a Git host does, and asks for a
// token that may do what is wanted.
type gitHost struct {
	url     string // http://127.0.0.1:port
	origins func(slug string) (dir string, ok bool)
	server  *http.Server
	git     string

	mu     sync.Mutex
	tokens map[string]func(slug string, write bool) bool
}

func newGitHost(origins func(string) (string, bool)) (*gitHost, error) {
	git, err := exec.LookPath("git")
	if err != nil {
		return nil, err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := &gitHost{url: "http://" + l.Addr().String(), origins: origins, git: git, tokens: map[string]func(string, bool) bool{}}
	h.server = &http.Server{Handler: h, ReadHeaderTimeout: time.Minute}
	go func() { _ = h.server.Serve(l) }()
	return h, nil
}

// allow lets the holder of a token do what may says.
func (h *gitHost) allow(token string, may func(slug string, write bool) bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.tokens[token] = may
}

// ServeHTTP implements http.Handler with Git's own program.
func (h *gitHost) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	at := strings.Index(r.URL.Path, "/info/refs")
	for _, service := range []string{"/git-upload-pack", "/git-receive-pack"} {
		if at < 0 {
			at = strings.Index(r.URL.Path, service)
		}
	}
	if at < 0 {
		http.NotFound(w, r)
		return
	}
	slug := strings.TrimSuffix(strings.TrimPrefix(r.URL.Path[:at], "/"), ".git")
	write := strings.Contains(r.URL.Path+r.URL.RawQuery, "git-receive-pack")
	_, token, ok := r.BasicAuth()
	h.mu.Lock()
	may := h.tokens[token]
	h.mu.Unlock()
	if !ok || may == nil {
		w.Header().Set("WWW-Authenticate", `Basic realm="Git"`)
		http.Error(w, "a token is needed", http.StatusUnauthorized)
		return
	}
	dir, ok := h.origins(slug)
	if !ok || !may(slug, false) {
		http.Error(w, "Repository not found.", http.StatusNotFound)
		return
	}
	if write && !may(slug, true) {
		http.Error(w, "Write access to repository not granted.", http.StatusForbidden)
		return
	}
	backend := &cgi.Handler{
		Path: h.git, Args: []string{"http-backend"}, Root: r.URL.Path[:at],
		Env: append([]string{
			"GIT_PROJECT_ROOT=" + dir + "/.git", "GIT_HTTP_EXPORT_ALL=1", "REMOTE_USER=token",
			"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=" + os.DevNull,
		}, gitConfig("safe.directory", "*", "uploadpack.allowAnySHA1InWant", "true", "receive.denyCurrentBranch", "updateInstead")...),
	}
	backend.ServeHTTP(w, r)
}
