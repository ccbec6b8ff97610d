// Package etl cleans: it reads a batch's raw payload row by row and gives out,
// for every row, either a record or the row itself with the rule that kept it
// out.
//
// Stage 2 of 8: in, the payload and its rumbo.Batch; out, a stream of [Result],
// one a row, in order.
//
// Terms:
//
//   - record: a rumbo.Trip, Order, Vehicle, Depot or VehicleEvent, valid by itself. References
//     between records (an order's depot) are not its business;
//   - rule: a named reason to keep a row out. Rules are asked in the order of the
//     table in rules.go and the first that matches names the row;
//   - quarantine: a row kept out, with number, text, rule and reason, so that it
//     can be mended and sent again;
//   - natural key: what makes two rows the same drive. It is the trip's id, so
//     that a batch sent twice changes nothing; see key.go;
//   - drive: a row of trips on its way through the rules.
//
// Local times are read in the zone that the batch declared (New York's for files
// of its taxi commission). A local time that the clocks skipped in spring is
// kept out; one that happened twice in autumn is read as the first, unless only
// the second puts the drop-off after the pickup, and the Result's Note says so.
// Trips come out in UTC.
//
// A payload is read as a stream: one goroutine cuts it into chunks of rows, workers
// read them, and the results come out in the order of the payload, so that they do
// not depend on the number of workers. Whoever takes the results slowly holds up the
// workers, and they the reading.
//
// Memory is bounded: a few chunks of 256 KiB, plus at most 130 MB of fingerprints of
// the last four to eight million trips to find duplicates (8 bytes each, times the slack
// of the hash table).
//
// What it never does: mend a value, open a file, ask a clock. Any number of Cleans
// may run at once; the results of one are yielded in the goroutine that ranges over them.
package etl
