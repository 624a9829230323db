package stack

import (
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"time"
)

// front stands before the registry at the address that clients know, and refuses what a story tells it to: with the status and the
// body of the distribution specification, as the registries of GitHub and AWS refuse an account that is known and not allowed.
type front struct {
	addr    string
	proxy   http.Handler
	server  *http.Server
	mu      sync.Mutex
	refused map[string]Refusal // by repository
	trust   func(token string) error
}

// Refusal is what a registry answers instead of content.
type Refusal struct {
	Status  int
	Code    string // of the distribution specification, as DENIED
	Message string
}

func newFront(addr, registry string) *front {
	behind := &url.URL{Scheme: "http", Host: registry}
	return &front{addr: addr, refused: map[string]Refusal{}, proxy: &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.SetURL(behind)
		r.Out.Host = r.In.Host // The registry makes addresses of uploads from it.
	}}}
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if refusal, ok := f.refusal(r.URL.Path); ok {
		body, err := json.Marshal(map[string]any{"errors": []map[string]string{{"code": refusal.Code, "message": refusal.Message}}})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(refusal.Status)
		_, _ = w.Write(body) // A client that is gone needs no answer.
		return
	}
	if token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer "); ok {
		f.mu.Lock()
		trust := f.trust
		f.mu.Unlock()
		// Without the header the registry asks for a login.
		r.Header.Del("Authorization")
		if trust != nil && trust(token) == nil {
			r.SetBasicAuth(RegistryUser, RegistryPassword)
		}
	}
	f.proxy.ServeHTTP(w, r)
}

func (f *front) refusal(path string) (Refusal, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for repository, refusal := range f.refused {
		if strings.HasPrefix(path, "/v2/"+repository+"/") {
			return refusal, true
		}
	}
	return Refusal{}, false
}

func (f *front) up() error {
	l, err := net.Listen("tcp", f.addr)
	if err != nil {
		return err
	}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second}
	go func(server *http.Server) { _ = server.Serve(l) }(f.server) // It returns when down closes it.
	return nil
}

func (f *front) down() error {
	if f.server == nil {
		return nil
	}
	if err := f.server.Close(); !errors.Is(err, net.ErrClosed) {
		return err
	}
	return nil
}

// Refuse lets the registry refuse every request about a repository, until Allow.
func (r *Registry) Refuse(repository string, with Refusal) {
	r.front.mu.Lock()
	defer r.front.mu.Unlock()
	r.front.refused[repository] = with
}

// Trust lets the registry take tokens that check is content with, as zot takes those of an OIDC issuer. Distribution itself cannot.
func (r *Registry) Trust(check func(token string) error) {
	r.front.mu.Lock()
	defer r.front.mu.Unlock()
	r.front.trust = check
}

// Allow takes Refuse back.
func (r *Registry) Allow(repository string) {
	r.front.mu.Lock()
	defer r.front.mu.Unlock()
	delete(r.front.refused, repository)
}
