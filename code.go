package rumbo

// Code is the stable name of one kind of fault. Programs may switch on it; its
// text may change, its name never does. docs/errors.md lists them all.
type Code string

// Faults of a field: something in the sender's data.
const (
	UnknownField       Code = "unknown_field"
	WrongType          Code = "wrong_type"
	MissingField       Code = "missing_field"
	DuplicateField     Code = "duplicate_field"
	BadJSON            Code = "bad_json"
	NotUTF8            Code = "not_utf8"
	BadTime            Code = "bad_time"
	OutOfRange         Code = "out_of_range"
	TooLong            Code = "too_long"
	TooMany            Code = "too_many"
	NotOneOf           Code = "not_one_of"
	BadID              Code = "bad_id"
	BadURL             Code = "bad_url"
	DuplicateID        Code = "duplicate_id"
	UnknownReference   Code = "unknown_reference"
	BadCoordinates     Code = "bad_coordinates"
	SwappedCoordinates Code = "swapped_coordinates"
	ZeroCoordinates    Code = "zero_coordinates"
	FarFromRoads       Code = "far_from_roads"
	ImpossibleWindow   Code = "impossible_window"
	WindowOutsideShift Code = "window_outside_shift"
	UnknownDimension   Code = "unknown_dimension"
	Conflicting        Code = "conflicting_fields"
	MissingColumn      Code = "missing_column"
	UnknownColumn      Code = "unknown_column"
	EmptyPayload       Code = "empty_payload"
	TruncatedPayload   Code = "truncated_payload"
	MoreFaults         Code = "more_faults"
	BrokenRule         Code = "broken_rule"
)

// Faults of a whole request or operation.
const (
	Invalid            Code = "invalid_request"
	NotFound           Code = "not_found"
	Unauthorized       Code = "unauthorized"
	Forbidden          Code = "forbidden"
	Conflict           Code = "conflict"
	TooLarge           Code = "too_large"
	UnsupportedMedia   Code = "unsupported_media_type"
	MethodNotAllowed   Code = "method_not_allowed"
	RateLimited        Code = "rate_limited"
	IdempotencyReused  Code = "idempotency_key_reused"
	IdempotencyPending Code = "idempotency_key_in_progress"
	NoModel            Code = "no_model"
	NoData             Code = "not_enough_data"
	NoRoads            Code = "no_roads"
	Locked             Code = "data_directory_in_use"
	Corrupt            Code = "corrupt"
	Unavailable        Code = "unavailable"
	Canceled           Code = "canceled"
	Internal           Code = "internal"
)
