package rumbo

import "io"

// Payload is one raw body on its way in. Body is read once, as it arrives, with any
// compression of the transfer undone; its read error is a *Error (TooLarge,
// TruncatedPayload), after which nothing of the payload is kept.
type Payload struct {
	Kind     string // KindTrips, …
	Format   string // FormatCSV, …
	Schema   string // "tlc_yellow", "rumbo", or "" to tell by the columns
	TimeZone string // IANA name for local times without offset, or ""
	Month    string // "YYYY-MM" that the trips should lie in, or ""
	Body     io.Reader
	Upload   string // ID of the upload that is the body, or ""
}

// PredictionRequest asks how long drives take.
type PredictionRequest struct {
	Queries     []PredictionQuery `json:"queries" minItems:"1" maxItems:"10000" doc:"The drives to predict"`
	CallbackURL string            `json:"callback_url,omitempty" doc:"Where the answer is also POSTed, signed"`
}
