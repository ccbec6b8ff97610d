// Package track finds drives and visits in what a vehicle told of itself.
//
// Place in the walk: before it. Events (rumbo.VehicleEvent) come in as a kind of record;
// internal/flow hands those of one vehicle to [Find] and sends the drives on as trips, which are
// then cleaned, kept and learned from like any others.
//
// # Terms
//
//   - fix: an event as a place and a time. Fixes are put in order and those told twice, or
//     within a second, are taken once, so that it does not matter how events arrive.
//   - jump: a fix that no vehicle could have reached from the one before: an error of the
//     receiver. It is left out. When three fixes in a row agree with each other and not with what
//     came before, it was the past that was wrong, and the track is cut.
//   - silence: a long time without fixes after which the vehicle is elsewhere. Nobody knows
//     what happened in it, so that the track is cut there. A vehicle that is still where
//     it was has stood, and one that said that it departed and then that it arrived has driven.
//   - piece: a part of the track between cuts.
//   - stay: fixes in a row within a radius of the first of them for at least a while: a
//     stay point after Li, Zheng, Xie, Chen, Liu and Ma, "Mining user similarity based on location
//     history", ACM GIS 2008 (doi:10.1145/1463434.1463477). Stays shorter than that count when the
//     vehicle said so: it arrived, departed, or its engine was started at the beginning of a
//     piece or stopped at the end of one. Two stays at one place with less than a while between
//     them are one, whose fixes strayed, unless it said that it departed and arrived again.
//   - drive: the way from one stay to the next in the same piece. A drive whose beginning or
//     end nobody saw is none.
//   - visit: a stay as somebody who waits for the vehicle sees it. It is whole when both its
//     arrival and its departure were seen; then their difference is a service time.
//
// What is no use for learning how long driving takes is left out and counted in [Left]: drives
// under a minute, over three hours, back to where they began, or at a mean speed that no
// drive has. The limits are within those of the cleaning rules of trips (internal/etl), so that
// what is found here is not thrown away there.
//
// Arrivals and departures are times of fixes. They are early and late by at most the radius'
// worth of driving and the time between two fixes.
//
// Everything here is a pure function of its arguments, safe for concurrent use. O(n log n) for
// n events, times the fixes within one dwell.
package track
