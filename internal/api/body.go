package api

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// maxJSON bounds the body of every endpoint but ingestion, in bytes after
// decompression.
const maxJSON = 8 << 20

// defaultStall is how long a client may send nothing before it is let go. A
// body may take as long as it keeps coming.
const defaultStall = 30 * time.Second

// readJSON reads a whole body of at most maxJSON bytes.
func (s *server) readJSON(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	if err := checkMedia(r, "application/json"); err != nil {
		return nil, err
	}
	body, err := s.decoded(w, r, maxJSON)
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(body)
	if err != nil {
		return nil, err
	}
	return data, nil
}

// openStream prepares the body of a raw endpoint to be read as it arrives.
func (s *server) openStream(w http.ResponseWriter, r *http.Request, media []string) (io.Reader, error) {
	if media == nil {
		media = sorted(payloadMedia())
	}
	if err := checkMedia(r, media...); err != nil {
		return nil, err
	}
	return s.decoded(w, r, s.MaxPayload)
}

// checkMedia refuses bodies of another type, and character sets that are not
// UTF-8. No Content-Type at all is taken as the right one.
func checkMedia(r *http.Request, accepted ...string) error {
	header := r.Header.Get("Content-Type")
	if header == "" {
		return nil
	}
	media, attributes, err := mime.ParseMediaType(header)
	charset := strings.ToLower(attributes["charset"])
	if err == nil && (charset == "" || charset == "utf-8" || charset == "us-ascii") {
		for _, a := range accepted {
			if media == a {
				return nil
			}
		}
	}
	return &rumbo.Error{Code: rumbo.UnsupportedMedia, Op: "api.checkMedia", Detail: "Content-Type is " + header + ".",
		Hint: "Send Content-Type: " + strings.Join(accepted, " or ") + "."}
}

// decoded undoes Content-Encoding and turns every way in which a body can
// break into a *rumbo.Error: too_large beyond limit bytes (counted after
// decompression), truncated_payload when it ends early.
func (s *server) decoded(w http.ResponseWriter, r *http.Request, limit int64) (io.Reader, error) {
	raw := &arriving{body: http.MaxBytesReader(w, r.Body, limit), control: http.NewResponseController(w), stall: s.stall}
	var body io.Reader = raw
	switch encoding := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); encoding {
	case "", "identity":
	case "gzip":
		unzipped, err := gzip.NewReader(raw)
		if err != nil {
			return nil, bodyFault(err, limit)
		}
		body = unzipped
	default:
		return nil, &rumbo.Error{Code: rumbo.UnsupportedMedia, Op: "api.decoded", Detail: "Content-Encoding is " + encoding + ".",
			Hint: "Send the body as it is or with Content-Encoding: gzip."}
	}
	return &bounded{from: body, left: limit, limit: limit}, nil
}

// arriving gives the client a new deadline with every read, and takes it away
// at the end of the body: a deadline that passes later would cancel the
// request's context. After a fault it stays, because the server reads on to
// find the end of the request.
type arriving struct {
	body    io.Reader
	control *http.ResponseController
	stall   time.Duration
}

func (a *arriving) Read(p []byte) (int, error) {
	// Not every ResponseWriter has deadlines (tests' have none): then there is nothing to guard.
	_ = a.control.SetReadDeadline(time.Now().Add(a.stall))
	n, err := a.body.Read(p)
	if errors.Is(err, io.EOF) {
		_ = a.control.SetReadDeadline(time.Time{})
	}
	return n, err
}

// bounded stops after limit bytes and translates read errors.
type bounded struct {
	from        io.Reader
	left, limit int64
	failed      error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.failed != nil {
		return 0, b.failed
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than allowed, to see whether there is more
	}
	n, err := b.from.Read(p)
	b.left -= int64(n)
	switch {
	case b.left < 0:
		n, b.failed = n-1, tooLarge(b.limit)
	case errors.Is(err, io.EOF):
		b.failed = io.EOF
	case err != nil:
		b.failed = bodyFault(err, b.limit)
	}
	return n, b.failed
}

func tooLarge(limit int64) error {
	return &rumbo.Error{Code: rumbo.TooLarge, Op: "api.body", Detail: fmt.Sprintf("At most %d bytes are accepted here.", limit)}
}

func bodyFault(err error, limit int64) error {
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return tooLarge(limit)
	case errors.Is(err, os.ErrDeadlineExceeded):
		return badBody(rumbo.TruncatedPayload, "nothing came for too long", err)
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum):
		return badBody(rumbo.TruncatedPayload, "the gzip data is damaged", err)
	}
	return badBody(rumbo.TruncatedPayload, "the body broke off", err)
}

func badBody(code rumbo.Code, value string, cause error) error {
	return &rumbo.Error{Code: rumbo.Invalid, Op: "api.body", Fields: []rumbo.FieldError{{Pointer: "", Code: code, Value: value}}, Err: cause}
}
