package gen_test

import (
	"os"
	"path/filepath"
	"testing"
)

// all returns the examples, the good contracts of package contract and as many
// random ones as there are kinds of registry, by name.
func all(t testing.TB) map[string][]byte {
	t.Helper()
	list := examples(t)
	for name, data := range randomContracts(t, 20) {
		list[name] = data
	}
	good, err := filepath.Glob("../contract/testdata/good/*.yaml")
	if err != nil || len(good) == 0 {
		t.Fatalf("good contracts: %v, %d files", err, len(good))
	}
	for _, f := range good {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		list["good "+filepath.Base(f)] = data
	}
	return list
}

// each runs a test for every contract of all.
func each(t *testing.T, test func(*testing.T, delivery)) {
	t.Helper()
	for name, source := range all(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, deliver(t, name, source))
		})
	}
}
