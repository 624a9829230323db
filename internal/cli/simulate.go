package cli

import (
	"cmp"
	"fmt"
	stdio "io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/diag"
	"github.com/penstock-dev/penstock/internal/generate/site"
	"github.com/penstock-dev/penstock/internal/generate/workspace"
	"github.com/penstock-dev/penstock/internal/registry/simulate"
	"github.com/penstock-dev/penstock/internal/registry/sweep"
)

type simulateOptions struct {
	io                                IO
	contract, policy, history, output string
	now                               string
	all                               bool
}

func newRegistryCmd(io IO) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "registry",
		Short: "See what the registry's policy deletes",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSimulateCmd(io))
	return cmd
}

func newSimulateCmd(io IO) *cobra.Command {
	o := simulateOptions{io: io}
	cmd := &cobra.Command{
		Use:   "simulate",
		Short: "Replay the registry's policy files over what the registry holds",
		Long: `Read the policy files as they are, run one sweep of the registry's own retention over a history, and say for
every tag and manifest what becomes of it, by which rule and why. Nothing is changed anywhere.

Exit code 3: something would go that an environment runs or could go back to, that is younger than 48 hours, or
that is of a class that nothing may delete; or a rule protects nothing. Times that the registry does not tell are
taken for the worst.`,
		Example: `  penstock history --export > history.json
  penstock registry simulate --policy registry --history history.json
  penstock history --export | penstock registry simulate --policy registry --history - -o json`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return o.run() },
	}
	contractFlag(cmd, &o.contract)
	f := cmd.Flags()
	f.StringVar(&o.policy, "policy", "", "folder with the policy files: registry/ of the platform repository")
	f.StringVar(&o.history, "history", "", `file that "penstock history --export" wrote; - reads standard input`)
	f.StringVar(&o.now, "now", "", "when the sweep runs, as in 2026-02-22T09:00:00Z (default: now)")
	f.BoolVar(&o.all, "all", false, "list what stays, too")
	enumFlag(cmd, &o.output, "output", "o", "text", "format", "text", "json")
	_ = cmd.MarkFlagRequired("policy")
	_ = cmd.MarkFlagRequired("history")
	return cmd
}

func (o simulateOptions) run() error {
	now := time.Now().UTC()
	if o.now != "" {
		var err error
		if now, err = time.Parse(time.RFC3339, o.now); err != nil {
			return diag.Invalidf("--now %q: is no time; write it as in 2026-02-22T09:00:00Z", o.now)
		}
	}
	in, err := site.Load(o.contract, filepath.Join(o.policy, ".."))
	if err != nil {
		return err
	}
	r := in.Contract.Keeps()
	product := in.Contract.Spec.Registry.Product()
	files, err := policyFiles(o.policy)
	if err != nil {
		return err
	}
	policy, ds := product.Sweep.Read(r, files)
	for i := range ds {
		ds[i].Where.File = filepath.ToSlash(filepath.Join(o.policy, ds[i].Where.File))
	}
	if len(ds) > 0 {
		return ds.Err()
	}
	data, err := o.read()
	if err != nil {
		return diag.Invalidf("%v; name the history with --history", err)
	}
	repos, ds := sweep.DecodeHistory(cmp.Or(map[bool]string{true: "standard input"}[o.history == "-"], filepath.ToSlash(o.history)), data, now)
	if len(ds) > 0 {
		return ds.Err()
	}
	return o.print(simulate.Run(r, policy, repos, now))
}

// policyFiles reads the files of a folder.
func policyFiles(dir string) (map[string][]byte, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, diag.Invalidf("%v; name the folder of the policy files with --policy", err)
	}
	files := map[string][]byte{}
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		if files[e.Name()], err = site.ReadUpTo(filepath.Join(dir, e.Name())); err != nil {
			return nil, err
		}
	}
	return files, nil
}

// read reads the history, up to more than a decoder takes.
func (o simulateOptions) read() ([]byte, error) {
	from := stdio.Reader(o.io.In)
	if o.history != "-" {
		f, err := os.Open(o.history)
		if err != nil {
			return nil, err
		}
		defer f.Close() //nolint:errcheck // only read
		from = f
	}
	return stdio.ReadAll(stdio.LimitReader(from, sweep.MostBytes+1))
}

func (o simulateOptions) print(report simulate.Report) error {
	if o.output == "json" {
		if err := printJSON(o.io.Out, report); err != nil {
			return err
		}
	} else if err := o.text(report); err != nil {
		return err
	}
	if n := len(report.Breaches); n > 0 {
		return diag.Refuse(diag.Differs, workspace.Count(n, "invariant breaks", "invariants break"))
	}
	return nil
}

func (o simulateOptions) text(report simulate.Report) error {
	for _, s := range report.Repositories {
		t := table{head: []string{"TAG", "DIGEST", "BECOMES", "RULE", "WHY"}}
		left := map[sweep.Outcome]int{}
		for _, v := range s.Verdicts {
			left[v.Outcome]++
			if o.all || v.Outcome != sweep.Kept {
				t.row(v.Tag, short(v.Digest), string(v.Outcome), v.Rule, v.Why)
			}
		}
		fmt.Fprintf(o.io.Out, "%s: %d tags and manifests stay, %d go\n", s.Repository, left[sweep.Kept], left[sweep.Deleted]+left[sweep.Untagged])
		if len(t.rows) > 0 {
			if err := t.print(o.io); err != nil {
				return err
			}
		}
	}
	for _, b := range report.Breaches {
		at := b.Repository
		if b.File != "" {
			at = filepath.ToSlash(filepath.Join(o.policy, b.File)) + ":" + strconv.Itoa(b.Line)
		}
		fmt.Fprintf(o.io.Out, "%s: %s\n", at, strings.TrimSpace(strings.Join([]string{b.Tag, b.Digest, b.What}, " ")))
	}
	return nil
}
