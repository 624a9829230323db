package story

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/penstock-dev/penstock/lab/servers"
	"github.com/penstock-dev/penstock/lab/stack"
)

// goldens are the examples whose generated repositories are tried: the contracts behind the golden trees.
var goldens = []string{"bank-gitlab", "ghcr", "quickstart", "shop-aws"}

// eachLine runs a test for each golden contract as it is with each line of Flux, on an API server with that line's CRDs and rights.
func eachLine(t *testing.T, test func(t *testing.T, api *stack.APIServer, workspace string)) {
	t.Helper()
	for _, l := range servers.Lines() {
		api := admissionServer(t, l.Version)
		for _, name := range goldens {
			t.Run(l.Version+"/"+name, func(t *testing.T) { test(t, api, workspaceOf(t, l.Version, name)) })
		}
	}
}

var workspaces struct {
	sync.Mutex
	made map[string]string
}

// workspaceOf is what penstock generates from an example whose version of Flux is that one.
func workspaceOf(t *testing.T, flux, example string) string {
	t.Helper()
	workspaces.Lock()
	defer workspaces.Unlock()
	dir := filepath.Join(lab.dir, "lines", flux, example)
	if workspaces.made[dir] != "" {
		return dir
	}
	generateFor(t, flux, example, dir)
	if workspaces.made == nil {
		workspaces.made = map[string]string{}
	}
	workspaces.made[dir] = dir
	return dir
}

// generateFor generates an example for a version of Flux into a workspace, which may have been made for another version, and
// returns what penstock said.
func generateFor(t *testing.T, flux, example, workspace string) string {
	t.Helper()
	tool, err := lab.penstock.make(context.Background(), buildPenstock)
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(filepath.Join(filepath.Dir(lab.root), "examples", example, "penstock.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(workspace, 0o755); err != nil {
		t.Fatal(err)
	}
	contract := filepath.Join(workspace, "contract.yaml")
	if err := os.WriteFile(contract, []byte(onFlux(string(data), flux)), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "generate", "-c", contract, "-w", workspace).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return string(out)
}

var fluxVersion = regexp.MustCompile(`version: "2\.[0-9]+"`)

// onFlux is a contract with another version of Flux.
func onFlux(contract, flux string) string {
	version := fmt.Sprintf("version: %q", flux)
	if flux == "2.8" { // has no Receiver that checks tokens
		contract = strings.Replace(contract, "notify: receiver", "notify: none", 1)
	}
	if fluxVersion.MatchString(contract) {
		return fluxVersion.ReplaceAllString(contract, version)
	}
	return strings.Replace(contract, "  registry:\n", "  flux: {"+version+"}\n  registry:\n", 1)
}

// TestTheGoldenLinesAreThoseOfTheContract: the lab knows every version that the contract knows, runs the one that is the default,
// and takes its CRDs from the modules that its controllers are built from.
func TestTheGoldenLinesAreThoseOfTheContract(t *testing.T) {
	tool, err := lab.penstock.make(t.Context(), buildPenstock)
	if err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), tool, "schema").Output()
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs map[string]struct {
			Properties map[string]struct {
				Default  any      `json:"default"`
				Examples []string `json:"examples"`
			} `json:"properties"`
		} `json:"$defs"`
	}
	if err := json.Unmarshal(out, &schema); err != nil {
		t.Fatal(err)
	}
	version := schema.Defs["Flux"].Properties["version"]
	var lines []string
	for _, l := range servers.Lines() {
		lines = append(lines, l.Version)
	}
	if !slices.Equal(version.Examples, lines) || version.Default != servers.FluxLine {
		t.Errorf("penstock knows %v and takes %v by default; the lab has %v and runs %s", version.Examples, version.Default, lines, servers.FluxLine)
	}
	run, err := servers.FluxOf(servers.FluxLine)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range run.CRDs {
		i := slices.IndexFunc(servers.All(), func(s servers.Server) bool { return s.Name == c.Controller })
		if built, err := servers.All()[i].Version(lab.root); err != nil || built != c.Version {
			t.Errorf("%s is built from %s, its CRDs are of %s: %v", c.Controller, built, c.Version, err)
		}
	}
}
