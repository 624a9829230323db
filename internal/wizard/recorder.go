package wizard

import (
	"errors"
	"slices"
)

// recorder keeps what was answered, so that the questions can be begun again
// and lead to where one was, or to one before: with that a person goes back.
type recorder struct {
	p   Prompter
	log []record
	at  int // how many of log are answered again
	// left are answers that were gone back over, by the questions' names.
	left map[string]record
	// note is shown before the next question.
	note string
}

// record is one question and its answer.
type record struct {
	name, answer string
	q            Question
	// silent: nobody was asked.
	silent bool
}

// mute is a Prompter that answers some questions without a person.
type mute interface{ answers(q Question) bool }

// again runs the questions until they end in something else than going back.
func again(r *recorder, ask func() error) error {
	for {
		err := ask()
		if !errors.Is(err, ErrBack) {
			return err
		}
		r.back()
	}
}

// back forgets the last answer of a person, and what flags answered since.
func (r *recorder) back() {
	i := len(r.log) - 1
	for i >= 0 && r.log[i].silent {
		i--
	}
	r.at = 0
	if i < 0 {
		r.note = "This is the first question.\n"
		return
	}
	for _, a := range r.log[i:] {
		r.left[a.name] = a
	}
	r.log = r.log[:i]
}

func (q Question) name() string {
	if q.Key != "" {
		return q.Key
	}
	return "? " + q.Text
}

// fits reports whether an answer will do, each one of several.
func (q Question) fits(answer string) bool {
	if len(q.Options) == 0 || slices.Contains(q.values(), answer) {
		return q.Problem(answer) == ""
	}
	return !slices.ContainsFunc(split(answer), func(v string) bool { return q.Problem(v) != "" })
}

// ask answers a question as before, or has it asked.
func (r *recorder) ask(q Question, ask func(Question) (string, error)) (string, error) {
	name := q.name()
	if r.at < len(r.log) && r.log[r.at].name == name {
		r.at++
		return r.log[r.at-1].answer, nil
	}
	r.log = r.log[:r.at]
	now := record{name: name, q: q}
	switch was, ok := r.left[name]; {
	case !ok || !q.fits(was.answer):
	case was.silent:
		r.log, r.at = append(r.log, was), r.at+1
		return was.answer, nil
	case was.answer != was.q.Default:
		q.Default = was.answer
	}
	if m, ok := r.p.(mute); ok {
		now.silent = m.answers(q)
	}
	q.Intro, r.note = q.Intro+r.note, ""
	var err error
	if now.answer, err = ask(q); err != nil {
		return "", err
	}
	delete(r.left, name)
	r.log, r.at = append(r.log, now), len(r.log)+1
	return now.answer, nil
}

// Input implements Prompter.
func (r *recorder) Input(q Question) (string, error) { return r.ask(q, r.p.Input) }

// Select implements Prompter.
func (r *recorder) Select(q Question) (string, error) { return r.ask(q, r.p.Select) }

// MultiSelect implements Prompter.
func (r *recorder) MultiSelect(q Question) ([]string, error) {
	answer, err := r.ask(q, func(q Question) (string, error) {
		list, err := r.p.MultiSelect(q)
		return join(list), err
	})
	return split(answer), err
}

// Confirm implements Prompter.
func (r *recorder) Confirm(q Question) (bool, error) {
	answer, err := r.ask(q, func(q Question) (string, error) {
		b, err := r.p.Confirm(q)
		return yes(b), err
	})
	return answer == "yes", err
}

// last is the newest answer to a question.
func (r *recorder) last(name string) (record, bool) {
	for _, a := range slices.Backward(r.log) {
		if a.name == name {
			return a, true
		}
	}
	return record{}, false
}
