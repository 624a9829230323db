package workflowtest

import (
	"fmt"
	"strings"
)

// Result is what a run did.
type Result struct {
	// Triggered is false where the workflow is not for this event.
	Triggered bool
	// Conclusion is success, failure, cancelled, skipped or waiting.
	Conclusion string
	// Jobs are in the order in which they started, those of called workflows
	// among them; a call itself is there only where it was skipped.
	Jobs []Job
}

// Job is a job as the page of a run shows it.
type Job struct {
	// Name is as shown, "caller / job" for a job of a called workflow.
	Name string
	// Workflow is the file that the job stands in, as in the token's
	// job_workflow_ref: owner/name/path@refs/heads/branch.
	Workflow    string
	Conclusion  string
	Environment string
	// Concurrency are the groups that it takes, the outermost first.
	Concurrency []Concurrency
	Permissions map[string]string
	Outputs     map[string]string
	Steps       []Step
}

// Concurrency is a group, which one job or workflow holds at a time.
type Concurrency struct {
	Group  string
	Cancel bool // a newcomer cancels who holds it
}

// Step is a step of a job; those of a composite action stand behind it, under
// "action / step".
type Step struct {
	Name, ID string
	// Uses and With are those of an action, without its version.
	Uses string
	With map[string]string
	// Outcome is what happened; Conclusion is success where the step may fail.
	Outcome, Conclusion string
	// Log is what it said, masked; Summary what it wrote for the run's page.
	Log, Summary string
	Annotations  []Annotation
	Outputs      map[string]string
}

// Annotation is an error, warning or notice that a step makes.
type Annotation struct{ Level, Title, Message string }

// Names are the jobs' names in order, with the conclusion where it is not
// success: "publish / build", "prod / approve (waiting)".
func (r Result) Names() []string {
	var names []string
	for _, j := range r.Jobs {
		if j.Conclusion != "success" {
			j.Name += " (" + j.Conclusion + ")"
		}
		names = append(names, j.Name)
	}
	return names
}

// Job returns the job of that name.
func (r Result) Job(name string) (Job, bool) {
	for _, j := range r.Jobs {
		if j.Name == name {
			return j, true
		}
	}
	return Job{}, false
}

// Annotations are those of all jobs with that level.
func (r Result) Annotations(level string) []Annotation {
	var list []Annotation
	for _, j := range r.Jobs {
		for _, s := range j.Steps {
			for _, a := range s.Annotations {
				if a.Level == level {
					list = append(list, a)
				}
			}
		}
	}
	return list
}

// Summary is what the steps of a job wrote for the run's page.
func (j Job) Summary() string {
	var b strings.Builder
	for _, s := range j.Steps {
		b.WriteString(s.Summary)
	}
	return b.String()
}

// String is the whole run for a person, secrets masked.
func (r Result) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "run: %s\n", r.Conclusion)
	for _, j := range r.Jobs {
		fmt.Fprintf(&b, "job %s: %s\n", j.Name, j.Conclusion)
		for _, s := range j.Steps {
			fmt.Fprintf(&b, "  step %s: %s\n", s.Name, s.Outcome)
			for line := range strings.Lines(s.Log) {
				fmt.Fprintf(&b, "    %s\n", strings.TrimSuffix(line, "\n"))
			}
		}
	}
	return b.String()
}
