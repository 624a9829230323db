package gen_test

import (
	"net/url"
	"os/exec"
	"path"
	"strings"
	"testing"
)

// TestPages: tables are whole, and links lead somewhere.
func TestPages(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, d delivery) {
		byPath := map[string]page{}
		for _, p := range d.pages() {
			byPath[p.path] = p
		}
		links := 0
		for _, p := range byPath {
			p.checkTables(t)
			checkBlocks(t, p)
			for _, target := range p.links() {
				d.checkLink(t, byPath, p.path, target)
				links++
			}
		}
		if links < 15 {
			t.Errorf("only %d links in %d pages: are they found?", links, len(byPath))
		}
	})
}

// checkBlocks: a page begins with where it comes from, has one title and ends
// its code.
func checkBlocks(t *testing.T, p page) {
	t.Helper()
	titles := 0
	for i, l := range p.lines {
		switch {
		case l.kind == "h1":
			titles++
		case l.kind == "html" && i > 1, l.kind == "rule", l.kind == "fence without end", l.kind == "quote":
			t.Errorf("%s:%d: %s: %s", p.path, i+1, l.kind, l.text)
		case l.kind == "item" && p.lines[i-1].kind == "text" && !strings.HasPrefix(p.lines[i-1].text, "  "):
			t.Errorf("%s:%d: a list in the middle of a paragraph: %s", p.path, i+1, l.text)
		}
	}
	if titles != 1 {
		t.Errorf("%s: %d titles", p.path, titles)
	}
}

// checkLink follows a link to a file of the same repository, to a heading, or
// to a file of the platform repository on its Git host.
func (d delivery) checkLink(t *testing.T, pages map[string]page, from, target string) {
	t.Helper()
	u, err := url.Parse(target)
	if err != nil {
		t.Errorf("%s: %s: %v", from, target, err)
		return
	}
	if u.Scheme != "" {
		d.checkBlob(t, from, u)
		return
	}
	repo := repository(from)
	file := from
	if u.Path != "" {
		file = path.Join(path.Dir(from), u.Path)
	}
	if _, ok := d.files[file]; !strings.HasPrefix(file, repo+"/") || !ok && len(d.below(file)) == 0 {
		t.Errorf("%s: %s leads nowhere", from, target)
	}
	if u.Fragment != "" && !pages[file].anchors()[u.Fragment] {
		t.Errorf("%s: %s: no such heading", from, target)
	}
}

func (d delivery) checkBlob(t *testing.T, from string, u *url.URL) {
	t.Helper()
	git := d.m.Platform.Git
	rest, ours := strings.CutPrefix(u.String(), git.Web)
	if !ours || rest == "" {
		return
	}
	_, file, found := strings.Cut(u.Path, "/blob/"+git.Branch+"/")
	if _, ok := d.files["platform/"+file]; !found || !ok {
		t.Errorf("%s: %s: not a file of the platform repository", from, u)
	}
}

// repository is the folder of the repository that a path of a workspace is in.
func repository(p string) string {
	parts := strings.Split(p, "/")
	if parts[0] == "platform" {
		return "platform"
	}
	return path.Join(parts[:3]...)
}

// TestShell: a shell can read every block of commands.
func TestShell(t *testing.T) {
	t.Parallel()
	sh, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("there is no sh")
	}
	each(t, func(t *testing.T, d delivery) {
		blocks := 0
		for _, p := range d.pages() {
			for _, block := range p.code("sh") {
				blocks++
				cmd := exec.Command(sh, "-n")
				cmd.Stdin = strings.NewReader(block)
				if out, err := cmd.CombinedOutput(); err != nil {
					t.Errorf("%s: %v: %s\n%s", p.path, err, out, block)
				}
				if strings.Contains(block, "\n\n") || strings.TrimSpace(block) == "" {
					t.Errorf("%s: an empty line of commands:\n%s", p.path, block)
				}
			}
		}
		if blocks < 5 {
			t.Errorf("only %d blocks", blocks)
		}
	})
}
