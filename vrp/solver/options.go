package solver

import (
	"time"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Options control a run. A run ends at the first of: Iterations done, Budget elapsed,
// Target reached, context done. One of Iterations, or Budget with Elapsed, is required.
type Options struct {
	Seed       uint64
	Threads    int                  // searches at a time; 0 or 1 means one
	Iterations int64                // of all threads together; 0 means no limit
	Budget     time.Duration        // 0 means no limit; measured by Elapsed
	Elapsed    func() time.Duration // time since the run began, wall or CPU of all threads; called a few thousand times a second, by one goroutine at a time
	Target     int64                // stop at this total cost or less, with all required work served; 0 means none
	Initial    *vrp.Solution        // where to start from, may be partial; infeasible routes are built anew
	Stage      Stage                // of an annealing over several runs; zero means that the run is all of it
	Progress   func(Incumbent)      // called from Run's goroutine at most every ProgressEvery, may be nil
	// ProgressEvery is the least time between calls of Progress, 0 meaning one second.
	// Without Elapsed it counts one millisecond for every thousand iterations.
	ProgressEvery time.Duration
}

// Stage is a part of an annealing that several runs make together, each from what the one
// before it left as Initial: from one share of it to another, of 1. A run with a stage uses
// one thread. One that is not the last (To < 1) ends with the solution that it has come to,
// which is warm and seldom the best that it met, and goes by no target.
type Stage struct{ From, To float64 }

// Incumbent tells how far a run is.
type Incumbent struct {
	Elapsed    time.Duration
	Iterations int64
	Cost       int64               // total, penalties for missing required work included
	Solution   func() vrp.Solution // the best so far; valid only during the call, O(problem)
}

// Stats tell what a run did.
type Stats struct {
	Iterations    int64
	Accepted      int64
	Improved      int64         // new best solutions
	Elapsed       time.Duration // by Options.Elapsed
	ConstructedAt time.Duration // when the first complete solution stood
	FirstCost     int64         // of the construction
	StoppedBy     string        // iterations, budget, target, context, nothing to do
	Operators     []Operator    // what each part of the search did
}

// Operator is what one part of the search did. A ruin is accepted with its iteration; a
// move of the local search when it is made, though its iteration may still be taken back.
type Operator struct {
	Name     string
	Tried    int64 // ruins; stops or routes that a move looked at
	Accepted int64
	Improved int64 // new best solutions with its help
	Gain     int64 // cost saved by what was accepted; what ruins made dearer is not subtracted
}
