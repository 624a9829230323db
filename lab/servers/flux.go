package servers

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// FluxLine is the line of Flux whose controllers run: the newest that the module proxy serves with all that they need. Of 2.10 it
// serves source- and kustomize-controller, but not four of the modules that they are built from (fluxcd/pkg: apis/crypto, spiffe,
// http/fetch, artifact), nor notification-controller. Asked on 2026-11-28.
const FluxLine = "2.9"

// Line is a minor version of Flux as the lab has it: at least the types that its controllers work on.
type Line struct {
	Version string
	// MintsTokens: the rights that come with it let its controllers make tokens of every service account.
	MintsTokens bool
	CRDs        []CRDs
}

// CRDs are those of one controller.
type CRDs struct {
	Controller string
	// Module holds them in config/crd/bases. Where the proxy serves only the controller's types, controller-gen makes them of
	// Types, with the module in flux-<version>/crds, which pins it.
	Module, Version string
	Types           string
}

// Lines lists the minor versions of Flux that penstock knows, the oldest first.
func Lines() []Line {
	of := func(controller, version string) CRDs {
		return CRDs{Controller: controller, Module: "github.com/fluxcd/" + controller, Version: version}
	}
	types := func(controller string) CRDs {
		return CRDs{Controller: controller, Types: "github.com/fluxcd/" + controller + "/api/..."}
	}
	return []Line{
		{"2.8", true, []CRDs{of("source-controller", "v1.8.5"), types("kustomize-controller"), types("notification-controller")}},
		{"2.9", true, []CRDs{of("source-controller", "v1.9.6"), of("kustomize-controller", "v1.9.5"), of("notification-controller", "v1.9.2")}},
		{"2.10", false, []CRDs{of("source-controller", "v1.10.1"), of("kustomize-controller", "v1.10.1"), types("notification-controller")}},
	}
}

// FluxOf is the line of a version.
func FluxOf(version string) (Line, error) {
	for _, l := range Lines() {
		if l.Version == version {
			return l, nil
		}
	}
	return Line{}, fmt.Errorf("%q is no line of Flux that the lab knows", version)
}

// Folder is where go finds the toolchain, and controller-gen the types, of the line; root is the folder lab/.
func (l Line) Folder(root string) string {
	if l.Version == FluxLine {
		return filepath.Join(root, "servers", "flux-"+l.Version, "source-controller")
	}
	return filepath.Join(root, "servers", "flux-"+l.Version, "crds")
}

// Dir is the folder of the cache that holds the line's CRDs as pinned now.
func (l Line) Dir(root string) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%+v", l)
	if l.Version != FluxLine {
		data, err := os.ReadFile(filepath.Join(l.Folder(root), "go.sum"))
		if err != nil {
			return "", err
		}
		sum.Write(data)
	}
	cache, err := Cache()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "flux-crds", l.Version+"-"+hex.EncodeToString(sum.Sum(nil))[:12]), nil
}

// Env is the environment of a go command in a folder of tool modules: with the toolchain that its module names, whatever the
// caller's GOTOOLCHAIN is.
func Env(folder string) ([]string, error) {
	env := append(os.Environ(), "GOFLAGS=-mod=readonly -buildvcs=false", "GOWORK=off")
	data, err := os.ReadFile(filepath.Join(folder, "go.mod"))
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(data)) {
		if name, found := strings.CutPrefix(line, "toolchain "); found {
			env = append(env, "GOTOOLCHAIN="+strings.TrimSpace(name))
		}
	}
	return env, nil
}
