package cli

import (
	"cmp"
	"context"
	"sync"
	"sync/atomic"
)

// workers is how many repositories are planned at once: reading and rendering
// take turns.
const workers = 4

// each calls do for all jobs. After an error it starts no more, and returns
// that of the first job in order.
func (s *session) each(ctx context.Context, do func(*job) error) error {
	errs := make([]error, len(s.jobs))
	var next atomic.Int64
	var failed atomic.Bool
	var all sync.WaitGroup
	for range workers {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(s.jobs) && !failed.Load(); i = int(next.Add(1)) - 1 {
				if errs[i] = ctx.Err(); errs[i] == nil {
					errs[i] = do(s.jobs[i])
				}
				if errs[i] != nil {
					failed.Store(true)
				}
			}
		})
	}
	all.Wait()
	return cmp.Or(errs...)
}
