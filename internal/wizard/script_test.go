package wizard

import (
	"fmt"
	"strings"
	"testing"
)

// script answers in a test: each line is "key: answer"; a key without an
// answer takes the default. It fails on a question that is not next, and
// finish on answers that nobody asked for. Questions without a key are called
// by their text.
type script struct {
	t      *testing.T
	lines  []string
	loose  bool // questions that are not next take their default
	log    []string
	intros strings.Builder
}

func newScript(t *testing.T, text string) *script {
	t.Helper()
	s := &script{t: t}
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line == "..." {
			s.loose = true
		} else if line != "" {
			s.lines = append(s.lines, line)
		}
	}
	return s
}

func (s *script) finish() {
	s.t.Helper()
	if len(s.lines) > 0 {
		s.t.Errorf("nobody asked for %q; asked were\n%s", s.lines, strings.Join(s.log, "\n"))
	}
}

// next returns the answer to a question. An answer that is refused is tried
// with "!": "key!: answer -> what is wrong with it".
func (s *script) next(q Question) (string, error) {
	s.t.Helper()
	name := q.Key
	if name == "" {
		name = q.Text
	}
	s.log = append(s.log, name+" ["+q.Default+"]")
	s.intros.WriteString(q.Intro)
	for len(s.lines) > 0 {
		key, answer, given := strings.Cut(s.lines[0], ":")
		if key == name+"!" {
			s.lines = s.lines[1:]
			bad, want, _ := strings.Cut(strings.TrimSpace(answer), " -> ")
			if got := q.Problem(q.typed(bad)); got == "" || !strings.Contains(got, want) {
				s.t.Errorf("%s: %q is refused with %q, want %q", name, bad, got, want)
			}
			continue
		}
		if key != name {
			break
		}
		s.lines = s.lines[1:]
		answer = strings.TrimSpace(answer)
		if answer == "^C" {
			return "", ErrInterrupted
		}
		if answer == Back {
			return "", ErrBack
		}
		if !given || answer == "" {
			return q.Default, nil
		}
		return strings.ReplaceAll(q.typed(answer), `\n`, "\n"), nil
	}
	if !s.loose {
		return "", fmt.Errorf("unexpected question %s (%s), next is %q", name, q.Text, s.lines)
	}
	return q.Default, nil
}

func (s *script) answer(q Question) (string, error) {
	v, err := s.next(q)
	if err == nil {
		if problem := q.Problem(v); problem != "" {
			return "", fmt.Errorf("%s: %q %s", q.Key, v, problem)
		}
	}
	return v, err
}

func (s *script) Input(q Question) (string, error)  { return s.answer(q) }
func (s *script) Select(q Question) (string, error) { return s.answer(q) }

func (s *script) MultiSelect(q Question) ([]string, error) {
	v, err := s.next(q)
	for _, one := range split(v) {
		if problem := q.Problem(one); problem != "" {
			return nil, fmt.Errorf("%s: %q %s", q.Key, one, problem)
		}
	}
	return split(v), err
}

func (s *script) Confirm(q Question) (bool, error) {
	v, err := s.next(q)
	return v == "yes", err
}
