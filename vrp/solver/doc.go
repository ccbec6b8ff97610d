// Package solver searches good solutions of a [vrp.Problem].
//
// Place in the walk: engine. A problem and options go in, the best solution found so far
// comes out, with statistics; package check referees it.
//
// # Method
//
// Ruin and recreate: each iteration takes short strings of stops out of a few neighboring
// routes and puts each stop back at its cheapest spot, some spots being overlooked at
// random (Christiaens & Vanden Berghe 2020, SISR, doi:10.1287/trsc.2019.0914). Insertion is
// tried only beside near neighbors, local search runs only on what an iteration touched,
// changes are journaled and taken back rather than solutions copied, so that an iteration
// costs what it touches (after Accorsi & Vigo 2021, FILO, doi:10.1287/trsc.2021.1059).
// Local search exchanges the ends of routes around what was put back. Annealing follows the
// elapsed share of the budget, from a temperature that the budget affords. Where fewer
// vehicles come first, a part of the budget empties routes by absence counters.
// docs/decisions/0003-route-state.md tells what is kept for each stop and in which order a change is tested.
//
// Large problems begin with compact savings routes where only capacity limits them (Clarke &
// Wright 1964, doi:10.1287/opre.12.4.568), with insertion along a Hilbert curve elsewhere;
// where construction has had nine tenths of the budget, what is left is swept up. Beyond a few
// thousand places legs come from coordinates or sparse rows, never from a table made here.
//
// Relations between stops are tests on the routes and neighbors of a spot; a ruin takes out
// together what must ride together, so that it can go elsewhere together.
//
// # What it never does
//
// It reads no clock: the budget is a number of iterations, or a duration measured by
// Options.Elapsed. It never leaves required work undone for money, and never returns a
// route that breaks a constraint.
//
// # Concurrency and determinism
//
// Run may be called from many goroutines at once, on the same problem too. With an
// iteration budget the same build, architecture, seed, number of threads and problem give the
// same solution.
//
// With Options.Threads above one the routes are divided into parts of neighboring routes, one
// a thread, and cut anew elsewhere every round, so that any two routes meet; a part is a
// search of the same model for which the rest does not exist. Problems whose routes are too
// few, or bound by relations, are searched as islands: each thread by itself, all moving
// to the best in the second half. Threads exchange only between rounds, which are counted in
// iterations, or end at shares of the time. Run leaves no goroutine behind.
package solver
