// Package train turns observed trips into a travel-time model and an honest
// account of how good it is.
//
// Place in the walk: stage 4 of 8. In: cleaned trips in any order, the map's
// answers for their ends. Out: a [model.Bundle], its figures on trips it had not
// seen, the same figures of the floors, and a verdict.
//
// # Terms
//
//   - holdout: the latest share of the trips by departure. Nothing is fitted or
//     chosen on it; it is looked at once.
//   - training part: the trips before the holdout. Its own latest fifth, the
//     validation part, chooses the size of the trees, when to stop adding them, and
//     the correction (see [model.Correction]); then all trees are grown again on the
//     whole training part.
//   - floor: a simple prediction fitted on the training part ([model.Floors]).
//   - verdict: a model passes when it beats every floor on the holdout in mean absolute
//     error (of its expected duration or its P50, as for the floor) and in RMSLE, its P10
//     to P90 hold about the share of trips that they should, and, where a champion was
//     given, it beats that in mean absolute error on the trips that neither has seen.
//   - sharp twin: a metered trip known by zones only, as it would look if its ends were
//     exact; see sharpen.go for why set R learns from both.
//
// # Method
//
// Gradient boosted trees on the logarithm of the duration over its base (package
// gbdt; Ke et al. 2017, Chen & Guestrin 2016), squared error for the mean and
// pinball loss for P10, P50 and P90 (Koenker & Bassett 1978, doi:10.2307/1913643).
// Splitting by time and not at random is what makes the figures honest: traffic
// drifts (see bench/gbdt), and a random split would let the model look ahead.
//
// # What it never does
//
// It opens no file, asks no clock and stores nothing. The same trips, map, options
// and architecture give the same bundle to the byte, whatever the number of
// threads. Train and Evaluate keep no state and may run concurrently. See the example of
// Train to begin.
package train
