// Package search holds the moving parts of the routing search: the model that a problem
// becomes, the state of a solution, and one file for each ruin, insertion and test.
//
// Engine, used by vrp/solver alone, whose Run is the main loop and whose package comment
// names the papers.
//
// # Terms
//
//   - stop: a job, or one half of a shipment; unit: what is served together or not at all;
//     alternative: one way to serve a unit.
//   - node: a stop, a reload or the end of a route, linked to its neighbors. Each keeps
//     the earliest departure from it (leave) and the latest one that still meets
//     everything after it (late), so that an insertion is tested for time in O(1).
//   - class: vehicles that are alike; travel: the tables of a profile at given prices.
//   - place: numbered along the curve as the nodes are, unless the problem brings tables;
//     plane: the fast form of a metric; rows: sparse ways of a profile.
//   - extra: what a route costs beyond the sum of its legs (fixed price, duration). Classes
//     that have one are exact: spots that win by their legs are evaluated in full, by
//     spans in O(1) where durations are static, by trips in O(1) where reloads and releases
//     are all that is asked, by simulation in O(stops) elsewhere.
//   - relation: what binds stops to one vehicle, to different ones, to an order; party:
//     the units that relations keep on one vehicle; chain: a sequence that comes back in one piece.
//   - types: where vehicles of other types take other times, a stop is dressed: its node holds
//     the times of the class that drives it or is being tried.
//   - bank: the units not served. journal: the links changed since the last decision, so
//     that a rejected step is taken back without copies.
//
// Times, amounts and costs are the problem's integers. Nothing allocates once a Search is
// made, nothing reads a clock; a Search belongs to one goroutine, and the same seed takes
// the same steps.
package search

//go:generate go run ./makekernels
