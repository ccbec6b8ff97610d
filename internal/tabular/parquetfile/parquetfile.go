// Package parquetfile reads Parquet files of flat columns as the records that a
// CSV file of the same data would have, so that everything behind it is the same
// for both.
//
// Shared piece, beside internal/tabular: stage 1 (ingest) looks at the columns,
// stage 2 (etl) reads the rows.
//
// The row index that pandas leaves in its files (__index_level_0__) is passed over.
//
// Values are written as CSV writes them: whole numbers and decimals in their
// shortest form, timestamps without a zone as "2006-01-02 15:04:05", timestamps
// in UTC as RFC 3339, null as nothing. A record's Raw is that row as CSV.
//
// The decoder is github.com/parquet-go/parquet-go. It may panic on a crafted file;
// it does so in the caller's goroutine, and a panic is returned as an error.
// Memory depends on the pages of one row group, not on the file. A Reader belongs
// to one goroutine.
package parquetfile

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// Limits that a file of trips never comes near.
const (
	maxColumns = 1000
	maxFooter  = 64 << 20
)

// Reader reads the rows of a file as records.
type Reader struct {
	header []string
	write  []func(dst []byte, v parquet.Value) []byte // by column; nil for one passed over
	groups []parquet.RowGroup
	rows   parquet.Rows // of the present group
	buf    [64]parquet.Row
	have   []parquet.Row // of buf, not yet given out
	fields [][]byte
	raw    []byte
	quoted []byte // texts, as they are without quotes
	spans  []span // of the fields
}

// Open reads the footer of a file of the given size in bytes. Faults are
// *rumbo.Error with code Invalid.
func Open(r io.ReaderAt, size int64) (reader *Reader, err error) {
	defer guard(&err)
	if err := checkEnds(r, size); err != nil {
		return nil, err
	}
	file, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true))
	if err != nil {
		return nil, damaged(err)
	}
	out := &Reader{groups: file.RowGroups()}
	columns := file.Root().Columns()
	if len(columns) > maxColumns {
		return nil, fault(rumbo.TooMany, len(columns), maxColumns)
	}
	for _, c := range columns {
		if !c.Leaf() || c.Repeated() {
			return nil, fault(rumbo.WrongType, "column "+c.Name(), "a plain column, not a list or a group")
		}
		if strings.HasPrefix(c.Name(), "__index_level_") {
			out.write = append(out.write, nil)
			continue
		}
		out.header = append(out.header, c.Name())
		out.write = append(out.write, writer(c))
	}
	return out, nil
}

// checkEnds looks at the marks at both ends and at the footer's size, which the
// decoder would take at its word.
func checkEnds(r io.ReaderAt, size int64) error {
	var head [4]byte
	var tail [8]byte
	if size < int64(len(head)+len(tail)) {
		return fault(rumbo.TruncatedPayload, fmt.Sprintf("%d bytes are no Parquet file", size), nil)
	}
	if _, err := r.ReadAt(head[:], 0); err != nil {
		return rumbo.Fault(rumbo.Unavailable, "parquetfile.Open", "", err)
	}
	if _, err := r.ReadAt(tail[:], size-int64(len(tail))); err != nil && err != io.EOF {
		return rumbo.Fault(rumbo.Unavailable, "parquetfile.Open", "", err)
	}
	footer := int64(binary.LittleEndian.Uint32(tail[:4]))
	switch {
	case string(head[:]) != "PAR1":
		return fault(rumbo.WrongType, "the payload", "a Parquet file")
	case string(tail[4:]) != "PAR1":
		return fault(rumbo.TruncatedPayload, "the footer of the Parquet file is missing", nil)
	case footer > size-12 || footer > maxFooter:
		return fault(rumbo.TruncatedPayload, fmt.Sprintf("a footer of %d bytes", footer), nil)
	}
	return nil
}

// Header are the names of the columns.
func (r *Reader) Header() []string { return r.header }

// Next reads one record; its bytes are valid until the next call. The error is
// io.EOF at the end.
func (r *Reader) Next() (rec tabular.Record, err error) {
	defer guard(&err)
	for len(r.have) == 0 {
		if r.rows == nil {
			if len(r.groups) == 0 {
				return rec, io.EOF
			}
			r.rows, r.groups = r.groups[0].Rows(), r.groups[1:]
		}
		if err := r.more(); err != nil {
			return rec, err
		}
	}
	row := r.have[0]
	r.have = r.have[1:]
	if len(row) != len(r.write) {
		return rec, damaged(fmt.Errorf("a row of %d values in a file of %d columns", len(row), len(r.write)))
	}
	return r.record(row), nil
}

// more reads the next rows of the present group, none at its end.
func (r *Reader) more() error {
	n, err := r.rows.ReadRows(r.buf[:])
	r.have = r.buf[:n]
	switch {
	case err == io.EOF:
		err = r.rows.Close()
		r.rows = nil
	case err == nil && n == 0:
		err = io.ErrNoProgress // a crafted file keeps the decoder here for ever
	}
	if err != nil {
		return damaged(err)
	}
	return nil
}

