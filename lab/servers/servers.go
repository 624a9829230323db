// Package servers names the programs of the lab and where each is kept once built. In: the small tool modules in this
// folder, which pin every version. Out: for each server the folder of the cache that belongs to exactly these pins.
// It builds nothing; lab/build does.
package servers

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// Server is one program, built from a module that Folder pins.
type Server struct {
	// Name is the name of the binary.
	Name string
	// Folder is the tool module below lab/servers.
	Folder string
	// Module is the module whose version names the build.
	Module string
	// Package is what is built.
	Package string
	// LDFlags are added to "-s -w".
	LDFlags string
	// Tags are build tags, with commas between them.
	Tags string
	// Files are globs in Module's folder; what they match is kept beside the binary, in "files".
	Files []string
}

// kubernetesFlags makes Kubernetes say its version: Flux refuses what it takes for an old one.
const kubernetesFlags = "-X k8s.io/component-base/version.gitVersion=v1.36.3" +
	" -X k8s.io/component-base/version.gitMajor=1 -X k8s.io/component-base/version.gitMinor=36"

// All lists the servers in the order that lets later builds share most with earlier ones.
func All() []Server {
	kubernetes := func(name string) Server {
		return Server{
			Name: name, Folder: "kubernetes", Module: "k8s.io/kubernetes",
			Package: "k8s.io/kubernetes/cmd/" + name, LDFlags: kubernetesFlags,
		}
	}
	flux := func(name string) Server {
		module := "github.com/fluxcd/" + name
		return Server{Name: name, Folder: "flux-" + FluxLine + "/" + name, Module: module, Package: module}
	}
	// Without service discovery, which needs the clients of 25 clouds: the lab writes its targets into a file.
	prometheus := func(name string) Server {
		module := "github.com/prometheus/prometheus"
		return Server{Name: name, Folder: "prometheus", Module: module, Package: module + "/cmd/" + name, Tags: "remove_all_sd"}
	}
	return []Server{
		{Name: "etcd", Folder: "etcd", Module: "go.etcd.io/etcd/server/v3", Package: "go.etcd.io/etcd/server/v3"},
		kubernetes("kube-apiserver"),
		kubernetes("kube-controller-manager"),
		kubernetes("kube-scheduler"),
		flux("source-controller"),
		flux("kustomize-controller"),
		{
			Name: "kwok", Folder: "kwok", Module: "sigs.k8s.io/kwok", Package: "sigs.k8s.io/kwok/cmd/kwok",
			Files: []string{
				"kustomize/stage/node/fast/node-initialize.yaml",
				"kustomize/stage/node/heartbeat-with-lease/node-heartbeat-with-lease.yaml",
				"kustomize/stage/pod/fast/pod-*.yaml",
			},
		},
		{
			Name: "registry", Folder: "registry", Module: "github.com/distribution/distribution/v3",
			Package: "github.com/distribution/distribution/v3/cmd/registry",
		},
		flux("notification-controller"),
		{
			Name: "kube-state-metrics", Folder: "kube-state-metrics", Module: "k8s.io/kube-state-metrics/v2",
			Package: "k8s.io/kube-state-metrics/v2",
		},
		prometheus("prometheus"),
		prometheus("promtool"),
		// No server: what the generated pipelines sign with, in the version that they install.
		{
			Name: "cosign", Folder: "cosign", Module: "github.com/sigstore/cosign/v3",
			Package: "github.com/sigstore/cosign/v3/cmd/cosign",
		},
	}
}

// Version is the version that the server's tool module pins; root is the folder lab/.
func (s Server) Version(root string) (string, error) {
	data, err := os.ReadFile(filepath.Join(root, "servers", s.Folder, "go.mod"))
	if err != nil {
		return "", err
	}
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) > 1 && fields[0] == s.Module && strings.HasPrefix(fields[1], "v") {
			return fields[1], nil
		}
	}
	return "", fmt.Errorf("lab/servers/%s/go.mod: no require line for %s", s.Folder, s.Module)
}

// Dir is the folder of the cache for the server as pinned now: version, dependencies, flags and Go itself are part of its name.
func (s Server) Dir(root string) (string, error) {
	version, err := s.Version(root)
	if err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range []string{"go.mod", "go.sum"} {
		data, err := os.ReadFile(filepath.Join(root, "servers", s.Folder, name))
		if err != nil {
			return "", err
		}
		fmt.Fprintf(sum, "%s %d\n%s", name, len(data), data)
	}
	fmt.Fprintf(sum, "%s %s %s %s", s.Package, s.LDFlags, strings.Join(s.Files, ","), runtime.Version())
	if s.Tags != "" {
		fmt.Fprintf(sum, " -tags %s", s.Tags)
	}
	cache, err := Cache()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, s.Name, version+"-"+hex.EncodeToString(sum.Sum(nil))[:12]), nil
}

// Cache is the folder that holds every built server: $PENSTOCK_LAB_CACHE, or penstock-lab in the user's cache.
func Cache() (string, error) {
	if dir := os.Getenv("PENSTOCK_LAB_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "penstock-lab"), err
}

// Root is the folder lab/, found from the working directory upward.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "servers", "etcd", "go.mod")); err == nil {
			return dir, nil
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return "", errors.New("no folder lab/ above the working directory; run this inside of it")
		}
		dir = parent
	}
}
