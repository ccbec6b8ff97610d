package rumbo

import "time"

// UploadRequest asks for a place to put a payload past the API.
type UploadRequest struct {
	Bytes int64 `json:"bytes" minimum:"1" doc:"Size of what will be put, compressed or not"`
}

// Validate returns every fault, with pointers below at.
func (r UploadRequest) Validate(at string) (faults []FieldError) {
	if r.Bytes < 1 {
		faults = append(faults, FieldError{Pointer: at + "/bytes", Code: OutOfRange, Value: r.Bytes, Limit: "1 or more"})
	}
	return faults
}

// Upload is a place where one payload can be put, once, by whoever knows the address.
type Upload struct {
	ID        string            `json:"id" doc:"For the parameter upload of POST /v1/ingestions or POST /v1/predictions"`
	Method    string            `json:"method" doc:"PUT"`
	URL       string            `json:"url" doc:"Signed: it needs no key, and must not be given one"`
	Headers   map[string]string `json:"headers" doc:"To be sent with it, as they are"`
	ExpiresAt time.Time         `json:"expires_at" doc:"When sending must have begun"`
}
