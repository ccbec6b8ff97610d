// Package bench measures the routing engine on published instances and says what was
// measured: the library behind `rumbo bench vrp`.
//
// Place: beside the walk; nothing of a client passes through here.
//
// # Terms
//
//   - [Record]: a published instance with its best known value under one convention, a row
//     of bks.csv.
//   - [Line]: a row of the target table: families and sizes under one convention, with the
//     mean gap to reach at 1, 10 and 60 seconds. bench/vrp/PROTOCOL.md explains them.
//   - gap: (cost - best known) / best known, in percent.
//   - [Row]: one run of one solver: what it was given, what it reached, what it took.
//     Peers' rows have the same columns, so that they can stand beside ours.
//
// # Method
//
// The instances of a line are the first by SHA-256 of their names ([Choose]), so that nobody
// picks favorites. One run at a time; every solution is judged by package check. [Run]
// appends rows to a file and skips what the file already holds for the same build and
// machine, so that it can be interrupted and resumed. [Report] turns rows into Markdown,
// [Plot] into a picture.
//
// # What it never does
//
// It repeats no run until it looks better, drops no infeasible result (they are counted),
// and compares no costs of different conventions. Reading and reporting are deterministic; running
// depends on the clock.
package bench
