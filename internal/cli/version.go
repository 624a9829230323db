package cli

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/penstock-dev/penstock/internal/generate/gen"
	"github.com/penstock-dev/penstock/templates"
)

// Set by the linker for a release; otherwise what Go knows of the build.
var version, buildCommit, buildDate string

// Version is Penstock's own version, "dev" for a build from a checkout.
func Version() string {
	if version != "" {
		return version
	}
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" && info.Main.Version != "(devel)" {
		return info.Main.Version
	}
	return "dev"
}

// versionLine is what "version" and "--version" print.
func versionLine() string {
	return fmt.Sprintf("penstock %s %s %s/%s\n", Version(), runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// build is what "version -o json" prints. Commit and Date (RFC 3339, of the commit) are empty where the build does not know.
type build struct {
	Version   string `json:"version"`
	Commit    string `json:"commit"`
	Date      string `json:"date"`
	Go        string `json:"go"`
	Platform  string `json:"platform"`
	Templates string `json:"templates"` // digest; equal digests generate from equal templates
}

func thisBuild() (build, error) {
	b := build{
		Version: Version(), Commit: buildCommit, Date: buildDate,
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.Commit = cmp.Or(b.Commit, s.Value)
			case "vcs.time":
				b.Date = cmp.Or(b.Date, s.Value)
			}
		}
	}
	if t, err := time.Parse(time.RFC3339, b.Date); err == nil {
		b.Date = t.UTC().Format(time.RFC3339)
	}
	var err error
	b.Templates, err = gen.TemplatesDigest(templates.FS)
	return b, err
}

func newVersionCmd(io IO) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version",
		Long: `Print the version. With -o json also the commit and its date, the version of Go, the platform and the digest of
the templates: two builds with the same digest generate from the same templates.`,
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if output == "json" {
				b, err := thisBuild()
				if err != nil {
					return err
				}
				return printJSON(io.Out, b)
			}
			_, err := fmt.Fprint(io.Out, versionLine())
			return err
		},
	}
	enumFlag(cmd, &output, "output", "o", "text", "format of the result", "text", "json")
	return cmd
}
