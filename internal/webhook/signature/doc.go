// Package signature signs and verifies webhook messages by the Standard
// Webhooks specification 1.0.0 (https://www.standardwebhooks.com): HMAC-SHA256
// over "id.timestamp.body", carried in three headers.
//
// It is the leaf shared by stage 8 (internal/webhook signs) and the Go client
// (client verifies). Terms: a secret is "whsec_" and 24 to 64 random bytes in
// base64; a message has an ID (the same on every attempt), a time in whole
// seconds since 1970 UTC and a body of bytes; while a secret is being replaced
// a message carries one signature for each live secret, separated by spaces.
//
// What it never does: it reads no clock (the caller passes now), opens nothing
// and keeps no message. A valid signature that is repeated within the
// tolerance is valid again: receivers must remember message IDs (Recent does)
// because an honest sender also repeats itself. Comparison takes constant time.
// Everything but Recent is immutable; Recent is safe for concurrent use.
package signature
