// Package store keeps what Rumbo knows: batches and the records they brought,
// quarantined rows, plans, runs, deliveries, predictions, API keys and the
// answers given under an idempotency key.
//
// Stage 3 of 8: in, the clean records of a batch; out, records for learning
// (stage 4) and for planning (stage 7). This package holds the interface and
// its small types; sqlite/ (embedded, the default) and postgres/ implement it,
// and storetest/ is the suite that both must pass: what the suite does not
// test is not promised.
//
// # Terms
//
//   - Batch: one payload. Its records are loaded in many small transactions
//     but become visible all at once, by one update: SetBatch with state loaded.
//   - Natural key: a record's ID. Of several versions of a record the visible
//     one is that of the batch received last among the loaded ones, whatever
//     the order in which batches were loaded.
//   - Snapshot: a Reader method sees the data of one instant, also while it
//     iterates and others write.
//   - Page: part of a list, with the cursor that continues it.
//
// # Loading a batch
//
//	AddBatch(b)                        with the task that will clean it, in one transaction
//	ClearBatch(b.ID, n) until it is 0  what an earlier try that died had loaded
//	AddTrips(b.ID, rows) …             Store.BulkRows a transaction
//	AddQuarantine(b.ID, rows) …
//	SetBatch(b) with state loaded      now visible, quarantine included
//
// Whatever dies in between, the same steps again end in the same content and,
// unless another batch was loaded in between, the same counts. A failed batch
// shows nothing of its records; its quarantine can be read.
//
// # Promises
//
// When InTx returns nil the transaction is on disk: a crash of the process or
// of the machine loses nothing of it. When it returns an error nothing of it
// remains, tasks included. Times are kept to the microsecond with their
// offset; a time read back is the same instant with the same offset.
//
// # Errors
//
// All are *rumbo.Error: NotFound, Conflict (an ID that exists already),
// Unavailable (the database cannot be reached or is overloaded: try again),
// Canceled (the context ended), Invalid (a cursor that is none), Internal.
//
// A Store may be used by any number of goroutines; a Tx by one at a time and
// only inside its function.
package store
