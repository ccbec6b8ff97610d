package rumbo

import (
	"fmt"
	"time"
)

// TimeWindow is the interval in which service may begin; both ends belong to it.
type TimeWindow struct {
	Open  time.Time `json:"open" doc:"Earliest start of service, RFC 3339 with offset"`
	Close time.Time `json:"close" doc:"Latest start of service, RFC 3339 with offset"`
}

// Validate names missing ends and a window that closes before it opens.
func (w TimeWindow) Validate(at string) []FieldError {
	var out []FieldError
	if w.Open.IsZero() {
		out = append(out, FieldError{Pointer: at + "/open", Code: MissingField})
	}
	if w.Close.IsZero() {
		out = append(out, FieldError{Pointer: at + "/close", Code: MissingField})
	}
	if len(out) == 0 && w.Close.Before(w.Open) {
		out = append(out, FieldError{Pointer: at, Code: ImpossibleWindow,
			Value: w.Open.Format(time.RFC3339) + " to " + w.Close.Format(time.RFC3339)})
	}
	return out
}

func validateWindows(at string, windows []TimeWindow) []FieldError {
	var out []FieldError
	for i, w := range windows {
		out = append(out, w.Validate(fmt.Sprintf("%s/%d", at, i))...)
	}
	return out
}
