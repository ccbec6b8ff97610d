// Package speeds learns how fast the roads of a map are really driven from trips
// of which only the two ends and the duration are known.
//
// Engine: it imports roads, roads/cch and the standard library, opens no file and
// reads no clock.
//
// # Terms
//
//   - group: arcs that share a factor, for example all primary roads ([Groups]).
//   - slice: a part of the day or week in which factors are the same; the caller
//     says which slice a trip falls into.
//   - factor: driven seconds for each second of the map, by slice and group
//     ([Factors]).
//
// # Method
//
// A trip is driven on the route that the map thinks fastest, and its duration is
// the sum over groups of factor times map seconds. The factors with the least
// sum of absolute errors are found by iteratively reweighted least squares, drawn
// toward coarser factors where trips are few: first one factor for everything,
// then one for each group, then one for each slice, then for each group in each
// slice. Routes are then computed again with the new times, some rounds long. The
// approach of learning arc times from origins, destinations and durations alone
// follows Bertsimas, Delarue, Jaillet & Martin 2019 (doi:10.1287/opre.2018.1839),
// much simplified.
//
// Part of the trips is held out; the result is the simplest of the stages above
// that predicts those best, so it is never worse on them than one calibrated
// factor.
//
// # What it never does
//
// It never learns an arc of its own, never extrapolates to slices without trips
// (they get the factors of all slices), and never changes a graph: [Factors.Apply]
// makes another one. It is deterministic for any number of threads.
package speeds
