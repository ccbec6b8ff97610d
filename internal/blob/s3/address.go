package s3

import (
	"net/url"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// Address says where objects are kept.
type Address struct {
	Bucket   string
	Prefix   string // "" or ending in "/"
	Region   string // "" means what the environment says
	Endpoint string // of another server than Amazon's, an http or https URL
	Silence  time.Duration
}

// ParseAddress reads s3://bucket/prefix?region=…&endpoint=…&silence_timeout=…. Error:
// Invalid, with what is wrong in it.
func ParseAddress(text string) (Address, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "s3" || u.Host == "" {
		return Address{}, bad(text, "s3://bucket/prefix?region=…&endpoint=…")
	}
	if u.User != nil {
		return Address{}, bad(u.Redacted(), "an address without credentials (they belong in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY)")
	}
	a := Address{Bucket: u.Host, Prefix: strings.Trim(u.Path, "/"), Silence: silence}
	if a.Prefix != "" {
		if blob.CheckKey("blob.Open", a.Prefix) != nil {
			return Address{}, bad(text, "a prefix of letters, digits and ._-=+@, in segments")
		}
		a.Prefix += "/"
	}
	for key, values := range u.Query() {
		switch value := values[len(values)-1]; key {
		case "region":
			a.Region = value
		case "endpoint":
			if e, err := url.Parse(value); err != nil || e.Host == "" || (e.Scheme != "http" && e.Scheme != "https") {
				return Address{}, bad(text, "an endpoint like https://host:port")
			}
			a.Endpoint = value
		case "silence_timeout":
			if a.Silence, err = time.ParseDuration(value); err != nil || a.Silence <= 0 {
				return Address{}, bad(text, "a silence_timeout like 30s")
			}
		default:
			return Address{}, bad(text, "no parameters but region, endpoint and silence_timeout")
		}
	}
	return a, nil
}

func bad(value, limit string) error {
	return rumbo.InvalidFields("rumbo", []rumbo.FieldError{{Pointer: "--blobs", Code: rumbo.NotOneOf, Value: value, Limit: limit}})
}
