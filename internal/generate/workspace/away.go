package workspace

import (
	"strings"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/plan"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/state"
	"github.com/penstock-dev/penstock/internal/repo"
)

// readAway finds out what Git has of a repository without having it checked
// out. Without the state nothing can be planned: all would look new.
func (j *Job) readAway(known map[string]string) (err error) {
	if j.away, err = repo.ReadAway(j.At); err != nil {
		return err
	}
	if !j.away.Modes() {
		j.target.IgnoreModes()
	}
	var list []string
	for _, p := range j.away.Below(state.Folder) {
		if unit, ok := state.UnitName(p); ok || strings.HasSuffix(p, "/") {
			if _, ok := known[unit]; !ok {
				list = append(list, p)
			}
		}
	}
	if list == nil {
		return nil
	}
	return diag.Refuse(diag.Person, site.NotHere(j.At, list)+"nothing was written: what penstock keeps of the last run has to be there"+site.CheckOut(j.away, j.At, list))
}

// markAway tells the plan's input which files are not there and not deleted.
func (j *Job) markAway(in plan.Input) {
	for _, p := range in.Paths() {
		_, there := in.Current.Files[p]
		if _, hindered := in.Current.Obstacles[p]; !there && !hindered && j.away.Has(p) {
			in.Current.Obstacles[p] = plan.Obstacle{Kind: plan.Away, At: p}
		}
	}
}

// awayBlocked lists the files that the run would need and that are not checked
// out.
func (j *Job) awayBlocked() []string {
	var list []string
	for _, c := range j.Plan.Blocked() {
		if c.Action == plan.Blocked && c.Current == nil && j.away.Has(c.Path) {
			list = append(list, c.Path)
		}
	}
	return list
}
