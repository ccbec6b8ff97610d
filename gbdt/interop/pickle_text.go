package interop

import (
	"bytes"
	"strconv"
	"strings"
	"unicode/utf8"
)

// maxLine bounds a line of the text protocols.
const maxLine = 1 << 20

// line is the next line without its end.
func (m *machine) line() []byte {
	rest := m.in[m.pos:]
	n := bytes.IndexByte(rest[:min(len(rest), maxLine)], '\n')
	require(n >= 0, "pickle cut short in a line")
	m.pos += n + 1
	return rest[:n]
}

func (m *machine) lineIndex() uint32 {
	v, err := strconv.ParseUint(string(m.line()), 10, 32)
	require(err == nil, "pickle that names a memo by no number")
	return uint32(v)
}

// lineValue is a value of protocol 0, written as text.
func (m *machine) lineValue(op byte) any {
	s := string(m.line())
	m.budget.spend(2 * len(s))
	switch op {
	case 'I':
		if s == "01" || s == "00" {
			return s == "01"
		}
		fallthrough
	case 'L':
		v, err := strconv.ParseInt(strings.TrimSuffix(s, "L"), 10, 64)
		if err != nil {
			require(strings.Trim(s, "-0123456789L") == "", "pickle number %.40q", s)
			return hugeInt{}
		}
		return v
	case 'F':
		v, err := strconv.ParseFloat(s, 64)
		require(err == nil || v != 0, "pickle number %.40q", s)
		return v
	case 'S':
		return []byte(unquote(s))
	}
	return rawUnicode(s)
}

// unquote reads a Python string literal of bytes.
func unquote(s string) string {
	require(len(s) >= 2 && (s[0] == '\'' || s[0] == '"') && s[len(s)-1] == s[0], "pickle string without quotes")
	s = s[1 : len(s)-1]
	var out strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' {
			out.WriteByte(s[i])
			continue
		}
		i++
		require(i < len(s), "pickle string that ends in a backslash")
		switch s[i] {
		case 'n':
			out.WriteByte('\n')
		case 'r':
			out.WriteByte('\r')
		case 't':
			out.WriteByte('\t')
		case '\\', '\'', '"':
			out.WriteByte(s[i])
		case 'x':
			require(i+2 < len(s), "pickle string with a short escape")
			v, err := strconv.ParseUint(s[i+1:i+3], 16, 8)
			require(err == nil, "pickle string with a bad escape")
			out.WriteByte(byte(v))
			i += 2
		default:
			refuse("pickle string with the escape %q", s[i])
		}
	}
	return out.String()
}

// rawUnicode reads Python's raw-unicode-escape: Latin-1 with \uXXXX and \UXXXXXXXX.
func rawUnicode(s string) string {
	var out []byte
	for i := 0; i < len(s); i++ {
		digits := 0
		if s[i] == '\\' && i+1 < len(s) && s[i+1] == 'u' {
			digits = 4
		} else if s[i] == '\\' && i+1 < len(s) && s[i+1] == 'U' {
			digits = 8
		}
		if digits == 0 {
			out = utf8.AppendRune(out, rune(s[i]))
			continue
		}
		require(i+2+digits <= len(s), "pickle text with a short escape")
		v, err := strconv.ParseUint(s[i+2:i+2+digits], 16, 32)
		require(err == nil && v <= utf8.MaxRune, "pickle text with a bad escape")
		out = utf8.AppendRune(out, rune(v))
		i += 1 + digits
	}
	return string(out)
}
