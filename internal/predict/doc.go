// Package predict answers how long drives take, with a trained model.
//
// Place in the walk: stage 6 of 8. In: a [model.Bundle], queries or a plan's places,
// and the map's answers. Out: expected seconds with quantiles, duration tables by
// time of day for the planner, and the spread of arrival times along a route.
//
// # Terms
//
//   - expected: the conditional mean in seconds. Plans use it, because means add up
//     along a route and medians do not.
//   - quantiles: P10, P50, P90 in seconds, always in order.
//   - slice: one table for departures at one instant; a plan interpolates between
//     neighboring slices.
//   - FIFO: who departs later does not arrive earlier. [Tables] raises entries, never
//     lowers them, until no duration falls faster than time passes between slices;
//     linear interpolation then keeps the law in between (Ichoua, Gendreau & Potvin
//     2003, doi:10.1016/S0377-2217(02)00147-9).
//   - level: what an answer rests on, see [model.Level].
//   - line: one query of a file of them, or its answer. Chunks of lines are answered side by
//     side and written in their order ([Predictor.AnswerLines]), so that a file of any length
//     takes the same memory and makes the same bytes.
//
// # Arrival times
//
// Deviations of legs add up along a route, and those of one day have a part in
// common (a slow hour is slow everywhere). [Arrivals] draws whole routes: every leg
// follows a lognormal whose lower and upper halves have a scale each, taken from the
// leg's quantiles, and shares the part of the variance that training measured
// within an hour (model.Correction.Correlation). Waiting for a window to open absorbs
// early arrivals, as it does on the road.
//
// # What it never does
//
// It opens nothing (files come as readers), reads no clock and learns nothing. Answers depend on the
// arguments alone, seeds included; everything is safe for concurrent use.
package predict
