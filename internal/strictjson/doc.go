// Package strictjson decodes JSON into Go values and reports every fault at
// once: unknown keys with the nearest known one, wrong types, missing and
// repeated keys, bad times, numbers out of range, bytes that are not UTF-8,
// broken or truncated text. Each fault is a rumbo.FieldError with an RFC 6901
// pointer.
//
// Shared piece: internal/api reads request bodies with it, stage 2 (etl) rows.
//
// Terms:
//
//   - fault: one rumbo.FieldError. Faults of meaning (a wrong type, an unknown
//     key) do not stop the reading; a fault of syntax does, because nothing after
//     it can be trusted;
//   - required: a struct field whose json tag has neither omitempty nor omitzero,
//     unless it is tagged required:"false"; required:"true" makes any field so.
//     That is huma's rule, so the OpenAPI document says the same;
//   - read-only: a field tagged readOnly:"true" is accepted and ignored, so that
//     what comes out of the API may be sent back to it;
//   - row: one element of a top-level array, see [Rows].
//
// Beyond JSON's grammar it holds: key names match exactly, null only stands where
// a pointer, slice, map or any is, whole numbers are written without fraction or
// exponent, times are RFC 3339 with an offset. What passes is what encoding/json
// would have decoded, value for value (a property test holds that).
//
// What it never does: coerce, guess, panic on any input, or nest deeper than
// MaxDepth. Everything is a pure function of its arguments and safe for
// concurrent use.
package strictjson
