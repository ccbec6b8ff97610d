// Package blob keeps objects by key: raw payloads, model versions, anything
// that is written once and read whole. It is the interface; a driver is a
// folder below (dir, s3), and blobtest is the suite that every
// driver must pass. A behavior that is not in the suite is not promised.
//
// Shared piece: used by stages 1 (ingest) and 5 (registry), named by cmd only.
//
// Terms:
//
//   - key: the name of an object, segments joined by "/", each of letters,
//     digits and . _ - = + @, not beginning with a dot; see [CheckKey]. What a
//     directory can hold safely and S3 needs no escape for;
//   - put: an object appears whole or not at all. When Put returns without an
//     error the object survives kill -9 and a power cut;
//   - only if new: a put that fails with rumbo.Conflict when the key exists. It
//     is decided atomically, also between processes: numbered objects created
//     this way are how a history without compare-and-swap is kept.
//
// A key must not be the folder of another key ("a" beside "a/b"): S3 would take
// it, a directory cannot.
//
// What it never does: rename, append, cache, encrypt, list folders. Faults are
// *rumbo.Error: NotFound, Conflict, Invalid (bad key), Unavailable (the rest).
// A Bucket is safe for concurrent use.
package blob
