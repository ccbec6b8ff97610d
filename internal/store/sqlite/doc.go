// Package sqlite keeps the store in one SQLite file: the embedded default, for
// one process on one machine.
//
// Place in the walk: a driver of internal/store (stage 3 of 8); only cmd names
// it. The SQLite is modernc.org/sqlite, a translation to Go, so that the binary
// needs no C compiler.
//
// # How it is run
//
//   - One connection writes and takes transactions in turn; up to ReadConns
//     others read. With the write-ahead log readers see the last commit and
//     neither wait for the writer nor hold it up.
//   - Every commit is synced to disk (synchronous=FULL): what InTx has
//     confirmed survives the process and a power cut. docs/decisions/0004 has
//     the price.
//   - A second process is refused with rumbo.Locked: tasks are resumed on the
//     assumption that their last worker is dead.
//   - Migrations are embedded and applied by Open, forward only.
//
// Everything here may be used by many goroutines.
package sqlite
