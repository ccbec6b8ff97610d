package interop

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Read reads a model of any supported format, recognized by its first bytes. Nothing in the file is
// executed. Errors wrap ErrRefused and name what was met, or are r's own.
func Read(r io.Reader, limits Limits) (*Model, error) {
	limits = limits.orDefault()
	in, err := io.ReadAll(io.LimitReader(r, int64(limits.Bytes)+1))
	if err != nil {
		return nil, err
	}
	if len(in) > limits.Bytes {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrRefused, limits.Bytes)
	}
	return parse(in, limits)
}

func parse(in []byte, limits Limits) (m *Model, err error) {
	defer catch(&err)
	b := &builder{budget: newBudget(limits)}
	in = unpack(in, limits.Bytes)
	switch {
	case len(in) == 0:
		refuse("empty file")
	case bytes.HasPrefix(in, []byte("tree\n")), bytes.HasPrefix(in, []byte("tree\r\n")):
		return b.lightGBM(in, 0), nil
	case looksLikeJSON(in):
		return b.xgboostFile(parseJSON(in, b.budget), false), nil
	case in[0] == '{':
		return b.xgboostFile(parseUBJ(in, b.budget), false), nil
	case looksLikeXGBoostBinary(in):
		return b.xgboostBinary(in), nil
	}
	value := newMachine(in, b.budget).load()
	if o, ok := value.(*object); ok && strings.HasPrefix(o.class.module, "lightgbm.") {
		return b.lightGBM(lightGBMPickle(o)), nil
	}
	return b.model(value), nil
}

// looksLikeJSON tells a JSON object from a UBJSON one, whose first key begins with its length.
func looksLikeJSON(in []byte) bool {
	t := bytes.TrimLeft(in, " \t\r\n")
	if len(t) == 0 || t[0] != '{' {
		return false
	}
	t = bytes.TrimLeft(t[1:], " \t\r\n")
	return len(t) > 0 && (t[0] == '"' || t[0] == '}')
}
