package tabular

import (
	"bytes"
	"fmt"
	"io"
)

// MaxRecord is the longest record in bytes; what is longer is cut and at fault.
const MaxRecord = 64 << 10

// Record is one row of a CSV file. Its bytes are valid until the next one is
// read.
type Record struct {
	Raw    []byte
	Fields [][]byte // unquoted; nil when Fault is set
	Fault  string   // why it could not be read, "" when it could
	Offset int64    // bytes before it
	Ended  bool     // a line end followed it; false for a last line without one
}

// Records is a source of records: a CSV file, or one that reads like it.
type Records interface {
	// Next reads one record; its bytes are valid until the next call. io.EOF at
	// the end.
	Next() (Record, error)
}

// Reader reads CSV records.
type Reader struct {
	in     io.Reader
	comma  byte
	buf    []byte // buf[start:end] is read and not yet given out
	start  int
	end    int
	offset int64 // of buf[start]
	err    error // of in, io.EOF included
	fields [][]byte
	plain  []byte // unquoted text of the present record
}

// NewReader reads from r, past a byte order mark. The separator is told from
// the first line: the most frequent of comma, semicolon and tab outside quotes.
func NewReader(r io.Reader) *Reader {
	c := &Reader{in: r, buf: make([]byte, 2*MaxRecord), comma: ','}
	c.fill()
	if bytes.HasPrefix(c.buf[:c.end], []byte("\xef\xbb\xbf")) {
		c.start, c.offset = 3, 3
	}
	c.comma = separator(c.buf[c.start:c.end])
	return c
}

func separator(text []byte) byte {
	line, _, _ := bytes.Cut(text, []byte("\n"))
	best, most := byte(','), 0
	for _, c := range []byte(",;\t") {
		count, quoted := 0, false
		for _, b := range line {
			quoted = quoted != (b == '"')
			if b == c && !quoted {
				count++
			}
		}
		if count > most {
			best, most = c, count
		}
	}
	return best
}

// fill reads until the buffer is full or the source ends, so that at least
// MaxRecord bytes are at hand unless the source has fewer.
func (c *Reader) fill() {
	if c.start > 0 {
		copy(c.buf, c.buf[c.start:c.end])
		c.end -= c.start
		c.start = 0
	}
	for idle := 0; c.err == nil && c.end < len(c.buf); {
		var n int
		n, c.err = c.in.Read(c.buf[c.end:])
		if c.end += n; n > 0 {
			idle = 0
		} else if idle++; c.err == nil && idle == 100 {
			c.err = io.ErrNoProgress
		}
	}
}

// Next reads one record; empty lines are passed over. The error is io.EOF at
// the end, or the source's own. O(length of the record).
func (c *Reader) Next() (Record, error) {
	for {
		if c.end-c.start <= MaxRecord && c.err == nil {
			c.fill()
		}
		if c.start == c.end {
			return Record{}, c.err
		}
		if skipped := c.lineEnd(c.start); skipped > 0 {
			c.advance(skipped)
			continue
		}
		if c.err != nil && c.err != io.EOF && bytes.IndexByte(c.buf[c.start:c.end], '\n') < 0 {
			return Record{}, c.err // the line may go on where the source broke
		}
		return c.record(), nil
	}
}

// lineEnd is the length of the line end at i, 0 when there is none.
func (c *Reader) lineEnd(i int) int {
	switch {
	case i < c.end && c.buf[i] == '\n':
		return 1
	case i+1 < c.end && c.buf[i] == '\r' && c.buf[i+1] == '\n':
		return 2
	case i+1 == c.end && c.buf[i] == '\r' && c.err == io.EOF:
		return 1
	}
	return 0
}

func (c *Reader) advance(n int) {
	c.start += n
	c.offset += int64(n)
}

// record cuts the next record into fields.
func (c *Reader) record() Record {
	rec := Record{Offset: c.offset}
	c.fields, c.plain = c.fields[:0], c.plain[:0]
	limit := min(c.end, c.start+MaxRecord)
	i := c.start
	for {
		field, next, fault := c.field(i, limit)
		if fault != "" {
			return c.faulty(rec, fault)
		}
		c.fields = append(c.fields, field)
		if next < limit && c.buf[next] == c.comma {
			i = next + 1
			continue
		}
		if next == limit && limit < c.end {
			return c.faulty(rec, fmt.Sprintf("the row is longer than %d bytes", MaxRecord))
		}
		rec.Raw, rec.Fields = c.buf[c.start:next], c.fields
		ending := c.lineEnd(next)
		rec.Ended = ending > 0
		c.advance(next - c.start + ending)
		return rec
	}
}

// faulty gives out the first line of a record that cannot be read, or as much
// of it as a record may have, and goes on after it.
func (c *Reader) faulty(rec Record, fault string) Record {
	text := c.buf[c.start:min(c.end, c.start+MaxRecord)]
	length := len(text)
	if i := bytes.IndexByte(text, '\n'); i >= 0 {
		length, rec.Ended = i+1, true
	}
	rec.Raw = bytes.TrimRight(text[:length], "\r\n")
	rec.Fault = fault
	c.advance(length)
	return rec
}

// field takes the field that begins at i and says where it ended: at a
// separator, a line end or the limit.
func (c *Reader) field(i, limit int) (field []byte, next int, fault string) {
	if i < limit && c.buf[i] == '"' {
		return c.quoted(i+1, limit)
	}
	for next = i; next < limit && c.buf[next] != c.comma && c.buf[next] != '\n'; next++ {
	}
	stop := next
	if next > i && (next == c.end || c.buf[next] == '\n') && c.buf[next-1] == '\r' {
		stop-- // the line end is \r\n
	}
	return c.buf[i:stop], stop, ""
}

// quoted takes the rest of a field after its opening quote.
func (c *Reader) quoted(i, limit int) (field []byte, next int, fault string) {
	begin := len(c.plain)
	for ; i < limit; i++ {
		if c.buf[i] != '"' {
			c.plain = append(c.plain, c.buf[i])
			continue
		}
		if i+1 < limit && c.buf[i+1] == '"' {
			c.plain = append(c.plain, '"')
			i++
			continue
		}
		if next = i + 1; next < limit && c.buf[next] != c.comma && c.lineEnd(next) == 0 {
			return nil, 0, "text follows a closing quote"
		}
		return c.plain[begin:len(c.plain):len(c.plain)], next, ""
	}
	return nil, 0, "a quote is not closed"
}
