package apply

import (
	"context"
	"fmt"
	"testing"
	"time"
)

func Phases(tb testing.TB, jobs []Job) {
	var runs []*run
	for _, j := range jobs {
		runs = append(runs, newRun(j, Options{}))
	}
	t0 := time.Now()
	lap := func(n string) { fmt.Printf("%s %v\n", n, time.Since(t0).Round(time.Millisecond)); t0 = time.Now() }
	must := func(err error) {
		if err != nil {
			tb.Fatal(err)
		}
	}
	must(each(runs, (*run).begin))
	lap("begin")
	must(each(runs, func(r *run) error { return r.stage(context.Background()) }))
	lap("stage")
	must(settle(runs))
	lap("settle")
	must(each(runs, (*run).publish))
	lap("publish")
	must(flush(runs))
	lap("flush")
	must(each(runs, (*run).publishState))
	lap("state")
	must(each(runs, func(r *run) error { return r.end(true) }))
	lap("end")
}
