package wizard

import (
	"context"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
	"time"
)

// read returns what each call of Read gives for the chunks that a terminal
// sends.
func read(t *testing.T, between string, chunks ...string) []string {
	t.Helper()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	k := newKeyboard(context.Background(), r)
	k.between = between
	go func() {
		for _, c := range chunks {
			_, _ = io.WriteString(w, c)
			time.Sleep(time.Millisecond)
		}
		_ = w.Close()
	}()
	var keys []string
	for buf := make([]byte, 64); ; {
		n, err := k.Read(buf)
		if err != nil {
			return keys
		}
		keys = append(keys, string(buf[:n]))
	}
}

func TestKeyboard(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		between string
		typed   []string
		want    []string
	}{
		{" ", []string{"aé\r"}, []string{"a", "é", "\r"}},
		{" ", []string{"\x1b[12;5Rb"}, []string{"\x1b[12;5R", "b"}},
		{" ", []string{"\x1b"}, []string{"\x1b"}},
		{" ", []string{"\x1b[", "A\x1bOBx"}, []string{"\x1b[A", "\x1bOB", "x"}},
		{" ", []string{"\xc3", "\xa9"}, []string{"é"}},
		{", ", []string{pasteBegin + "a\r\nb\n\n" + pasteEnd + "\r"}, []string{"a", ",", " ", "b", "\r"}},
		{" ", []string{"x" + pasteBegin + "a\n", "\x07b" + pasteEnd[:3], pasteEnd[3:]}, []string{"x", "a", " ", "b"}},
		{"\r", []string{pasteBegin + "a\nb\n" + pasteEnd}, []string{"a", "\r", "b"}},
	} {
		if got := read(t, c.between, c.typed...); !slices.Equal(got, c.want) {
			t.Errorf("%q: %q, want %q", c.typed, got, c.want)
		}
	}
}

func TestKeyboardStops(t *testing.T) {
	t.Parallel()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	ctx, stop := context.WithCancel(context.Background())
	k := newKeyboard(ctx, r)
	stop()
	if _, err := k.Read(make([]byte, 8)); !errors.Is(err, ErrInterrupted) {
		t.Error(err)
	}
}
