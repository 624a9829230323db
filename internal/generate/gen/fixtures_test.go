package gen_test

import (
	"maps"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// each runs a test for every contract there is: the examples, the good
// contracts of package contract and random ones, two for each kind of
// registry. What is generated from them is shared; a test must not change it.
func each(t *testing.T, test func(*testing.T, delivery)) {
	t.Helper()
	for _, d := range every(t) {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			test(t, d)
		})
	}
}

// every returns what each goes through.
func every(t *testing.T) []delivery {
	t.Helper()
	deliveries.once.Do(func() {
		for name, source := range all(t) {
			deliveries.all = append(deliveries.all, deliver(t, name, source))
		}
	})
	if len(deliveries.all) < 25 {
		t.Fatalf("only %d contracts", len(deliveries.all))
	}
	return deliveries.all
}

var deliveries struct {
	once sync.Once
	all  []delivery
}

func all(t testing.TB) map[string][]byte {
	t.Helper()
	list := examples(t)
	maps.Copy(list, randomContracts(t, 20))
	good, err := filepath.Glob("../../contract/testdata/good/*.yaml")
	if err != nil || len(good) == 0 {
		t.Fatalf("good contracts: %v, %d files", err, len(good))
	}
	good = append(good, "testdata/gitlab-com.yaml")
	for _, f := range good {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		list["good "+filepath.Base(f)] = data
	}
	return list
}
