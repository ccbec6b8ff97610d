package ingest

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/logistica-inteligente/rumbo"
)

// maxWindow is the most memory, in bytes, that undoing zstd may ask for.
const maxWindow = 64 << 20

// open undoes gzip and zstd, which are told by their first bytes, refuses files
// of other kinds by theirs, and ends with an error after more than most bytes.
func open(body io.Reader, format string, most int64) (io.Reader, error) {
	s := &source{body: body, left: most, most: most}
	in := bufio.NewReaderSize(bodyReader{s}, 64<<10)
	s.plain = in
	head, err := in.Peek(6)
	if err != nil && err != io.EOF {
		return nil, s.fault(err)
	}
	switch {
	case bytes.HasPrefix(head, []byte("\x1f\x8b")):
		if s.plain, err = gzip.NewReader(in); err != nil {
			return nil, s.fault(err)
		}
	case bytes.HasPrefix(head, []byte("\x28\xb5\x2f\xfd")):
		// With one worker the decoder runs in Read and there is nothing to close.
		if s.plain, err = zstd.NewReader(in, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow)); err != nil {
			return nil, s.fault(err)
		}
	}
	out := bufio.NewReaderSize(s, 64<<10)
	head, err = out.Peek(6)
	if err != nil && err != io.EOF {
		return nil, err
	}
	if what := otherKind(head, format); what != "" {
		return nil, &rumbo.Error{Code: rumbo.UnsupportedMedia, Op: "ingest.Receive",
			Detail: "the payload is " + what, Hint: "send what the format says, plain or compressed with gzip or zstd"}
	}
	return out, nil
}

// kinds are the first bytes of files that are taken for others by mistake.
var kinds = []struct{ magic, what, format string }{
	{"PAR1", "a Parquet file", rumbo.FormatParquet},
	{"PK\x03\x04", "a ZIP archive or a spreadsheet (XLSX)", ""},
	{"\xd0\xcf\x11\xe0", "an old spreadsheet (XLS)", ""},
	{"%PDF", "a PDF document", ""},
	{"BZh", "compressed with bzip2", ""},
	{"\xfd7zXZ", "compressed with xz", ""},
	{"\x1f\x8b", "compressed twice", ""},
	{"\x28\xb5\x2f\xfd", "compressed twice", ""},
}

// otherKind names a kind of file that is known by its first bytes and is not of
// the format that was declared.
func otherKind(head []byte, format string) string {
	for _, k := range kinds {
		if bytes.HasPrefix(head, []byte(k.magic)) && k.format != format {
			return k.what
		}
	}
	return ""
}

// source is the payload as it counts: decompressed, with its limit.
type source struct {
	body    io.Reader // as it arrives
	broken  error     // what body's Read returned but for io.EOF
	plain   io.Reader // decompressed
	left    int64
	most    int64
	tooMuch bool
}

// bodyReader reads a source's body and remembers how it broke.
type bodyReader struct{ *source }

// Read implements io.Reader.
func (b bodyReader) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	if err != nil && err != io.EOF {
		b.broken = err
	}
	return n, err
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	if s.tooMuch {
		return 0, s.tooLarge()
	}
	n, err := s.plain.Read(p)
	if s.left -= int64(n); s.left < 0 {
		s.tooMuch = true
		return 0, s.tooLarge()
	}
	if err != nil && err != io.EOF {
		err = s.fault(err)
	}
	return n, err
}

func (s *source) tooLarge() error {
	return rumbo.Fault(rumbo.TooLarge, "ingest.Receive", fmt.Sprintf("the payload has more than %d bytes, decompressed", s.most), nil)
}

// fault gives an error of reading its code: the body's own error when it broke
// (one that has a code keeps it), otherwise what it held is damaged.
func (s *source) fault(err error) error {
	var known *rumbo.Error
	switch {
	case errors.As(s.broken, &known):
		return known
	case s.broken != nil && !errors.Is(s.broken, io.ErrUnexpectedEOF):
		return rumbo.Fault(rumbo.Unavailable, "ingest.Receive", "the body could not be read", s.broken)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return rumbo.InvalidFields("ingest.Receive", []rumbo.FieldError{{Code: rumbo.TruncatedPayload, Value: "the last bytes are missing"}})
	}
	return rumbo.Fault(rumbo.Invalid, "ingest.Receive", "the compressed data is damaged: "+err.Error(), err)
}
