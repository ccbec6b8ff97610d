package interop

import (
	"encoding/binary"
	"math"
)

// The values of a document, JSON or UBJSON: map[string]any, []any, []float64 for arrays of numbers, string,
// float64, bool and nil.

// ubjReader reads Universal Binary JSON as XGBoost writes it (ubjson.org, draft 12): big-endian numbers,
// arrays with or without type and count.
type ubjReader struct {
	in     []byte
	pos    int
	budget *budget
}

func parseUBJ(in []byte, b *budget) any {
	r := &ubjReader{in: in, budget: b}
	v := r.value(r.byte())
	require(r.pos == len(in), "bytes after the UBJSON document")
	return v
}

func (r *ubjReader) take(n int) []byte {
	require(n >= 0 && n <= len(r.in)-r.pos, "UBJSON cut short")
	b := r.in[r.pos : r.pos+n]
	r.pos += n
	return b
}

func (r *ubjReader) byte() byte { return r.take(1)[0] }

func (r *ubjReader) peek() byte {
	require(r.pos < len(r.in), "UBJSON cut short")
	return r.in[r.pos]
}

// whole reads an integer of the type.
func (r *ubjReader) whole(kind byte) int64 {
	be := binary.BigEndian
	switch kind {
	case 'i':
		return int64(int8(r.byte()))
	case 'U':
		return int64(r.byte())
	case 'I':
		return int64(int16(be.Uint16(r.take(2))))
	case 'l':
		return int64(int32(be.Uint32(r.take(4))))
	case 'L':
		return int64(be.Uint64(r.take(8)))
	}
	refuse("UBJSON type %q where a whole number is due", kind)
	return 0
}

func (r *ubjReader) length() int {
	n := r.whole(r.byte())
	require(n >= 0 && n <= int64(len(r.in)), "UBJSON length %d", n)
	return int(n)
}

func (r *ubjReader) text() string {
	b := r.take(r.length())
	r.budget.spend(len(b))
	return string(b)
}

func (r *ubjReader) value(kind byte) any {
	r.budget.spend(valueCost)
	switch kind {
	case '{':
		return r.object()
	case '[':
		return r.array()
	case 'S':
		return r.text()
	case 'd':
		return float64(math.Float32frombits(binary.BigEndian.Uint32(r.take(4))))
	case 'D':
		return math.Float64frombits(binary.BigEndian.Uint64(r.take(8)))
	case 'T', 'F':
		return kind == 'T'
	case 'Z':
		return nil
	}
	return float64(r.whole(kind))
}

func (r *ubjReader) object() map[string]any {
	defer r.budget.enter()()
	out := make(map[string]any)
	for r.peek() != '}' {
		key := r.text()
		out[key] = r.value(r.byte())
		r.budget.spend(valueCost)
	}
	r.pos++
	return out
}

func (r *ubjReader) array() any {
	defer r.budget.enter()()
	if r.peek() == '$' {
		r.pos++
		kind := r.byte()
		require(r.byte() == '#', "UBJSON array with a type and no count")
		return r.numbers(kind, r.length())
	}
	out := []any{}
	if r.peek() == '#' {
		r.pos++
		for range r.length() {
			out = append(out, r.value(r.byte()))
		}
		return out
	}
	for r.peek() != ']' {
		out = append(out, r.value(r.byte()))
	}
	r.pos++
	return out
}

// numbers reads an array of n numbers of one type.
func (r *ubjReader) numbers(kind byte, n int) []float64 {
	size := map[byte]int{'i': 1, 'U': 1, 'I': 2, 'l': 4, 'L': 8, 'd': 4, 'D': 8}[kind]
	require(size > 0, "UBJSON array of type %q", kind)
	require(n <= (len(r.in)-r.pos)/size, "UBJSON cut short")
	r.budget.spend(8 * n)
	out := make([]float64, n)
	for i := range out {
		switch kind {
		case 'd':
			out[i] = float64(math.Float32frombits(binary.BigEndian.Uint32(r.take(4))))
		case 'D':
			out[i] = math.Float64frombits(binary.BigEndian.Uint64(r.take(8)))
		default:
			out[i] = float64(r.whole(kind))
		}
	}
	return out
}
