package ingest

import (
	"context"
	"errors"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
	"github.com/logistica-inteligente/rumbo/internal/tabular/parquetfile"
)

// inspection passes a payload on to whoever reads it and shows the same bytes
// to an inspector, which runs in its own goroutine. Where the payload ends it
// waits for the inspector's word and ends with an error when there are faults,
// so that a put of the payload fails and keeps nothing.
type inspection struct {
	src  io.Reader
	show *io.PipeWriter
	done chan struct{}
	// Written by the inspector before done is closed.
	schema string
	faults []rumbo.FieldError
}

// startInspection starts the inspector; finish must be called.
func startInspection(src io.Reader, inspect func(io.Reader) (schema string, faults []rumbo.FieldError)) *inspection {
	r, w := io.Pipe()
	in := &inspection{src: src, show: w, done: make(chan struct{})}
	go func() {
		defer close(in.done)
		in.schema, in.faults = inspect(r)
		_, _ = io.Copy(io.Discard, r) // an inspector may stop early
	}()
	return in
}

// Read implements io.Reader.
func (in *inspection) Read(p []byte) (int, error) {
	n, err := in.src.Read(p)
	if n > 0 {
		if _, err := in.show.Write(p[:n]); err != nil {
			return 0, err
		}
	}
	switch {
	case err == io.EOF:
		in.finish()
		if err := rumbo.InvalidFields("ingest.Receive", in.faults); err != nil {
			return n, err
		}
	case err != nil:
		in.show.CloseWithError(err)
	}
	return n, err
}

// finish ends the inspection and returns the schema that was met.
func (in *inspection) finish() string {
	in.show.Close()
	<-in.done
	return in.schema
}

// inspect reads a whole payload and reports its schema and faults.
func (rc *Receiver) inspect(b rumbo.Batch, r io.Reader) (string, []rumbo.FieldError) {
	switch {
	case b.Format == rumbo.FormatCSV:
		return inspectCSV(b, r)
	case !whole(b.Kind) || rc.Check == nil:
		return tabular.Rumbo, inspectRows(b, r)
	}
	return tabular.Rumbo, rc.Check(b, r)
}

// inspectRows checks that a payload holds rows, at least one, and does not end
// in the middle of one.
func inspectRows(b rumbo.Batch, r io.Reader) []rumbo.FieldError {
	rows := 0
	var last strictjson.Row
	var raw []byte // of the last row, which the next one overwrites
	for row, err := range strictjson.Rows(r, strictjson.RowsOptions{Wrapper: b.Kind, Lines: b.Format == rumbo.FormatNDJSON}) {
		var e *rumbo.Error
		if errors.As(err, &e) {
			return e.Fields
		}
		if err != nil {
			return nil // the body broke off; whoever reads it says so
		}
		rows++
		last, raw = row, append(raw[:0], row.Raw...)
	}
	if rows == 0 {
		return []rumbo.FieldError{{Code: rumbo.EmptyPayload}}
	}
	var any any
	for _, f := range strictjson.Decode(raw, &any, last.Options()) {
		if f.Code == rumbo.TruncatedPayload && b.Format == rumbo.FormatNDJSON {
			return []rumbo.FieldError{f}
		}
	}
	return nil
}

