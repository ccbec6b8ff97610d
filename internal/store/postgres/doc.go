// Package postgres keeps the store in PostgreSQL (14 or later): for many
// workers, and for installations whose database is looked after by others.
//
// Place in the walk: a driver of internal/store (stage 3 of 8); only cmd names
// it. What it keeps and by which rules is in sqlstore.
//
// # How it is run
//
//   - Transactions run side by side at READ COMMITTED. Rows that are read by ID
//     in a transaction are locked (FOR UPDATE); a transaction that PostgreSQL
//     ends for a deadlock is run again.
//   - Batches of one kind are added and finished one after the other (an
//     advisory lock), so that their numbers follow the order of commits and two
//     loaders that brought the same record side by side are told apart.
//   - Bulk insertion is COPY in the binary format.
//   - Migrations are embedded and applied by Open, forward only, by one process
//     at a time.
//   - Text is ordered by its bytes (COLLATE "C"), as in SQLite and in Go.
//
// Everything here may be used by many goroutines.
package postgres
