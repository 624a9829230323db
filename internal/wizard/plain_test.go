package wizard

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/testkit/goldentest"
)

// TestPlain keeps what a screen reader gets to read under review.
func TestPlain(t *testing.T) {
	t.Parallel()
	typed := strings.Join([]string{
		"?", "Größe", "acme", // name
		"", "", "acme,b", "@acme/platform, @acme/sre", "-", "", // platform
		"9", "harb", "", "", // registry
		"", "2", // CI
		"dev, prod", "", "2", "", "", // environments
		"maybe", "y", "", "", "", "yes", "", "", "", "no", "n", // teams
		"key", "awskms:///alias/x", "-----BEGIN PUBLIC KEY-----", strings.Split(publicKey, "\n")[1], strings.Split(publicKey, "\n")[2], "-----END PUBLIC KEY-----", "", "", // supply chain
		"yes", "1", "", "3", "1,1", "", "2027-01-31", // decision
		"", "", "", "", "<", "", "@cards/people", "", // made up
		"write",
	}, "\n") + "\n"
	var out strings.Builder
	p := NewPlain(context.Background(), strings.NewReader(typed), &out)
	c, err := Ask(p, contract.Contract{}, Options{Seed: Seed{URL: "https://github.com/acme/platform"}})
	if err != nil {
		t.Fatalf("%v\n%s", err, &out)
	}
	if strings.Contains(out.String(), "\x1b") {
		t.Error("there are escape sequences")
	}
	goldentest.File(t, "testdata/plain.txt", []byte(out.String()))
	goldentest.File(t, "testdata/plain.yaml", c.Written())
}

func TestPlainEnds(t *testing.T) {
	t.Parallel()
	var refusal Refusal
	_, err := Ask(NewPlain(context.Background(), strings.NewReader("acme"), io.Discard), contract.Contract{}, Options{})
	if !errors.As(err, &refusal) || !strings.HasPrefix(err.Error(), "--git-url: the input ended before this was answered; give --git-url") {
		t.Error(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	r, w := io.Pipe()
	defer w.Close()
	stop()
	if _, err := Ask(NewPlain(ctx, r, io.Discard), contract.Contract{}, Options{}); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
}

func TestOption(t *testing.T) {
	t.Parallel()
	q := Question{Options: options([]string{"zot", "ecr", "gar", "gitlab"})}
	for typed, want := range map[string]string{"1": "zot", "4": "gitlab", "5": "5", "0": "0", "E": "ecr", "g": "g", "gi": "gitlab", "GAR": "gar", "": ""} {
		if got := q.option(typed); got != want {
			t.Errorf("%q: %q, want %q", typed, got, want)
		}
	}
}
