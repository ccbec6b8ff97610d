// Package s3 keeps objects in a bucket of Amazon S3 or of a server that speaks
// its protocol: the driver of [blob.Bucket] for installations with more than one
// machine.
//
// Terms:
//
//   - address: s3://bucket/prefix?region=…&endpoint=…&silence_timeout=…; every key is kept below
//     the prefix, so that several installations can share a bucket. Credentials
//     are never part of it: they come from the environment, the shared files or
//     the role of the machine, as for every program that uses AWS's SDK;
//   - part: what one request carries. An object of up to one part is put by one
//     request; a larger one as a multipart upload, part by part, which appears
//     only when it is completed. Memory is one part a put, whatever the size;
//   - mark: a random text kept with each object. A request whose
//     answer got lost is sent again and then meets its own object; the mark
//     tells that from somebody else's, so that the writer who won hears so.
//
// S3 is strongly consistent, and a put with If-None-Match is decided by the
// server, so what blob promises holds between machines too. A put that was
// canceled or failed aborts its upload; what a killed process leaves of one is
// invisible and is removed by the bucket's lifecycle rule for incomplete uploads.
//
// Why the SDK and not gocloud.dev: docs/decisions/0016-s3-blobs.md.
package s3