// record writes a row as CSV does. What needs no quotes is written once, for the record and
// its field.
func (r *Reader) record(row parquet.Row) tabular.Record {
	r.raw, r.quoted, r.fields, r.spans = r.raw[:0], r.quoted[:0], r.fields[:0], r.spans[:0]
	for i, v := range row {
		write := r.write[i]
		if write == nil {
			continue
		}
		if len(r.spans) > 0 {
			r.raw = append(r.raw, ',')
		}
		at := span{from: len(r.raw)}
		switch kind := v.Kind(); {
		case v.IsNull():
		case kind == parquet.ByteArray || kind == parquet.FixedLenByteArray:
			at.quoted, r.quoted = len(r.quoted), write(r.quoted, v)
			if text := r.quoted[at.quoted:]; needsQuotes(text) {
				r.raw = appendQuoted(r.raw, text)
				at.from, at.to = -1, len(r.quoted)
			} else {
				r.raw = append(r.raw, text...)
			}
		default:
			r.raw = write(r.raw, v)
		}
		if at.from >= 0 {
			at.to = len(r.raw)
		}
		r.spans = append(r.spans, at)
	}
	for _, at := range r.spans { // only now: text moves while it grows
		if at.from < 0 {
			r.fields = append(r.fields, r.quoted[at.quoted:at.to])
		} else {
			r.fields = append(r.fields, r.raw[at.from:at.to])
		}
	}
	return tabular.Record{Raw: r.raw, Fields: r.fields, Ended: true}
}

// span is where the text of a field stands: in the record, or by itself from quoted on when
// it has quotes there.
type span struct{ from, to, quoted int }

// HeaderLine is a header as CSV writes it: with it, a record's Raw can be read again.
func HeaderLine(names []string) string {
	var line []byte
	for i, name := range names {
		if i > 0 {
			line = append(line, ',')
		}
		line = appendQuoted(line, []byte(name))
	}
	return string(line)
}

func needsQuotes(field []byte) bool { return bytes.ContainsAny(field, ",\"\r\n") }

func appendQuoted(dst, field []byte) []byte {
	if !needsQuotes(field) {
		return append(dst, field...)
	}
	dst = append(dst, '"')
	dst = append(dst, bytes.ReplaceAll(field, []byte(`"`), []byte(`""`))...)
	return append(dst, '"')
}

// writer is how the values of a column are written.
func writer(c *parquet.Column) func([]byte, parquet.Value) []byte {
	if unit, utc, ok := timestamp(c.Type()); ok {
		return func(dst []byte, v parquet.Value) []byte {
			n, second := v.Int64(), int64(time.Second/unit)
			t := time.Unix(n/second, n%second*int64(unit)).UTC()
			switch {
			case utc:
				return t.AppendFormat(dst, time.RFC3339Nano)
			case t.Nanosecond() == 0:
				return tabular.AppendDateTime(dst, t)
			}
			return t.AppendFormat(dst, "2006-01-02 15:04:05.999999999")
		}
	}
	switch c.Type().Kind() {
	case parquet.Int32, parquet.Int64:
		return func(dst []byte, v parquet.Value) []byte { return strconv.AppendInt(dst, v.Int64(), 10) }
	case parquet.Float:
		return func(dst []byte, v parquet.Value) []byte {
			return strconv.AppendFloat(dst, float64(v.Float()), 'g', -1, 32)
		}
	case parquet.Double:
		return func(dst []byte, v parquet.Value) []byte { return strconv.AppendFloat(dst, v.Double(), 'g', -1, 64) }
	case parquet.ByteArray, parquet.FixedLenByteArray:
		return func(dst []byte, v parquet.Value) []byte { return append(dst, v.ByteArray()...) }
	}
	return func(dst []byte, v parquet.Value) []byte { return append(dst, v.String()...) }
}

// timestamp says in which unit a column counts time, and whether in UTC.
func timestamp(t parquet.Type) (unit time.Duration, utc, ok bool) {
	if l := t.LogicalType(); l != nil {
		if stamp, is := l.Value.(*format.TimestampType); is {
			return unitOf(stamp), stamp.IsAdjustedToUTC, true
		}
	}
	return 0, false, false
}

func unitOf(stamp *format.TimestampType) time.Duration {
	switch stamp.Unit.Value.(type) {
	case *format.MilliSeconds:
		return time.Millisecond
	case *format.MicroSeconds:
		return time.Microsecond
	}
	return time.Nanosecond
}

// guard turns a panic of the decoder into an error.
func guard(err *error) {
	if p := recover(); p != nil {
		*err = damaged(fmt.Errorf("%v", p))
	}
}

func damaged(err error) error {
	return rumbo.InvalidFields("parquetfile", []rumbo.FieldError{{Code: rumbo.TruncatedPayload, Value: "the Parquet file is damaged: " + err.Error()}})
}

func fault(code rumbo.Code, value, limit any) error {
	return rumbo.InvalidFields("parquetfile", []rumbo.FieldError{{Code: code, Value: value, Limit: limit}})
}
