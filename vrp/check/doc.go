// Package check is the referee of the routing engine.
//
// Place in the walk: engine, after the solver. It recomputes the cost and every
// constraint of a [vrp.Solution] from the [vrp.Problem] alone and names each violation. It
// imports package vrp only and shares no code with the search, so that a mistake there
// cannot hide here.
//
// Terms: a [Violation] names the rule, the route and the stop; a [Report] holds all of
// them with the recomputed cost. [Schedule] computes the times of a bare sequence of
// visits, as needed for solution files that hold no times. [Plan] chooses the times of given
// sequences that may break rules, with the least total miss, and says by how much.
//
// It never changes a solution except in [Schedule] and [Complete], whose purpose that is,
// and never searches. Everything is a pure function: safe for concurrent use, and but for
// [Plan] linear in the number of stops.
package check
