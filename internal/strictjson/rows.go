package strictjson

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"iter"
	"strconv"

	"github.com/logistica-inteligente/rumbo"
)

// Row is one element of the rows of a payload, not yet decoded.
type Row struct {
	Index  int64  // from 0
	At     string // its pointer, as "/orders/3"
	Raw    []byte // valid until the next row is asked for
	Offset int64  // bytes before it
	Line   int    // lines before it
}

// Options for decoding the row, so that faults point into the whole payload.
func (r Row) Options() Options { return Options{At: r.At, Offset: r.Offset, Line: r.Line} }

// RowLimit is the longest row in bytes when RowsOptions.MaxRow is 0.
const RowLimit = 1 << 20

// RowsOptions say how rows are laid out.
type RowsOptions struct {
	// Wrapper is the key of the rows when they come inside an object, as in
	// {"orders": [...]}. A bare array is always understood.
	Wrapper string
	// OtherKeys lets other keys stand beside the rows; without it they are faults.
	OtherKeys bool
	// Lines means one value a line (NDJSON) instead of an array.
	Lines bool
	// MaxRow is the longest row in bytes.
	MaxRow int
}

// Rows yields the elements of a payload one by one, in memory that depends on
// the longest row alone. Only what separates rows is checked here; Decode reads
// the row itself. The error comes last: a *rumbo.Error with the faulty fields
// when the payload is at fault (text that is no JSON around the rows, a row too
// long, an end too early, an unknown key beside the rows), or what r returned.
func Rows(r io.Reader, o RowsOptions) iter.Seq2[Row, error] {
	if o.MaxRow <= 0 {
		o.MaxRow = RowLimit
	}
	return func(yield func(Row, error) bool) {
		s := &rowScanner{in: bufio.NewReaderSize(r, 64<<10), o: o, yield: yield}
		if err := s.document(); err != nil && !errors.Is(err, errEnough) {
			yield(Row{}, err)
		}
	}
}

// errEnough says that the caller wants no more rows.
var errEnough = errors.New("enough")

// rowScanner cuts a stream into rows.
type rowScanner struct {
	in    *bufio.Reader
	o     RowsOptions
	yield func(Row, error) bool
	pos   int64 // bytes taken
	line  int   // lines before the position
	index int64
	buf   []byte
}

func (s *rowScanner) document() error {
	if mark, _ := s.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = s.in.Discard(3)
		s.pos = 3
	}
	c, err := s.peekPastSpace()
	if err == io.EOF {
		return rowFault("", rumbo.EmptyPayload, nil)
	}
	if err != nil {
		return err
	}
	switch {
	case s.o.Lines:
		return s.lines()
	case c == '[':
		err = s.array("")
	case c == '{' && s.o.Wrapper != "":
		err = s.wrapper()
	default:
		return rowFault("", rumbo.WrongType, s.here("something else"), "an array of rows")
	}
	if err != nil {
		return err
	}
	if _, err := s.peekPastSpace(); err != io.EOF {
		if err != nil {
			return err
		}
		return rowFault("", rumbo.BadJSON, s.here("something follows the value"))
	}
	return nil
}

// array yields the elements of an array that begins here.
func (s *rowScanner) array(at string) error {
	s.take()
	c, err := s.need(at, "an array")
	if err != nil {
		return err
	}
	if c == ']' {
		s.take()
		return nil
	}
	for {
		if err := s.row(at); err != nil {
			return err
		}
		c, err := s.need(at, "an array")
		switch {
		case err != nil:
			return err
		case c == ']':
			s.take()
			return nil
		case c != ',':
			return rowFault(at, rumbo.BadJSON, s.here("a comma or closing bracket is missing"))
		}
		s.take()
		if _, err := s.need(at, "an array"); err != nil {
			return err
		}
	}
}

// wrapper reads the object around the rows: one key, the expected one.
func (s *rowScanner) wrapper() error {
	s.take()
	var others []rumbo.FieldError
	found := false
	for first := true; ; first = false {
		c, err := s.need("", "an object")
		if err != nil {
			return err
		}
		if c == '}' && first {
			break
		}
		key, err := s.key(c)
		if err != nil {
			return err
		}
		fault, err := s.beside(key, found)
		if err != nil {
			return err
		}
		if fault != nil {
			others = append(others, *fault)
		}
		found = found || key == s.o.Wrapper
		c, err = s.need("", "an object")
		if err != nil {
			return err
		}
		if c != '}' && c != ',' {
			return rowFault("", rumbo.BadJSON, s.here("a comma or closing brace is missing"))
		}
		if c == '}' {
			break
		}
		s.take()
	}
	s.take()
	if !found {
		others = append(others, rumbo.FieldError{Pointer: "/" + s.o.Wrapper, Code: rumbo.MissingField})
	}
	return rumbo.InvalidFields("strictjson.Rows", others)
}

