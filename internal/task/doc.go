// Package task is durable background work: it says what a task is, and how a
// handler answers for one, without saying where tasks are kept.
//
// Place in the walk: beside it. A stage that must go on after a request has
// been answered (cleaning a batch, training, planning, delivering an event)
// is written as a Handler; internal/flow enqueues a Spec through
// store.Tx.Enqueue in the same transaction that stores the data, so that there
// is never data without its task nor a task without its data. A driver
// (rivertask) keeps the tasks and calls the handlers.
//
// # Terms
//
//   - Task: one piece of work, kept until it is done or dead.
//   - Attempt: one try of a task. Attempts count from 1.
//   - Class: Short tasks take less than a second or two, Long ones may take
//     minutes. Each class has its own workers, so that training never delays a
//     webhook.
//   - Key: a name for the work. While a task of the same kind and key is
//     unfinished, enqueuing another one does nothing.
//   - Dead: given up on, after Permanent, after the last attempt, or after the
//     process died too often under it. The driver then calls GaveUp, once or
//     more, so that whoever waits for the work can be told.
//
// # Promises
//
// A task whose transaction committed is worked at least once, whatever dies in
// between; a task whose transaction rolled back never existed. Because "at
// least once" includes "twice", handlers are idempotent: they look at the data
// and do what is left to do. A killed process costs no attempt. A panic in a
// handler is an error of that attempt and no more. Order between tasks is not
// promised.
//
// The default wait before attempt n+1 is Backoff(n): exponential, with jitter.
//
// Handlers run concurrently and must be safe for it; their context is canceled
// when the queue is stopped and its patience has run out.
package task
