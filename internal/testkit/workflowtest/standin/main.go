// Command standin stands in for programs that can't do their work on a machine
// without a daemon, Sigstore or GitHub: docker, cosign, gh, aws, az and glab.
//
// It is called as "standin CALLS PROGRAM ARGS…" and adds each call to the file
// CALLS. docker and cosign do the real thing as far as it goes: an image and a
// signature are real artifacts in a real registry. What a signature lacks is
// the cryptography: it says in plain text whose token made it.
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/penstock-dev/penstock/internal/testkit/workflowtest"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "Error:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) < 2 {
		return errors.New("usage: standin CALLS PROGRAM ARGS…")
	}
	calls, program, args := args[0], args[1], args[2:]
	if err := record(calls, program, args); err != nil {
		return err
	}
	switch program {
	case "docker":
		return docker(args)
	case "cosign":
		return cosign(args)
	case "gh":
		return gh(calls, args)
	case "aws":
		fmt.Println("aws-password")
	}
	return answer(calls, program, args)
}

func record(file, program string, args []string) error {
	call := workflowtest.Invocation{Program: program, Args: args}
	var err error
	if call.Dir, err = os.Getwd(); err != nil {
		return err
	}
	if t, ok := workflowtest.ReadToken(token()); ok {
		call.Token = t
	}
	if f, _ := flags(args, "--body-file"); f["--body-file"] != "" {
		body, err := os.ReadFile(f["--body-file"])
		if err != nil {
			return err
		}
		call.Body = string(body)
	}
	data, err := json.Marshal(call)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	_, err = f.Write(append(data, '\n'))
	return errors.Join(err, f.Close())
}

func token() string {
	if t := os.Getenv("GH_TOKEN"); t != "" {
		return t
	}
	return os.Getenv("GITHUB_TOKEN")
}

// answer prints what the test wants a call to say, if anything.
func answer(calls, program string, args []string) error {
	data, err := os.ReadFile(calls + ".answers")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	var answers map[string]string
	if err := errors.Join(err, json.Unmarshal(data, &answers)); err != nil {
		return err
	}
	line := program + " " + strings.Join(args, " ")
	for prefix, text := range answers {
		if strings.HasPrefix(line, prefix) {
			fmt.Println(text)
		}
	}
	return nil
}

// flags splits arguments into flags and the rest. Flags in valued take the next
// argument where they have no "=".
func flags(args []string, valued ...string) (map[string]string, []string) {
	f, rest := map[string]string{}, []string(nil)
	for i := 0; i < len(args); i++ {
		name, value, has := strings.Cut(args[i], "=")
		switch {
		case !strings.HasPrefix(name, "-") || name == "-":
			rest = append(rest, args[i])
			continue
		case !has && contains(valued, name) && i+1 < len(args):
			i++
			value = args[i]
		}
		f[name] = value
	}
	return f, rest
}

func contains(list []string, s string) bool {
	return slices.Contains(list, s)
}
