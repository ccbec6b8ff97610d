// Package rivertask keeps tasks with River (riverqueue/river): tables beside
// the data, so that a task is enqueued in the data's own transaction.
//
// Place in the walk: a driver of internal/task; only cmd names it.
//
// What River does: insertion in a transaction, taking available tasks, worker
// slots by class (a River queue each), waiting times, cleaning up after a day
// or a week. What this package adds:
//
//   - A task left "running" by a process that died is resumed. River rescues
//     by elapsed time only, which for a training of an hour means after an
//     hour. On SQLite there is one process, so Start resumes all of them at
//     once; River's own rescuer is set so late that it never acts.
//   - A crash costs no attempt, but is counted; after Config.MaxCrashes the
//     task is given up rather than killing every new process too.
//   - A task that River has marked "running" although nobody works on it (its
//     completion could not be written) is found by a sweep and resumed.
//   - GaveUp is called before a task dies.
//   - A task kind without handler here waits for a process that has one.
//
// River's answers when a task may start: it polls every Config.Poll (50 ms) on
// SQLite. Waits of more than five seconds are kept to within five seconds.
//
// Everything here may be used by many goroutines.
package rivertask
