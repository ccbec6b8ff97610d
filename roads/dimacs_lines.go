package roads

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"math"
)

// maxWeight is the largest weight of an arc in a file.
const maxWeight = math.MaxInt32

// maxLine is the length in bytes of the longest line that is not a comment.
const maxLine = 4096

// lineReader takes the lines of a DIMACS file one by one; line and finish return
// a reason when something is wrong, otherwise "".
type lineReader interface {
	name() string
	line(*fields) string
	finish() string
}

// readLines gives every line that is neither empty nor a comment to the reader.
func readLines(in io.Reader, reader lineReader) error {
	scanner := bufio.NewReaderSize(in, 1<<16)
	for number := 1; ; number++ {
		text, err := scanner.ReadSlice('\n')
		comment := len(text) > 0 && text[0] == 'c'
		for errors.Is(err, bufio.ErrBufferFull) && comment {
			_, err = scanner.ReadSlice('\n') // a comment may be of any length
		}
		if errors.Is(err, bufio.ErrBufferFull) || len(text) > maxLine && !comment {
			return &SyntaxError{File: reader.name(), Line: number, Reason: "line too long"}
		}
		if err != nil && err != io.EOF {
			return err
		}
		if f := (fields{rest: text}); !comment && !f.end() {
			f.rest = text
			if reason := reader.line(&f); reason != "" {
				return &SyntaxError{File: reader.name(), Line: number, Reason: reason}
			}
		}
		if err == io.EOF {
			break
		}
	}
	if reason := reader.finish(); reason != "" {
		return &SyntaxError{File: reader.name(), Reason: reason}
	}
	return nil
}

// fields walks over the words of a line, which blanks separate.
type fields struct{ rest []byte }

func blank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// next is the next word; empty at the end of the line.
func (f *fields) next() []byte {
	i := 0
	for i < len(f.rest) && blank(f.rest[i]) {
		i++
	}
	start := i
	for i < len(f.rest) && !blank(f.rest[i]) {
		i++
	}
	word := f.rest[start:i]
	f.rest = f.rest[i:]
	return word
}

// word is the next word as text.
func (f *fields) word() string { return string(f.next()) }

// end says whether no word is left.
func (f *fields) end() bool { return len(bytes.TrimSpace(f.rest)) == 0 }

// number reads the next word as a whole number within the bounds.
func (f *fields) number(low, high int64) (value int64, ok bool) {
	word := f.next()
	negative := len(word) > 0 && word[0] == '-'
	if negative {
		word = word[1:]
	}
	if len(word) == 0 || len(word) > 18 { // 18 digits always fit an int64
		return 0, false
	}
	for _, c := range word {
		if c < '0' || c > '9' {
			return 0, false
		}
		value = value*10 + int64(c-'0')
	}
	if negative {
		value = -value
	}
	return value, value >= low && value <= high
}

// clip shortens a word for an error text.
func clip(word string) string {
	if len(word) > 24 {
		return word[:24] + "..."
	}
	return word
}
