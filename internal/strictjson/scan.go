package strictjson

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// scanner reads JSON's tokens from a text in memory.
type scanner struct {
	data []byte
	pos  int
	base int64 // bytes before data in what the sender sent
	line int   // lines before data
}

func (s *scanner) end() bool { return s.pos >= len(s.data) }

// skipMark passes over a byte order mark, which some programs write.
func (s *scanner) skipMark() {
	if bytes.HasPrefix(s.data, []byte("\xef\xbb\xbf")) {
		s.pos = 3
	}
}

// space passes over white space.
func (s *scanner) space() {
	for !s.end() {
		switch s.data[s.pos] {
		case ' ', '\t', '\n', '\r':
			s.pos++
		default:
			return
		}
	}
}

// next passes over white space and takes c when it comes next.
func (s *scanner) next(c byte) bool {
	s.space()
	if s.end() || s.data[s.pos] != c {
		return false
	}
	s.pos++
	return true
}

// literal takes a word such as true.
func (s *scanner) literal(word string) bool {
	if !bytes.HasPrefix(s.data[s.pos:], []byte(word)) {
		for i := 0; i < len(word) && !s.end() && s.data[s.pos] == word[i]; i++ {
			s.pos++ // to the first letter that is wrong
		}
		return false
	}
	s.pos += len(word)
	return true
}

// numberText takes a number by JSON's grammar; whole says that it has neither
// fraction nor exponent.
func (s *scanner) numberText() (text string, whole, ok bool) {
	start := s.pos
	whole = true
	if s.data[s.pos] == '-' {
		s.pos++
	}
	if !s.end() && s.data[s.pos] == '0' {
		s.pos++
	} else if s.digits() == 0 {
		return "", false, false
	}
	if !s.end() && s.data[s.pos] == '.' {
		whole = false
		s.pos++
		if s.digits() == 0 {
			return "", false, false
		}
	}
	if !s.end() && (s.data[s.pos] == 'e' || s.data[s.pos] == 'E') {
		whole = false
		s.pos++
		if !s.end() && (s.data[s.pos] == '+' || s.data[s.pos] == '-') {
			s.pos++
		}
		if s.digits() == 0 {
			return "", false, false
		}
	}
	return string(s.data[start:s.pos]), whole, true
}

func (s *scanner) digits() (n int) {
	for !s.end() && '0' <= s.data[s.pos] && s.data[s.pos] <= '9' {
		s.pos++
		n++
	}
	return n
}

// text takes a string, a piece of the data where it is written plainly. badByte is the
// position of the first byte that is not UTF-8 (replaced in text, as encoding/json does),
// -1 when there is none; fault says what is wrong with its syntax.
func (s *scanner) text() (text []byte, badByte int, fault string) {
	s.pos++ // the opening quote
	start := s.pos
	badByte = -1
	for !s.end() { // the plain case: no escapes, nothing but ASCII
		c := s.data[s.pos]
		if c == '"' {
			s.pos++
			return s.data[start : s.pos-1], -1, ""
		}
		if c == '\\' || c < ' ' || c >= utf8.RuneSelf {
			break
		}
		s.pos++
	}
	out := append([]byte(nil), s.data[start:s.pos]...)
	for !s.end() {
		switch c := s.data[s.pos]; {
		case c == '"':
			s.pos++
			return out, badByte, ""
		case c == '\\':
			r, ok := s.escape()
			if !ok {
				return nil, badByte, "a bad escape in a string"
			}
			out = utf8.AppendRune(out, r)
		case c < ' ':
			return nil, badByte, "a control character in a string"
		default:
			r, size := utf8.DecodeRune(s.data[s.pos:])
			if r == utf8.RuneError && size == 1 && badByte < 0 {
				badByte = s.pos
			}
			out = utf8.AppendRune(out, r)
			s.pos += size
		}
	}
	return nil, badByte, "an unfinished string"
}

var shortEscapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape takes a backslash and what belongs to it. Half a surrogate pair reads
// as U+FFFD, as in encoding/json.
func (s *scanner) escape() (rune, bool) {
	if s.pos++; s.end() {
		return 0, false
	}
	if r, ok := shortEscapes[s.data[s.pos]]; ok {
		s.pos++
		return r, true
	}
	r, ok := s.hex4()
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	back := s.pos
	if s.pos+1 < len(s.data) && s.data[s.pos] == '\\' && s.data[s.pos+1] == 'u' {
		s.pos++
		if low, ok := s.hex4(); ok {
			if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
				return pair, true
			}
		}
	}
	s.pos = back
	return utf8.RuneError, true
}

// hex4 takes u and four hexadecimal digits; on a fault it stays where it broke.
func (s *scanner) hex4() (rune, bool) {
	if s.data[s.pos] != 'u' {
		return 0, false
	}
	if s.pos+5 > len(s.data) {
		s.pos = len(s.data)
		return 0, false
	}
	n, err := strconv.ParseUint(string(s.data[s.pos+1:s.pos+5]), 16, 16)
	if err != nil {
		return 0, false
	}
	s.pos += 5
	return rune(n), true
}

// validRune says whether UTF-8 goes on at the position.
func (s *scanner) validRune() bool {
	r, size := utf8.DecodeRune(s.data[s.pos:])
	return r != utf8.RuneError || size != 1
}

// where names a position for people: line and column from 1, byte from 0.
func (s *scanner) where(pos int) string {
	before := s.data[:pos]
	line := s.line + bytes.Count(before, []byte{'\n'}) + 1
	column := utf8.RuneCount(before[bytes.LastIndexByte(before, '\n')+1:]) + 1
	return fmt.Sprintf("line %d, column %d (byte %d)", line, column, s.base+int64(pos))
}

// shorten is a piece of the text as it may be shown in a fault.
func shorten(raw []byte) string {
	const most = 60
	text := bytes.ToValidUTF8(raw, []byte("\uFFFD"))
	if runes := []rune(string(text)); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return string(text)
}
