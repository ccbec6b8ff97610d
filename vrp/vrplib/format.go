package vrplib

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Format is the layout of an instance file.
type Format uint8

// The formats; see the package comment.
const (
	Auto Format = iota // detect from the first lines
	CVRPLIB
	Solomon
	LiLim
	Sartori
	Cordeau
	HVRP
)

var formatNames = [...]string{"auto", "cvrplib", "solomon", "lilim", "sartori", "cordeau", "hvrp"}

// String is the name as users write it.
func (f Format) String() string {
	if int(f) < len(formatNames) {
		return formatNames[f]
	}
	return "format(?)"
}

// ParseFormat is the inverse of String.
func ParseFormat(name string) (Format, error) {
	for i, s := range formatNames {
		if s == name {
			return Format(i), nil
		}
	}
	return Auto, fmt.Errorf("vrplib: no format %q, there are %s", name, strings.Join(formatNames[:], ", "))
}

// peekBytes is how much of a file Detect looks at.
const peekBytes = 4096

// Read reads an instance in the given format, or in the one that its first lines show if
// that is Auto. Memory is proportional to the input. Errors are SyntaxErrors, or what the
// reader returned.
func Read(r io.Reader, f Format) (*Instance, error) {
	if f == Auto {
		b := bufio.NewReaderSize(r, peekBytes)
		head, err := b.Peek(peekBytes)
		if err != nil && err != io.EOF {
			return nil, fmt.Errorf("vrplib: reading: %w", err)
		}
		if f = Detect(head); f == Auto {
			return nil, &SyntaxError{Line: 1, Reason: "none of the known formats begins like this"}
		}
		r = b
	}
	l := newLines(r)
	in := &Instance{Format: f}
	switch f {
	case CVRPLIB:
		readCVRPLIB(l, in)
	case Solomon:
		readSolomon(l, in)
	case LiLim:
		readLiLim(l, in)
	case Sartori:
		readSartori(l, in)
	case Cordeau:
		readCordeau(l, in)
	case HVRP:
		readHVRP(l, in)
	default:
		return nil, fmt.Errorf("vrplib: no format %d", f)
	}
	if l.err != nil {
		return nil, l.err
	}
	if err := in.check(); err != nil {
		return nil, err
	}
	return in, nil
}

// Detect guesses the format from the first bytes of a file, Auto if it is none.
func Detect(head []byte) Format {
	var first []string
	second := ""
	for line := range bytes.Lines(head) {
		text := strings.TrimSpace(string(line))
		word, _, _ := strings.Cut(text, ":")
		switch word = strings.TrimSpace(word); {
		case text == "":
			continue
		case first == nil && strings.HasPrefix(text, "//"):
			return HVRP
		case word == "SIZE" || word == "NODES":
			return Sartori
		case word == "DIMENSION" || strings.HasSuffix(word, "_SECTION"):
			return CVRPLIB
		case first == nil:
			first = strings.Fields(text)
		case second == "":
			second = text
		}
	}
	switch {
	case strings.EqualFold(second, "VEHICLE"):
		return Solomon
	case len(first) == 4 && allWhole(first):
		return Cordeau
	case len(first) == 3 && allWhole(first):
		return LiLim
	}
	return Auto
}

func allWhole(fields []string) bool {
	for _, s := range fields {
		if _, err := parseWhole(s); err != nil {
			return false
		}
	}
	return true
}
