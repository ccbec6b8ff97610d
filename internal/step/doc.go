// Package step runs flows: plain Go functions that are made of named, typed steps.
//
// Place in the walk: beside it. internal/flow writes each walk as a function that calls
// Do for every step; this package keeps what happened in the store (rumbo.Run,
// rumbo.Step), so that the function can be called again after any interruption and goes
// on after the last good step:
//
//	func (l *Learn) train(ctx context.Context, run *step.Run) error {
//		fitted, err := step.Do(ctx, run, "train", request, l.fit)
//		if err != nil {
//			return err
//		}
//		_, err = step.Do(ctx, run, "promote", fitted, l.promote, step.Last())
//		return err
//	}
//
// # Terms
//
//   - Run: one execution of a flow; it is worked by one task, over as many attempts as
//     it takes.
//   - Step: a part of a run with an input, a result and perhaps an effect. Do keeps its
//     result under the hash of its input: when the flow is called again, a step that is done
//     with the same input is not done again, its result is read.
//   - Effect: what a step changes. Changes of the store go through Work.Commit and happen
//     in the transaction that marks the step done: exactly once. An effect elsewhere (a
//     blob, a POST) may happen again when the process dies before that transaction, and
//     is made idempotent by whoever makes it.
//   - Read: a step without effect whose result lives in memory only. A run that is resumed
//     reads again, unless what it reads for is done.
//   - Crashed: the process died under a step; failed: the step returned an error. A crash
//     costs no try.
//
// # What is written, and when
//
// Beginning a run, finishing a step that Do runs, and ending the run are one transaction
// each; the last step (Last) and the end of the run are one together. That a step is
// running, how far it is and what it logs is written with the next of these, or every
// Runner.Pulse, so that quick steps cost nothing extra. Every transaction checks that the run
// has not ended (canceled) and that no later attempt has taken it over: then the attempt
// stops with nothing more changed.
//
// Whoever runs flows can take part in every transaction that ends a run (Runner.Ending).
//
// A step that fails is tried again after task.Backoff (exponential, with jitter), through
// the run's task: nothing waits in memory, and the tries are counted with the step.
//
// Runner and Run are safe for concurrent use: Go starts steps side by side. The clock is
// given.
package step
