package story

import (
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/penstock-dev/penstock/lab/servers"
)

// notes collects what a run showed, for the summary in docs/lab.md.
type notes struct {
	mu      sync.Mutex
	stories []result
	times   []timing
	rss     []string
	facts   map[string]string // what was read about Flux -> what the lab saw instead
}

type result struct {
	topic, name string
	passed      bool
	took        time.Duration
}

type timing struct {
	what string
	took time.Duration
}

func TestSentenceTakesTheWordsOfAName(t *testing.T) {
	for name, want := range map[string]string{
		"TestTheAPIServerIsUp": "The API server is up", "TestOnlyGit": "Only git", "TestABundleReachesDev/a_b": "A bundle reaches dev (a b)",
		"TestWhileGitIsDown": "While git is down", "TestASourceIsA": "A source is a",
	} {
		if got := sentence(name); got != want {
			t.Errorf("sentence(%q) = %q, want %q", name, got, want)
		}
	}
}

// story registers a test as a story of a topic.
func story(t *testing.T, topic string) {
	t.Helper()
	begin := time.Now()
	t.Cleanup(func() {
		lab.notes.mu.Lock()
		defer lab.notes.mu.Unlock()
		lab.notes.stories = append(lab.notes.stories, result{topic, sentence(t.Name()), !t.Failed() && !t.Skipped(), time.Since(begin)})
	})
}

// begins reports whether a word begins at name[i]: with the first of several capitals, or the last before small letters.
func begins(name string, i int) bool {
	return upper(name[i]) && (!upper(name[i-1]) || i+1 < len(name) && !upper(name[i+1]))
}

// sentence takes the words of a test's name apart: TestTheAPIServerIsUp is "The API server is up".
func sentence(name string) string {
	name, part, _ := strings.Cut(strings.TrimPrefix(name, "Test"), "/")
	var words []string
	for i := 0; i < len(name); {
		end := i + 1
		for end < len(name) && !begins(name, end) {
			end++
		}
		w := name[i:end]
		if i > 0 && (len(w) == 1 || !upper(w[1])) {
			w = strings.ToLower(w)
		}
		words, i = append(words, w), end
	}
	if part != "" {
		words = append(words, "("+strings.ReplaceAll(part, "_", " ")+")")
	}
	return strings.Join(words, " ")
}

func upper(c byte) bool { return 'A' <= c && c <= 'Z' }

// time notes how long something took that people ask about.
func (n *notes) time(what string, took time.Duration) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.times = append(n.times, timing{what, took})
}

// correct notes that something which was read about Flux is otherwise. The story that notes it asserts what it saw.
func (n *notes) correct(read, seen string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.facts == nil {
		n.facts = map[string]string{}
	}
	n.facts[read] = seen
}

func (n *notes) memory(byServer map[string]int64) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var sum int64
	for name, bytes := range byServer {
		sum += bytes
		n.rss = append(n.rss, fmt.Sprintf("%s %d", name, bytes>>20))
	}
	slices.Sort(n.rss)
	n.rss = append(n.rss, fmt.Sprintf("all %d", sum>>20))
}

// table is the summary in Markdown.
func (n *notes) table() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, "| topic | story | result | time |\n|---|---|---|---|\n")
	slices.SortStableFunc(n.stories, func(x, y result) int { return strings.Compare(x.topic+x.name, y.topic+y.name) })
	for _, s := range n.stories {
		verdict := "passed"
		if !s.passed {
			verdict = "**failed**"
		}
		fmt.Fprintf(&b, "| %s | %s | %s | %.1f s |\n", s.topic, s.name, verdict, s.took.Seconds())
	}
	fmt.Fprintf(&b, "\n| measured | time |\n|---|---|\n")
	for _, lap := range lab.stack.Laps() {
		fmt.Fprintf(&b, "| start: %s | %.1f s |\n", lap.What, lap.After.Seconds())
	}
	for _, m := range n.times {
		fmt.Fprintf(&b, "| %s | %.1f s |\n", m.what, m.took.Seconds())
	}
	fmt.Fprintf(&b, "| the whole run | %.1f s |\n", time.Since(lab.begun).Seconds())
	fmt.Fprintf(&b, "\nResident memory at the end, MiB: %s.\n", strings.Join(n.rss, ", "))
	if len(n.facts) > 0 {
		fmt.Fprintf(&b, "\n## Facts that the lab corrected\n\n| read | seen |\n|---|---|\n")
	}
	for _, read := range slices.Sorted(maps.Keys(n.facts)) {
		fmt.Fprintf(&b, "| %s | %s |\n", read, n.facts[read])
	}
	return b.String()
}

// write makes the page docs/lab.md.
func (n *notes) write(path string) error {
	var versions []string
	for _, s := range servers.All() {
		version, err := s.Version(lab.root)
		if err != nil {
			return err
		}
		versions = append(versions, s.Name+" "+version)
	}
	page := fmt.Sprintf("<!-- Written by \"make lab-test\"; see lab/README.md. -->\n\n# What the lab showed\n\nRun on %s with %s on %d cores; %s.\n\n%s",
		lab.begun.UTC().Format("2006-01-02 15:04 UTC"), runtime.Version(), runtime.NumCPU(), strings.Join(versions, ", "), n.table())
	return os.WriteFile(path, []byte(page), 0o644)
}