// inspectCSV checks encoding, columns and the end of a CSV file.
func inspectCSV(b rumbo.Batch, r io.Reader) (string, []rumbo.FieldError) {
	text := &utf8Reader{r: r, bad: -1}
	records := tabular.NewReader(text)
	first, err := records.Next()
	if err != nil {
		return "", append(text.faults(), rumbo.FieldError{Code: rumbo.EmptyPayload})
	}
	if text.bad >= 0 && text.bad < int64(len(first.Raw))+3 {
		return "", text.faults() // other columns would only be said about noise
	}
	match, faults := tabular.MatchHeader(header(first), candidates(b.Schema))
	blank := len(strings.TrimSpace(string(first.Raw))) == 0 // its bytes are gone after the next record
	rows := 0
	cut := "" // a last row without its line end, and too short
	for {
		rec, err := records.Next()
		if err != nil {
			break
		}
		if rows++; rows == 1 {
			faults = append(faults, zoneFault(b, match, rec)...)
		}
		if !rec.Ended && (rec.Fault != "" || len(rec.Fields) < match.Width) {
			cut = string(rec.Raw)
		}
	}
	switch {
	case rows == 0 && blank:
		faults = []rumbo.FieldError{{Code: rumbo.EmptyPayload}}
	case rows == 0:
		faults = append(faults, rumbo.FieldError{Code: rumbo.EmptyPayload})
	case cut != "":
		faults = append(faults, rumbo.FieldError{Code: rumbo.TruncatedPayload, Value: "the last row is cut off: " + cut})
	}
	return match.Schema.Name, append(text.faults(), faults...)
}

func header(rec tabular.Record) []string {
	names := make([]string, len(rec.Fields))
	for i, f := range rec.Fields {
		names[i] = string(f)
	}
	if rec.Fault != "" {
		names = []string{string(rec.Raw)}
	}
	return names
}

// inspectParquet checks the columns of a Parquet file in its blob and whether it
// has rows.
func (rc *Receiver) inspectParquet(ctx context.Context, b rumbo.Batch) (schema string, err error) {
	r, err := rc.Blobs.Open(ctx, b.BlobKey)
	if err != nil {
		return "", err
	}
	defer r.Close()
	records, err := parquetfile.Open(r, b.Bytes)
	if err != nil {
		return "", err
	}
	match, faults := tabular.MatchHeader(records.Header(), candidates(b.Schema))
	switch first, err := records.Next(); {
	case err == io.EOF:
		faults = append(faults, rumbo.FieldError{Code: rumbo.EmptyPayload})
	case err != nil:
		return "", err
	default:
		faults = append(faults, zoneFault(b, match, first)...)
	}
	return match.Schema.Name, rumbo.InvalidFields("ingest.Receive", faults)
}

// zoneFault says that times are local and nobody declared where; the first row
// stands for all. Files of the taxi commission are in New York's time.
func zoneFault(b rumbo.Batch, m *tabular.Match, rec tabular.Record) []rumbo.FieldError {
	i := m.At(tabular.ColPickup)
	if b.TimeZone != "" || m.Schema.Name != tabular.Rumbo || i < 0 || i >= len(rec.Fields) {
		return nil
	}
	text := strings.TrimSpace(string(rec.Fields[i]))
	if len(text) < len("2006-01-02 15:04") || strings.ContainsAny(text[10:], "Zz+-") {
		return nil
	}
	return []rumbo.FieldError{{Pointer: "time_zone", Code: rumbo.MissingField, Value: text,
		Limit: "an IANA time zone for local times, or times with their offset"}}
}

// utf8Reader passes text on and remembers the first byte that is not UTF-8.
type utf8Reader struct {
	r    io.Reader
	pos  int64
	bad  int64 // -1 while there is none
	tail []byte
}

// Read implements io.Reader.
func (u *utf8Reader) Read(p []byte) (int, error) {
	n, err := u.r.Read(p)
	if u.bad < 0 {
		u.check(p[:n], err == io.EOF)
	}
	return n, err
}

// check looks at the next bytes; a rune may be cut by their end.
func (u *utf8Reader) check(p []byte, last bool) {
	text := append(u.tail, p...)
	start := u.pos - int64(len(u.tail))
	u.pos += int64(len(p))
	i := 0
	for i < len(text) {
		if text[i] < utf8.RuneSelf {
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		if r == utf8.RuneError && size == 1 {
			if !last && !utf8.FullRune(text[i:]) {
				break
			}
			u.bad = start + int64(i)
			return
		}
		i += size
	}
	u.tail = append(text[:0], text[i:]...)
}

func (u *utf8Reader) faults() []rumbo.FieldError {
	if u.bad < 0 {
		return nil
	}
	return []rumbo.FieldError{{Code: rumbo.NotUTF8, Value: u.bad}}
}
