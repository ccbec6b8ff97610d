package gbdt

import (
	"runtime"
	"sync"
	"sync/atomic"
)

// gang is helpers that wait for work without sleeping at once. A tree is some hundred pieces of work of
// a few microseconds; to wake a sleeping thread for each would cost more than they do.
type gang struct {
	work    atomic.Pointer[job]
	wake    chan struct{} // one token for each helper that may sleep
	stopped atomic.Bool
	helpers sync.WaitGroup
}

// job is n pieces of work, taken by whoever is free.
type job struct {
	n          int64
	next, done atomic.Int64
	piece      func(i int)
	finished   chan struct{}
}

// patience is the number of looks before a waiting goroutine goes to sleep, some hundred microseconds.
const patience = 2000

func newGang(helpers int) *gang {
	g := &gang{wake: make(chan struct{}, helpers)}
	for range helpers {
		g.helpers.Go(g.help)
	}
	return g
}

// stop ends the helpers and waits for them.
func (g *gang) stop() {
	g.stopped.Store(true)
	close(g.wake)
	g.helpers.Wait()
}

func (g *gang) help() {
	var last *job
	for idle := 0; !g.stopped.Load(); idle++ {
		if j := g.work.Load(); j != last && j != nil {
			last, idle = j, 0
			j.run()
		} else if idle > patience {
			<-g.wake
			idle = 0
		}
		runtime.Gosched()
	}
}

// run takes pieces until none is left.
func (j *job) run() {
	for i := j.next.Add(1) - 1; i < j.n; i = j.next.Add(1) - 1 {
		j.piece(int(i))
		if j.done.Add(1) == j.n {
			close(j.finished)
		}
	}
}

// each calls piece for 0 to n-1, on the caller's goroutine and the helpers', and returns when all are done.
// It must not be called from a piece, nor by two goroutines.
func (g *gang) each(n int, piece func(i int)) {
	j := &job{n: int64(n), piece: piece, finished: make(chan struct{})}
	g.work.Store(j)
	for range min(n-1, cap(g.wake)) {
		select {
		case g.wake <- struct{}{}:
		default: // the token of an earlier job has not been taken: nobody sleeps
		}
	}
	j.run()
	for range patience {
		if j.done.Load() == j.n {
			return
		}
		runtime.Gosched()
	}
	<-j.finished
}
