package strictjson

import (
	"fmt"
	"io"

	"github.com/logistica-inteligente/rumbo"
)

// take passes over the byte that was peeked at.
func (s *rowScanner) take() byte {
	c, err := s.in.ReadByte()
	if err != nil {
		return 0
	}
	s.pos++
	if c == '\n' {
		s.line++
	}
	return c
}

// peek looks at the next byte.
func (s *rowScanner) peek() (byte, error) {
	b, err := s.in.Peek(1)
	if len(b) == 1 {
		return b[0], nil
	}
	return 0, err
}

// peekPastSpace looks at the next byte that is no white space.
func (s *rowScanner) peekPastSpace() (byte, error) {
	for {
		c, err := s.peek()
		if err != nil {
			return 0, err
		}
		if c != ' ' && c != '\t' && c != '\n' && c != '\r' {
			return c, nil
		}
		s.take()
	}
}

// need is peekPastSpace where the payload must not end.
func (s *rowScanner) need(at, inside string) (byte, error) {
	c, err := s.peekPastSpace()
	if err == io.EOF {
		return 0, s.truncated(at, inside)
	}
	return c, err
}

func (s *rowScanner) truncated(at, inside string) error {
	return rowFault(at, rumbo.TruncatedPayload, s.here("it ends inside "+inside))
}

// here names the position for people.
func (s *rowScanner) here(what string) string {
	return fmt.Sprintf("%s at line %d (byte %d)", what, s.line+1, s.pos)
}

// capture takes one value into buf by its brackets and quotes alone. Brackets
// that do not match end the reading: what follows could not be told apart.
func (s *rowScanner) capture(at string) error {
	s.buf = s.buf[:0]
	var open []byte // closing brackets that are due
	for {
		c, err := s.peek()
		if err == io.EOF {
			if len(open) == 0 && len(s.buf) > 0 {
				return nil
			}
			return s.truncated(at, "a value")
		}
		if err != nil {
			return err
		}
		if len(open) == 0 && len(s.buf) > 0 && endsScalar(c) {
			return nil
		}
		if len(s.buf) >= s.o.MaxRow {
			return rowFault(at, rumbo.TooLong, len(s.buf)+1, s.o.MaxRow)
		}
		switch c {
		case '{':
			open = append(open, '}')
		case '[':
			open = append(open, ']')
		case '}', ']':
			if len(open) == 0 || open[len(open)-1] != c {
				return rowFault(at, rumbo.BadJSON, s.here(fmt.Sprintf("an unexpected %c", c)))
			}
			open = open[:len(open)-1]
			if s.buf = append(s.buf, s.take()); len(open) == 0 {
				return nil
			}
			continue
		case '"':
			if err := s.quoted(at); err != nil {
				return err
			}
			if len(open) == 0 {
				return nil
			}
			continue
		case ',':
			if len(open) == 0 {
				return rowFault(at, rumbo.BadJSON, s.here("a value is missing"))
			}
		}
		s.buf = append(s.buf, s.take())
	}
}

// endsScalar says whether a byte ends a number or word outside brackets.
func endsScalar(c byte) bool {
	switch c {
	case ',', ']', '}', ' ', '\t', '\n', '\r', '[', '{', '"', ':':
		return true
	}
	return false
}

// quoted takes a string with its quotes.
func (s *rowScanner) quoted(at string) error {
	s.buf = append(s.buf, s.take())
	for {
		c, err := s.peek()
		switch {
		case err == io.EOF:
			return s.truncated(at, "a string")
		case err != nil:
			return err
		case len(s.buf) >= s.o.MaxRow:
			return rowFault(at, rumbo.TooLong, len(s.buf)+1, s.o.MaxRow)
		}
		s.buf = append(s.buf, s.take())
		if c == '"' {
			return nil
		}
		if c == '\\' {
			if _, err := s.peek(); err == nil {
				s.buf = append(s.buf, s.take())
			}
		}
	}
}
