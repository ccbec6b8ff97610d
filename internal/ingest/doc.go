// Package ingest takes raw payloads in: it keeps the bytes as they came and
// refuses, with every fault at once, what cannot be cleaned at all.
//
// Stage 1 of 8: in, a stream of bytes and what its sender declared about it
// (rumbo.Payload); out, an immutable batch (rumbo.Batch, state received) whose
// payload is a blob.
//
// Terms:
//
//   - payload: the bytes as they count: after gzip is undone, so that a file and
//     its compressed twin are the same batch. Bytes and SHA256 of the batch are
//     the payload's, and so is what the blob holds;
//   - inspection: reading the payload as it passes by on its way into the blob.
//     Nothing of a refused payload is ever stored, because the put is made to fail;
//   - declared: kind, format, schema, time zone and month, from the request.
//
// What inspection refuses: nothing in it, more bytes than allowed, not UTF-8,
// columns missing, unknown or repeated, local times that nobody declared a zone
// for, an end in the middle of a row, text that is no JSON, and for orders,
// vehicles and depots whatever the Receiver's Check finds in the rows. Dirty rows
// of trips are not its business: stage 2 quarantines them.
//
// What it never does: read a row's meaning, change a payload, touch a database
// or a clock. A Receiver is safe for concurrent use.
package ingest
