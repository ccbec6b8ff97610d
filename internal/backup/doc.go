// Package backup keeps copies of an installation in another place: its database as of one
// instant, and the objects that it names.
//
// Place in the walk: beside it. internal/flow runs it as the flow backup; cmd reads what it
// made, to list, verify and restore. The database writes and reads itself (store.Snapshot,
// store.Restore); this package compresses, encrypts, counts and names.
//
// # Terms
//
//   - place: the bucket that backups are kept in, another one than the installation's own.
//   - part: one object of the place: compressed (zstd), then encrypted (age) when there are
//     recipients. Its size and checksum are known as it lies there, and of what is in it.
//   - manifest: what a backup is made of, and how much that should be. It is written
//     last: what has no manifest is no backup, whatever else is there.
//   - index: which object of the installation is which part. A backup writes it piece by piece
//     while it copies, so that one that was cut off goes on where it was.
//
// # Where things are
//
//	manifests/<id>.json                         a backup
//	parts/<id>/begun.json                       somebody began to make it
//	parts/<id>/database/<part>.<try>.zst[.age]  the database
//	parts/<id>/index/000001.ndjson.<try>.zst    the index, never encrypted: the next backup reads it
//	objects/<id>/<name>.<try>.zst[.age]         objects that were new to it; later backups name them too
//
// # In which order
//
// Objects, then the database, then objects again. An object is put before the transaction
// that names it and removed after the one that forgets it, so what the snapshot names was there at
// its instant: seen by the first round, or put since and seen by the second. What was new is
// a day old at least before anything removes it, so that a round of less than a day
// misses nothing. With the database first a payload could go between the two.
//
// What it never does: change what it copies, decrypt on a machine that only backs up, remove a
// part that a manifest names.
package backup
