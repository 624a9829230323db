package promotion

// Outcome is what a run did; "-o json" prints it.
type Outcome struct {
	App         string `json:"app"`
	Environment string `json:"environment"`
	Action      Action `json:"action"`
	// Changed: the run made a claim or set the environment tag. Otherwise it was
	// so already.
	Changed bool   `json:"changed"`
	Release string `json:"release"`
	// Claim is the claim that makes it so: the run's own, or an earlier one.
	Claim           string `json:"claim"`
	Digest          string `json:"digest"`
	PreviousRelease string `json:"previousRelease,omitempty"`
	PreviousDigest  string `json:"previousDigest,omitempty"`
	// CopiedFrom is the tag of the releases repository that was copied in.
	CopiedFrom string `json:"copiedFrom,omitempty"`
	Held       bool   `json:"held"`
	// Adopted is the claim made for what ran without one.
	Adopted string `json:"adopted,omitempty"`
	// Finished is the claim of a run that had ended before its tag was set.
	Finished string `json:"finished,omitempty"`
	// Attempts is how often the environment was looked at after the claim.
	Attempts int `json:"attempts"`
	// File is what was changed where Git says what runs, Branch and GitCommit the
	// commit that was made of it.
	File      string `json:"file,omitempty"`
	Branch    string `json:"branch,omitempty"`
	GitCommit string `json:"gitCommit,omitempty"`
	// Message is one line for a person.
	Message string `json:"message"`
}
