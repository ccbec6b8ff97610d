package interop

import (
	"encoding/json"
	"strconv"
)

// jsonReader reads JSON into the values of a document. The standard decoder has no bound on the memory of
// what it builds; this one spends from the budget.
type jsonReader struct {
	in     []byte
	pos    int
	budget *budget
}

func parseJSON(in []byte, b *budget) any {
	r := &jsonReader{in: in, budget: b}
	v := r.value()
	r.space()
	require(r.pos == len(in), "bytes after the JSON document")
	return v
}

func (r *jsonReader) space() {
	for r.pos < len(r.in) && (r.in[r.pos] == ' ' || r.in[r.pos] == '\t' || r.in[r.pos] == '\n' || r.in[r.pos] == '\r') {
		r.pos++
	}
}

// next is the next byte that is no space; it stays unread.
func (r *jsonReader) next() byte {
	r.space()
	require(r.pos < len(r.in), "JSON cut short")
	return r.in[r.pos]
}

func (r *jsonReader) expect(c byte) {
	got := r.next()
	require(got == c, "JSON with %q where %q is due", got, c)
	r.pos++
}

func (r *jsonReader) value() any {
	switch c := r.next(); c {
	case '{':
		return r.object()
	case '[':
		return r.array()
	case '"':
		return r.text()
	case 't':
		return r.word("true", true)
	case 'f':
		return r.word("false", false)
	case 'n':
		return r.word("null", nil)
	}
	r.budget.spend(16)
	return r.number()
}

func (r *jsonReader) word(word string, v any) any {
	require(len(r.in)-r.pos >= len(word) && string(r.in[r.pos:r.pos+len(word)]) == word, "JSON with an unknown word")
	r.pos += len(word)
	return v
}

func (r *jsonReader) number() float64 {
	begin := r.pos
	for r.pos < len(r.in) && isNumeric(r.in[r.pos]) {
		r.pos++
	}
	v, err := strconv.ParseFloat(string(r.in[begin:r.pos]), 64)
	require(err == nil, "JSON number %.40q", r.in[begin:r.pos])
	return v
}

func isNumeric(c byte) bool {
	return c >= '0' && c <= '9' || c == '.' || c == '-' || c == '+' || c == 'e' || c == 'E'
}

func (r *jsonReader) text() string {
	begin := r.pos
	for r.pos++; ; r.pos++ {
		require(r.pos < len(r.in), "JSON cut short")
		if r.in[r.pos] == '\\' {
			r.pos++
		} else if r.in[r.pos] == '"' {
			break
		}
	}
	r.pos++
	raw := r.in[begin:r.pos]
	r.budget.spend(valueCost + 2*len(raw))
	var s string
	require(json.Unmarshal(raw, &s) == nil, "JSON text %.40q", raw)
	return s
}

func (r *jsonReader) object() map[string]any {
	defer r.budget.enter()()
	r.pos++
	out := make(map[string]any)
	for r.next() != '}' {
		if len(out) > 0 {
			r.expect(',')
		}
		require(r.next() == '"', "JSON key that is no text")
		key := r.text()
		require(!contains(out, key), "JSON key %.40q twice", key)
		r.expect(':')
		r.budget.spend(valueCost)
		out[key] = r.value()
	}
	r.pos++
	return out
}

func contains(m map[string]any, key string) bool {
	_, ok := m[key]
	return ok
}

// array reads numbers into a []float64 as long as it meets nothing else.
func (r *jsonReader) array() any {
	defer r.budget.enter()()
	r.pos++
	var plain []float64
	var mixed []any
	for first := true; r.next() != ']'; first = false {
		if !first {
			r.expect(',')
		}
		r.budget.spend(24)
		v := r.value()
		if x, ok := v.(float64); ok && mixed == nil {
			plain = append(plain, x)
			continue
		}
		if mixed == nil {
			mixed = make([]any, 0, len(plain)+1)
			for _, x := range plain {
				mixed = append(mixed, x)
			}
		}
		mixed = append(mixed, v)
	}
	r.pos++
	if mixed != nil {
		return mixed
	}
	return plain
}
