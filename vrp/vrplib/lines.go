package vrplib

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
)

// ErrSyntax is what every SyntaxError is.
var ErrSyntax = errors.New("vrplib: malformed file")

// SyntaxError says which line of a file is wrong and why. Line counts from 1; 0 means the
// file as a whole.
type SyntaxError struct {
	Line   int
	Reason string
}

func (e *SyntaxError) Error() string {
	if e.Line == 0 {
		return "vrplib: " + e.Reason
	}
	return fmt.Sprintf("vrplib: line %d: %s", e.Line, e.Reason)
}

// Unwrap makes every SyntaxError an ErrSyntax.
func (e *SyntaxError) Unwrap() error { return ErrSyntax }

const (
	maxLine   = 16 << 20       // bytes of one line; a row of a table of a million places fits
	maxNodes  = 4_000_000      // far above anything published
	maxTable  = 20_000         // nodes with an explicit table, which has a square of entries
	maxNumber = float64(1e12)  // any coordinate, time, cost or prize
	maxAmount = int64(1) << 40 // any demand or capacity, as vrp.Problem allows
)

// lines walks over the lines of a file that are not blank.
type lines struct {
	scan   *bufio.Scanner
	number int      // of the current line, from 1
	text   string   // trimmed
	fields []string // of text, between white space
	held   bool     // next returns the current line again
	err    error    // the first, kept
}

func newLines(r io.Reader) *lines {
	scan := bufio.NewScanner(r)
	scan.Buffer(nil, maxLine)
	return &lines{scan: scan}
}

// next moves to the next line with something on it.
func (l *lines) next() bool {
	if l.err != nil {
		return false
	}
	if l.held {
		l.held = false
		return true
	}
	for l.scan.Scan() {
		l.number++
		if l.text = strings.TrimSpace(l.scan.Text()); l.text != "" {
			l.fields = strings.Fields(l.text)
			return true
		}
	}
	l.text, l.fields = "", nil
	if err := l.scan.Err(); errors.Is(err, bufio.ErrTooLong) {
		l.number++
		l.fail("line longer than %d bytes", maxLine)
	} else if err != nil {
		l.err = fmt.Errorf("vrplib: reading: %w", err)
	}
	return false
}

// hold makes next return the current line once more.
func (l *lines) hold() { l.held = true }

// fail keeps the first error.
func (l *lines) fail(format string, args ...any) {
	if l.err == nil {
		l.err = &SyntaxError{Line: l.number, Reason: fmt.Sprintf(format, args...)}
	}
}

// need moves to the next line, which must have at least n fields; what it should hold is
// for the message.
func (l *lines) need(n int, what string) bool {
	if !l.next() {
		l.fail("the file ends where %s should be", what)
		return false
	}
	if len(l.fields) < n {
		l.fail("%s needs %d columns, found %d", what, n, len(l.fields))
		return false
	}
	return true
}

// float is column k of the current line as a finite number.
func (l *lines) float(k int, what string) float64 {
	x, err := parseFloat(l.fields[k])
	if err != nil {
		l.fail("%s: %v", what, err)
	}
	return x
}

// whole is column k of the current line as an integer from lo to hi. A decimal point is
// accepted where only zeros follow it.
func (l *lines) whole(k int, what string, lo, hi int64) int64 {
	x, err := parseWhole(l.fields[k])
	switch {
	case err != nil:
		l.fail("%s: %v", what, err)
	case x < lo || x > hi:
		l.fail("%s is %d, must be %d to %d", what, x, lo, hi)
	default:
		return x
	}
	return lo
}

// amount is column k as a load that is not negative.
func (l *lines) amount(k int, what string) int64 { return l.whole(k, what, 0, maxAmount) }

// span is column k as a time or cost that is not negative.
func (l *lines) span(k int, what string) float64 {
	x := l.float(k, what)
	if x < 0 {
		l.fail("%s is negative", what)
	}
	return x
}

func parseFloat(s string) (float64, error) {
	if strings.Trim(s, "+-.0123456789eE") != "" {
		return 0, fmt.Errorf("%q is not a number", shorten(s))
	}
	x, err := strconv.ParseFloat(s, 64)
	if err != nil || math.Abs(x) > maxNumber {
		return 0, fmt.Errorf("%q is not a number up to %g", shorten(s), maxNumber)
	}
	return x + 0, nil // turns -0 into 0
}

func parseWhole(s string) (int64, error) {
	if x, err := strconv.ParseInt(s, 10, 64); err == nil {
		return x, nil
	}
	x, err := parseFloat(s)
	if err != nil {
		return 0, err
	}
	if x != math.Trunc(x) {
		return 0, fmt.Errorf("%q is not a whole number", shorten(s))
	}
	return int64(x), nil
}

func itoa(x int64) string { return strconv.FormatInt(x, 10) }

// shorten keeps error messages readable.
func shorten(s string) string {
	if len(s) > 40 {
		return s[:40] + "…"
	}
	return s
}
