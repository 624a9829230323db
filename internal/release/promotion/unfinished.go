package promotion

import "slices"

// maxLate is how many claims back one may have been made so late that the runs
// behind those above it did not see it.
const maxLate = 32

// unfinished lists what the environment tag may still show because a run that
// claimed has not ended: the state before this one; what would be the state
// without one of the newest claims, wherever it stands; and without those that
// share the newest number, all or all but one: their runs did not see each
// other. Anything else was moved by hand, or by a run that slept through two
// others and crashed in the act, which nobody can tell from a hand.
func (s State) unfinished() []Claim {
	claims := make([]Claim, len(s.Moves))
	for i, m := range s.Moves {
		claims[i] = m.Claim
	}
	var list []Claim
	add := func(c Claim) {
		if c != (Claim{}) && c != s.Claim && !slices.Contains(list, c) {
			list = append(list, c)
		}
	}
	add(s.before())
	below := firstOfTop(claims)
	for i := max(0, min(below, len(claims)-maxLate)); i < len(claims); i++ {
		add(Fold(slices.Concat(claims[:i], claims[i+1:])).Claim)
	}
	add(Fold(claims[:below]).Claim)
	for i := below; i < len(claims); i++ {
		add(Fold(slices.Concat(claims[:below], claims[i:i+1])).Claim)
	}
	return list
}

// firstOfTop is the index of the first claim that has the newest number.
func firstOfTop(claims []Claim) int {
	if len(claims) == 0 {
		return 0
	}
	top := claims[len(claims)-1]
	return slices.IndexFunc(claims, func(c Claim) bool { return c.Date == top.Date && c.Number == top.Number })
}

// before is the claim of the state before this one; none when it is the first.
func (s State) before() (c Claim) {
	current := Claim{}
	for _, m := range s.Moves {
		if !m.setsRelease(current.Release) {
			continue
		}
		if current.Release != m.Release {
			c = current
		}
		current = m.Claim
	}
	return c
}
