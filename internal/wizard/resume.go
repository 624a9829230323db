package wizard

import "strings"

// Resumed goes on with answers that were kept, each question once, and hands
// on what they do not answer.
type Resumed struct {
	Prompter
	Kept  *Answers
	done  map[string]bool
	begun bool
}

// take returns a kept answer, or false with the question that is to be asked.
func (r *Resumed) take(q Question) ([]string, Question, bool) {
	if q.Key != "" && !r.done[q.Key] {
		if r.done == nil {
			r.done = map[string]bool{}
		}
		r.done[q.Key] = true
		if n, _ := r.Kept.find(q.Key); n != nil {
			list, ok := r.Kept.scalars(n, q)
			if ok && len(q.Options) > 0 && len(list) == 1 {
				list[0] = q.truth(list[0])
			}
			if ok && q.fits(join(list)) {
				return list, q, true
			}
			if ok {
				q.Intro += "The answer that was kept " + q.Problem(join(list)) + ".\n"
			}
		}
	}
	return nil, r.asked(q), false
}

// asked says, at the first question that a person is asked, where they are.
func (r *Resumed) asked(q Question) Question {
	if !r.begun {
		q.Intro = "Going on with the answers that were kept. " + how + "\n" + strings.TrimPrefix(q.Intro, how)
	}
	r.begun = true
	return q
}

// Input implements Prompter.
func (r *Resumed) Input(q Question) (string, error) {
	list, q, ok := r.take(q)
	if ok {
		return join(list), nil
	}
	return r.Prompter.Input(q)
}

// Select implements Prompter.
func (r *Resumed) Select(q Question) (string, error) {
	list, q, ok := r.take(q)
	if ok {
		return join(list), nil
	}
	return r.Prompter.Select(q)
}

// MultiSelect implements Prompter.
func (r *Resumed) MultiSelect(q Question) ([]string, error) {
	several := q
	several.List = true
	list, asked, ok := r.take(several)
	if ok {
		return list, nil
	}
	asked.List = q.List
	return r.Prompter.MultiSelect(asked)
}

// Confirm implements Prompter: a list ends where that of the kept answers ends,
// when there are answers to later questions.
func (r *Resumed) Confirm(q Question) (bool, error) {
	if q.Key != "" && !r.done[q.Key] {
		if r.done == nil {
			r.done = map[string]bool{}
		}
		r.done[q.Key] = true
		if n, _ := r.Kept.find(q.Key); n != nil || r.Kept.more() {
			return n != nil, nil
		}
	}
	return r.Prompter.Confirm(r.asked(q))
}
