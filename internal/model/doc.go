// Package model holds one trained travel-time model: what was learned, how it
// turns the facts of a drive into seconds, and the file it is kept in.
//
// Place in the walk: the piece that train (4) makes, registry (5) keeps and
// predict (6) uses. None of them imports another; they meet here.
//
// # Terms
//
//   - [Bundle]: everything of one model version: four tree models (the mean and the
//     quantiles P10, P50, P90), the base they start from, the correction on top and
//     the floors they were measured against.
//   - [Base]: what is believed of a drive before learning: the calibrated road time;
//     where no road is known, the straight line at the usual speed. The trees of set
//     R learn log1p(seconds) - log1p(base), so that a drive unlike any seen before is
//     still answered with its road time times a usual ratio.
//   - [Correction]: what is adjusted without growing trees: the ratio of real to
//     predicted sums, which turns the exponential of a mean logarithm into a mean
//     (Duan 1983, doi:10.1080/01621459.1983.10478017), and conformal offsets of the
//     quantiles by hour and distance (Romano, Patterson & Candès 2019, CQR,
//     arXiv:1905.03222; ours treat each end on its own and shrink small groups to the
//     whole). Both are fitted on trips that the trees had not seen.
//   - [Floors]: simple predictions that a model must beat, and that answer where the
//     trees cannot: global speed, zone pair x hour of week, calibrated road time.
//   - [Profile]: how each feature was spread over the training trips, to notice when
//     later trips are of another kind.
//   - [Level]: what an answer rests on.
//   - [Estimate]: expected seconds and quantiles of one drive; P10 <= P50 <= P90
//     always, crossings are put in order (Chernozhukov, Fernández-Val & Galichon 2010,
//     doi:10.3982/ECTA7880).
//
// # What it never does
//
// It opens no file, asks no map and reads no clock. Reading a file executes nothing
// and allocates in proportion to the bytes received. A Bundle is immutable once
// built or read, and safe for concurrent use; the same facts give the same answer
// whatever the number of goroutines.
//
// The file is described in docs/formats/travel-model.md.
package model
