package ingest

import (
	"bufio"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/logistica-inteligente/rumbo"
)

// open undoes gzip, which is told by its first bytes, refuses files of other
// kinds by theirs, and ends with an error after more than most bytes.
func open(body io.Reader, most int64) (io.Reader, error) {
	in := bufio.NewReaderSize(body, 64<<10)
	head, err := in.Peek(6)
	if err != nil && err != io.EOF {
		return nil, readFault(err)
	}
	if what := otherKind(head); what != "" {
		return nil, &rumbo.Error{Code: rumbo.UnsupportedMedia, Op: "ingest.Receive",
			Detail: "the payload is " + what, Hint: "send CSV or JSON, plain or compressed with gzip"}
	}
	var r io.Reader = in
	if bytes.HasPrefix(head, []byte{0x1f, 0x8b}) {
		if r, err = gzip.NewReader(in); err != nil {
			return nil, readFault(err)
		}
	}
	return &source{r: r, left: most, most: most}, nil
}

// otherKind names a kind of file that is known by its first bytes and not taken.
func otherKind(head []byte) string {
	for magic, what := range map[string]string{
		"PK\x03\x04": "a ZIP archive or a spreadsheet (XLSX)", "PAR1": "a Parquet file", "%PDF": "a PDF document",
		"\xd0\xcf\x11\xe0": "an old spreadsheet (XLS)", "\x28\xb5\x2f\xfd": "compressed with zstd", "BZh": "compressed with bzip2",
		"\xfd7zXZ": "compressed with xz",
	} {
		if bytes.HasPrefix(head, []byte(magic)) {
			return what
		}
	}
	return ""
}

// source is the payload as it counts, with its limit.
type source struct {
	r    io.Reader
	left int64
	most int64
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if s.left -= int64(n); s.left < 0 {
		return 0, rumbo.Fault(rumbo.TooLarge, "ingest.Receive", fmt.Sprintf("the payload has more than %d bytes, decompressed", s.most), nil)
	}
	if err != nil && err != io.EOF {
		err = readFault(err)
	}
	return n, err
}

// readFault gives an error of the body its code; one that has a code keeps it.
func readFault(err error) error {
	var known *rumbo.Error
	var corrupt flate.CorruptInputError
	switch {
	case errors.As(err, &known):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF):
		return rumbo.InvalidFields("ingest.Receive", []rumbo.FieldError{{Code: rumbo.TruncatedPayload, Value: "the last bytes are missing"}})
	case errors.Is(err, gzip.ErrHeader), errors.Is(err, gzip.ErrChecksum), errors.As(err, &corrupt):
		return rumbo.Fault(rumbo.Invalid, "ingest.Receive", "the gzip stream is damaged: "+err.Error(), err)
	}
	return rumbo.Fault(rumbo.Unavailable, "ingest.Receive", "the body could not be read", err)
}
