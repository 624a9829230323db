package promotion

import (
	"slices"
	"time"
)

// State is what should run in an environment, as its claims say.
type State struct {
	// Release is what should run; "" when nothing was ever claimed.
	Release string
	// Claim set Release, and its tag is the digest to run.
	Claim Claim
	// Held: promotions are void until a lift. HoldClaim is what holds.
	Held      bool
	HoldClaim Claim
	// Moves are all claims in order, oldest first.
	Moves []Move
}

// Move is a claim and what became of it.
type Move struct {
	Claim
	// Counts: it changed the state, or confirmed it. A promotion that does not
	// count is void, a lift that does not found nothing held.
	Counts bool
	// By is the claim that makes a promotion void: what held, or what set a
	// release that is not older.
	By Claim
	// From is the release before a claim that changed the release, else "".
	From string
}

// Fold applies claims, in any order, to an environment where nothing ran. It
// gives the same State for the same set of claims.
func Fold(claims []Claim) State {
	claims = slices.Clone(claims)
	slices.SortFunc(claims, Compare)
	var s State
	for _, c := range slices.Compact(claims) {
		s.Moves = append(s.Moves, s.apply(c))
	}
	return s
}

func (s *State) apply(c Claim) Move {
	m := Move{Claim: c, Counts: true}
	switch c.Action {
	case ActionPromotion:
		if m.By, m.Counts = s.voids(c); m.Counts {
			s.set(&m)
		}
	case ActionLift:
		m.Counts = s.Held
		s.Held, s.HoldClaim = false, Claim{}
		s.assume(&m)
	case ActionHold:
		s.Held, s.HoldClaim = true, c
		s.assume(&m)
	case ActionRollback:
		s.Held, s.HoldClaim = true, c
		s.set(&m)
	}
	return m
}

// voids returns what makes a promotion void; counts is true when nothing does.
func (s *State) voids(c Claim) (by Claim, counts bool) {
	switch {
	case s.Held:
		return s.HoldClaim, false
	case !Newer(c.Release, s.Release):
		return s.Claim, false
	}
	return Claim{}, true
}

func (s *State) set(m *Move) {
	if m.Release != s.Release {
		m.From = s.Release
	}
	s.Release, s.Claim = m.Release, m.Claim
}

// assume takes the release that a hold or lift names where nothing older tells
// what ran: older claims may have been untagged since.
func (s *State) assume(m *Move) {
	if s.Release == "" {
		s.set(m)
	}
}

// setsRelease reports whether the move made its release the state.
func (m Move) setsRelease(before string) bool {
	if m.Action == ActionHold || m.Action == ActionLift {
		return before == ""
	}
	return m.Counts
}

// Candidate is a release that counted, so that it can be gone back to.
type Candidate struct {
	Release string
	// Claim is the newest claim that made it the state.
	Claim Claim
	// Left: a rollback went from it to another release, at some time.
	Left bool
	// LeftSince: the same, and it did not count again.
	LeftSince bool
}

// Candidates lists the releases that counted, by the last time they became the
// state, newest first. The first one is the state.
func (s State) Candidates() []Candidate {
	var list []Candidate
	current := ""
	for _, m := range s.Moves {
		if !m.setsRelease(current) {
			continue
		}
		if m.Release != current && (m.Action == ActionRollback || Newer(current, m.Release)) {
			markLeft(list, current)
		}
		list = enter(list, m.Claim)
		current = m.Release
	}
	slices.Reverse(list)
	return list
}

func markLeft(list []Candidate, release string) {
	for i := range list {
		if list[i].Release == release {
			list[i].Left, list[i].LeftSince = true, true
		}
	}
}

// enter moves a release to the end of the list, with its newest claim.
func enter(list []Candidate, c Claim) []Candidate {
	now := Candidate{Release: c.Release, Claim: c}
	list = slices.DeleteFunc(list, func(old Candidate) bool {
		if old.Release != c.Release {
			return false
		}
		now.Left = old.Left
		return true
	})
	return append(list, now)
}

// Counted returns the release as a candidate; ok is false when it never counted.
func (s State) Counted(release string) (c Candidate, ok bool) {
	for _, c := range s.Candidates() {
		if c.Release == release {
			return c, true
		}
	}
	return Candidate{}, false
}

// Back returns what a rollback goes to by default: the newest release that
// counted, is older than the state, and that no rollback left.
func (s State) Back() (c Candidate, ok bool) {
	for _, b := range s.Candidates() {
		if !b.Left && Newer(s.Release, b.Release) && Newer(b.Release, c.Release) {
			c, ok = b, true
		}
	}
	return c, ok
}

// next is the number of a new claim: above every claim seen.
func (s State) next(now time.Time) (date string, number int) {
	date, number = now.UTC().Format(dateLayout), 1
	if len(s.Moves) == 0 {
		return date, number
	}
	if top := s.Moves[len(s.Moves)-1]; top.Date >= date {
		date, number = top.Date, top.Number+1
	}
	if number > maxNumber {
		return dayAfter(date), 1
	}
	return date, number
}

func dayAfter(date string) string {
	t, err := time.Parse(dateLayout, date)
	if err != nil {
		return date // not reached: claims hold dates that parse
	}
	return t.AddDate(0, 0, 1).Format(dateLayout)
}
