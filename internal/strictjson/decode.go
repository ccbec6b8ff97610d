package strictjson

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
)

// MaxDepth is how deep arrays and objects may nest.
const MaxDepth = 64

// DefaultMaxFaults is how many faults are listed when Options.MaxFaults is 0.
const DefaultMaxFaults = 100

// Options of one decoding.
type Options struct {
	// At is the pointer of the value within what the sender sent ("/orders/3").
	At string
	// Offset and Line say where the value begins in what the sender sent: bytes
	// before it, and lines before it. They only serve texts.
	Offset int64
	Line   int
	// MaxFaults cuts the list short; a last fault with code more_faults says so.
	MaxFaults int
}

// Decode reads one JSON value into the value that into points to and returns
// every fault, nil when there is none. After faults into holds what was right
// (what syntax broke off is missing), so that a caller may go on and validate
// it; [Merge] joins both lists. O(len(data)).
//
// into must be a non-nil pointer, otherwise Decode panics: that is a mistake of
// the program, not of the data.
func Decode(data []byte, into any, o Options) []rumbo.FieldError {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() {
		panic("strictjson: Decode needs a non-nil pointer")
	}
	d := &decoder{scanner: scanner{data: data, base: o.Offset, line: o.Line}, at: o.At, most: o.MaxFaults}
	if d.most <= 0 {
		d.most = DefaultMaxFaults
	}
	d.document(target.Elem())
	return d.faults
}

// Merge appends to the faults of a decoding those that validation found in the
// decoded value, without those at, above or below a place that is at fault
// already: a field of the wrong type must not be called missing as well.
func Merge(decoded, validated []rumbo.FieldError) []rumbo.FieldError {
	out := decoded
next:
	for _, v := range validated {
		for _, f := range decoded {
			if f.Code == rumbo.UnknownField || f.Code == rumbo.MoreFaults {
				continue
			}
			if within(v.Pointer, f.Pointer) || within(f.Pointer, v.Pointer) {
				continue next
			}
		}
		out = append(out, v)
	}
	return out
}

// within says whether the place is at or below the other.
func within(place, other string) bool {
	rest, ok := strings.CutPrefix(place, other)
	return ok && (rest == "" || rest[0] == '/')
}

// decoder walks text and Go type side by side.
type decoder struct {
	scanner
	at     string   // the whole's pointer
	path   []string // from there to the value being read: keys and numbers, only joined for a fault
	room   [8]string
	faults []rumbo.FieldError
	most   int
	full   bool // more faults than are listed
}

// add notes a fault.
func (d *decoder) add(f rumbo.FieldError) {
	if len(d.faults) < d.most {
		d.faults = append(d.faults, f)
		return
	}
	if !d.full {
		d.full = true
		d.faults = append(d.faults, rumbo.FieldError{Code: rumbo.MoreFaults, Limit: d.most})
	}
}

// enter goes down to the value of a key, or to an element; leave comes back.
func (d *decoder) enter(key string) {
	if d.path == nil {
		d.path = d.room[:0]
	}
	d.path = append(d.path, key)
}

func (d *decoder) leave() { d.path = d.path[:len(d.path)-1] }

// place is the pointer of the value being read.
func (d *decoder) place() string {
	at := d.at
	for _, key := range d.path {
		at += "/" + escapePointer(key)
	}
	return at
}

// document reads the whole text: one value and nothing after it.
func (d *decoder) document(v reflect.Value) {
	d.skipMark()
	if d.space(); d.end() {
		d.add(rumbo.FieldError{Pointer: d.place(), Code: rumbo.EmptyPayload})
		return
	}
	if !d.value(v) {
		return
	}
	if d.space(); !d.end() {
		d.syntax("something follows the value")
	}
}

// syntax notes a fault that ends the reading; it returns false for its callers
// to pass on.
func (d *decoder) syntax(what string) bool {
	f := rumbo.FieldError{Pointer: d.place(), Code: rumbo.BadJSON, Value: what + " at " + d.where(d.pos)}
	switch {
	case d.end():
		f.Code = rumbo.TruncatedPayload
	case !d.validRune():
		f.Code, f.Value = rumbo.NotUTF8, d.base+int64(d.pos)
	}
	d.add(f)
	return false
}

// value reads one value into v, or only checks its syntax when v is not valid.
// It returns false when the reading cannot go on.
func (d *decoder) value(v reflect.Value) bool {
	if d.end() {
		return d.syntax("a value is missing")
	}
	c := d.data[d.pos]
	if c == 'n' {
		return d.null(v)
	}
	v, done, ok := d.special(v)
	if done {
		return ok
	}
	switch {
	case (c == '{' || c == '[') && len(d.path) >= MaxDepth:
		return d.syntax("nested deeper than " + strconv.Itoa(MaxDepth) + " levels")
	case c == '{':
		return d.object(v)
	case c == '[':
		return d.array(v)
	case c == '"':
		return d.stringValue(v)
	case c == 't' || c == 'f':
		return d.boolean(v)
	case c == '-' || '0' <= c && c <= '9':
		return d.number(v)
	}
	return d.syntax("a value is missing")
}

// wrong notes that the value which began at start has another type than v.
func (d *decoder) wrong(start int, want string) {
	d.add(rumbo.FieldError{Pointer: d.place(), Code: rumbo.WrongType, Value: shorten(d.data[start:d.pos]), Limit: want})
}
