package cli

import (
	"fmt"
	"sync"

	"github.com/penstock-dev/penstock/internal/contract"
	"github.com/penstock-dev/penstock/internal/release/oci"
)

// registryClient talks to the contract's registry. On a terminal it shows how
// far longer transfers are.
func registryClient(io IO, r contract.Registry) *oci.Client {
	o := oci.Options{UserAgent: "penstock/" + Version()}
	if r.Insecure {
		o.Insecure = []string{r.Host}
	}
	if io.Progress {
		o.Progress = (&meter{io: io}).show
	}
	return oci.New(o)
}

// meter shows transfers on one line of a terminal.
type meter struct {
	io IO
	mu sync.Mutex
	at int64 // in steps
}

// show reports a transfer of more than a megabyte, at each tenth of it or each
// megabyte where its size is unknown.
func (m *meter) show(t oci.Transfer) {
	const megabyte = 1 << 20
	step := int64(megabyte)
	if t.Total > 10*megabyte {
		step = t.Total / 10
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	end := t.Total > 0 && t.Done >= t.Total
	if t.Done < megabyte || t.Done/step == m.at && !end {
		return
	}
	m.at = t.Done / step
	verb := "fetching"
	if t.Upload {
		verb = "sending"
	}
	fmt.Fprintf(m.io.Err, "\r\x1b[K%s %s: %.1f MB", verb, t.Repository, float64(t.Done)/megabyte)
	if end {
		m.at = 0
		fmt.Fprint(m.io.Err, "\r\x1b[K")
	}
}
