package api

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strings"
)

// conditional gives the answer to a GET its ETag and turns it into 304 when
// the client has that content already (RFC 9110, 13.1.2), so that polling
// costs no transfer.
func conditional(r *http.Request, a *answer) *answer {
	sum := sha256.Sum256(a.body)
	tag := `"` + hex.EncodeToString(sum[:12]) + `"`
	a.with("ETag", tag).with("Cache-Control", "private, no-cache")
	for _, candidate := range strings.Split(r.Header.Get("If-None-Match"), ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == tag || candidate == "*" {
			return &answer{status: http.StatusNotModified, header: http.Header{"Etag": {tag}, "Cache-Control": a.header["Cache-Control"]}}
		}
	}
	return a
}