// beside reads what stands under one key of the wrapper: the rows, or what is
// no row and is passed over.
func (s *rowScanner) beside(key string, found bool) (*rumbo.FieldError, error) {
	at := "/" + escapePointer(key)
	c, err := s.need(at, "an object")
	if err != nil {
		return nil, err
	}
	fault := &rumbo.FieldError{Pointer: at, Code: rumbo.UnknownField, Value: shorten([]byte(key)), Suggestion: s.o.Wrapper}
	switch {
	case key == s.o.Wrapper && found:
		fault = &rumbo.FieldError{Pointer: at, Code: rumbo.DuplicateField}
	case key == s.o.Wrapper && c == '[':
		return nil, s.array(at)
	case key == s.o.Wrapper:
		fault = &rumbo.FieldError{Pointer: at, Code: rumbo.WrongType, Value: s.here("something else"), Limit: "an array"}
	case s.o.OtherKeys:
		fault = nil
	}
	return fault, s.capture(at)
}

// key takes a key and its colon.
func (s *rowScanner) key(c byte) (string, error) {
	if c != '"' {
		return "", rowFault("", rumbo.BadJSON, s.here("a key in quotes is missing"))
	}
	if err := s.capture(""); err != nil {
		return "", err
	}
	var key string
	if faults := Decode(s.buf, &key, Options{Offset: s.pos - int64(len(s.buf)), Line: s.line}); faults != nil {
		return "", rumbo.InvalidFields("strictjson.Rows", faults)
	}
	if c, err := s.need("", "an object"); err != nil {
		return "", err
	} else if c != ':' {
		return "", rowFault("", rumbo.BadJSON, s.here("a colon is missing"))
	}
	s.take()
	return key, nil
}

// row captures the next element and yields it.
func (s *rowScanner) row(at string) error {
	row := Row{Index: s.index, At: at + "/" + strconv.FormatInt(s.index, 10), Offset: s.pos, Line: s.line}
	if err := s.capture(row.At); err != nil {
		return err
	}
	s.index++
	row.Raw = s.buf
	if !s.yield(row, nil) {
		return errEnough
	}
	return nil
}

// lines yields one row a line, without empty lines.
func (s *rowScanner) lines() error {
	for {
		row := Row{Index: s.index, Offset: s.pos, Line: s.line}
		line, err := s.nextLine()
		if err != nil && err != io.EOF {
			return err
		}
		if len(bytes.TrimLeft(line, " \t\r")) > 0 {
			row.At, row.Raw = "/"+strconv.FormatInt(s.index, 10), line
			s.index++
			if !s.yield(row, nil) {
				return errEnough
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// nextLine is the next line without its end; io.EOF comes with the last one.
func (s *rowScanner) nextLine() ([]byte, error) {
	s.buf = s.buf[:0]
	for {
		piece, err := s.in.ReadSlice('\n')
		s.pos += int64(len(piece))
		if err == nil {
			piece = piece[:len(piece)-1]
			s.line++
		}
		if len(s.buf)+len(piece) > s.o.MaxRow {
			return nil, rowFault("/"+strconv.FormatInt(s.index, 10), rumbo.TooLong, s.o.MaxRow+1, s.o.MaxRow)
		}
		if err == bufio.ErrBufferFull {
			s.buf = append(s.buf, piece...)
			continue
		}
		if len(s.buf) > 0 {
			s.buf = append(s.buf, piece...)
			piece = s.buf
		}
		return piece, err
	}
}

func rowFault(at string, code rumbo.Code, value any, limit ...any) error {
	f := rumbo.FieldError{Pointer: at, Code: code, Value: value}
	if len(limit) > 0 {
		f.Limit = limit[0]
	}
	return rumbo.InvalidFields("strictjson.Rows", []rumbo.FieldError{f})
}
