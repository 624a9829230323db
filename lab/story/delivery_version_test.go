package story

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/lab/servers"
)

func TestTheLabSignsWithTheCosignThatPipelinesInstall(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(filepath.Dir(lab.root), "golden", "bank-gitlab", "platform", "ci", "penstock.yml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range servers.All() {
		if s.Name != "cosign" {
			continue
		}
		if version, err := s.Version(lab.root); err != nil || !strings.Contains(string(data), "cosign_x86_64="+version+":") {
			t.Errorf("the lab has %s, %v; ci/penstock.yml installs another", version, err)
		}
	}
}
