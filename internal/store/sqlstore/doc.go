// Package sqlstore is the part of the store that its SQL databases share: the
// statements, the rules of visibility and the loading of records. The drivers
// (store/sqlite, store/postgres) bring connections, migrations, bulk insertion
// and the words in which the two dialects differ.
//
// # How records are kept
//
// A record is kept once for each batch that brought it: a version. Batches are
// numbered in the order of their reception (seq), and a version is visible when
//
//	its batch is loaded, and no later batch that is loaded has the same ID.
//
// So one update of a batch's state makes all its records appear, replaces the
// older versions and needs no further work; a batch that fails never showed
// anything. The second half of the condition costs an index probe, so each
// version carries a flag, rivals, that is 0 for the many IDs with only one
// version. The flag is a hint on the safe side: 1 costs time, a wrong 0 would
// show a record twice, and so it is set in the transaction that adds the rival
// and, where writers run side by side, once more in the one that loads.
//
// A version with the same content as the visible one is not kept (unchanged),
// unless a batch received in between is still being loaded and might yet change
// the record.
//
// # How the rest is kept
//
// Plans, runs, deliveries and batches are JSON documents with the columns that
// are searched beside them, so that a new field of a noun needs no migration.
// Times are microseconds since 1970 in UTC with the offset in seconds beside
// them where a person wants it back.
//
// Cost: reads by ID and pages are O(log n + page); nothing here scans a table
// but CountRecords, CountRuns and CountPrunable (on their indexes) and an iteration without bounds.
package sqlstore
