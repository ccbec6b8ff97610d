// Package quality holds records against declared checks, beside the cleaning
// rules of stage 2: those are code and say what a drive is, these are data and
// say what an installation expects of its senders.
//
// Shared piece: stage 2's rows pass through a [Run] in internal/flow, and
// internal/api reads and validates the document.
//
// Terms:
//
//   - check: a rumbo.Check, one expectation. Of rows: type, null, range, set,
//     unique, reference, cross_field. Of the batch: freshness (hours), volume
//     (rows against the mean of the batches before), drift (of a field's mean, in
//     standard deviations of the batches before: Cohen's d);
//   - severity: warn is only said, quarantine keeps the row out, fail fails the
//     batch;
//   - field: a path in the record as its JSON names it; a zero that JSON leaves
//     out is an empty value. Trips also have duration_s and speed_kmh;
//   - event: what a record tells of, in time: a trip's pickup, an order's day, a
//     vehicle's shift. A record is late when its event lies before the watermark,
//     the newest event of the batches loaded before.
//
// A Run is fed the rows in the order of the payload, so its results do not depend
// on how many goroutines cleaned them. Memory: for each unique check at most
// a million fingerprints, some 40 MiB; equal values farther apart than half of
// that are not found.
//
// What it never does: mend a value, open a file, ask a clock. A Run belongs to
// one goroutine.
package quality
