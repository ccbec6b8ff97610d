package strictjson

import (
	"encoding"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

var (
	timeType        = reflect.TypeFor[time.Time]()
	rawType         = reflect.TypeFor[json.RawMessage]()
	unmarshalerType = reflect.TypeFor[json.Unmarshaler]()
	textType        = reflect.TypeFor[encoding.TextUnmarshaler]()
)

// TimeForm is how times are written.
const TimeForm = "RFC 3339 with offset, as 2022-01-31T08:00:00-05:00"

// null reads null, which is right where Go has a nil.
func (d *decoder) null(v reflect.Value) bool {
	start := d.pos
	if !d.literal("null") {
		return d.syntax("a value is missing")
	}
	if !v.IsValid() {
		return true
	}
	switch v.Kind() {
	case reflect.Pointer, reflect.Map, reflect.Interface, reflect.Slice:
		if v.Type() == rawType {
			v.SetBytes([]byte("null"))
			return true
		}
		v.SetZero()
	default:
		d.wrong(start, typeName(v.Type()))
	}
	return true
}

// special follows pointers, and reads the types that decode themselves. When
// done is false the returned value is where the reading goes on.
func (d *decoder) special(v reflect.Value) (target reflect.Value, done, ok bool) {
	for v.IsValid() && v.Kind() == reflect.Pointer {
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		v = v.Elem()
	}
	if !v.IsValid() {
		return v, false, true
	}
	switch t := v.Type(); {
	case t == timeType:
		return v, true, d.time(v)
	case decodesItself(t):
		return v, true, d.byItself(v)
	}
	return v, false, true
}

// itself remembers of every type met whether it decodes itself: a cache, filled once a type.
var itself sync.Map // reflect.Type -> bool

func decodesItself(t reflect.Type) bool {
	if t.PkgPath() == "" && t.Kind() != reflect.Slice && t.Kind() != reflect.Interface && t.Kind() != reflect.Struct {
		return false // a type without methods; an unnamed struct may embed some
	}
	if known, ok := itself.Load(t); ok {
		return known.(bool)
	}
	is := t == rawType || t.Kind() == reflect.Interface && t.NumMethod() == 0 ||
		t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 ||
		reflect.PointerTo(t).Implements(unmarshalerType) || reflect.PointerTo(t).Implements(textType)
	itself.Store(t, is)
	return is
}

// byItself checks the syntax of a value and lets encoding/json read it.
func (d *decoder) byItself(v reflect.Value) bool {
	start := d.pos
	if !d.value(reflect.Value{}) {
		return false
	}
	if err := json.Unmarshal(d.data[start:d.pos], v.Addr().Interface()); err != nil {
		d.wrong(start, typeName(v.Type()))
	}
	return true
}

// time reads an RFC 3339 time.
func (d *decoder) time(v reflect.Value) bool {
	start := d.pos
	if d.data[start] != '"' {
		if !d.value(reflect.Value{}) {
			return false
		}
		d.wrong(start, "a time ("+TimeForm+")")
		return true
	}
	text, ok := d.string()
	if !ok {
		return false
	}
	var t time.Time
	if err := t.UnmarshalText(text); err != nil {
		d.add(rumbo.FieldError{Pointer: d.place(), Code: rumbo.BadTime, Value: shorten(text), Limit: TimeForm})
		return true
	}
	*v.Addr().Interface().(*time.Time) = t
	return true
}

// string reads a string and notes bytes that are not UTF-8.
func (d *decoder) string() (text []byte, ok bool) {
	text, badByte, fault := d.text()
	if badByte >= 0 {
		d.add(rumbo.FieldError{Pointer: d.place(), Code: rumbo.NotUTF8, Value: d.base + int64(badByte)})
	}
	if fault != "" {
		return nil, d.syntax(fault)
	}
	return text, true
}

func (d *decoder) stringValue(v reflect.Value) bool {
	start := d.pos
	text, ok := d.string()
	if !ok || !v.IsValid() {
		return ok
	}
	if v.Kind() != reflect.String {
		d.wrong(start, typeName(v.Type()))
		return true
	}
	v.SetString(string(text))
	return true
}

func (d *decoder) boolean(v reflect.Value) bool {
	start := d.pos
	word := "true"
	if d.data[start] == 'f' {
		word = "false"
	}
	if !d.literal(word) {
		return d.syntax("a value is missing")
	}
	if !v.IsValid() {
		return true
	}
	if v.Kind() != reflect.Bool {
		d.wrong(start, typeName(v.Type()))
		return true
	}
	v.SetBool(word == "true")
	return true
}

// number reads a number into an integer or a float.
func (d *decoder) number(v reflect.Value) bool {
	start := d.pos
	text, whole, ok := d.numberText()
	if !ok {
		return d.syntax("a number breaks off")
	}
	if !v.IsValid() {
		return true
	}
	kind := v.Kind()
	if isInteger := kind >= reflect.Int && kind <= reflect.Uintptr; isInteger && !whole || !isInteger && kind != reflect.Float64 && kind != reflect.Float32 {
		d.wrong(start, typeName(v.Type()))
		return true
	}
	if !setNumber(v, text) {
		d.add(rumbo.FieldError{Pointer: d.place(), Code: rumbo.OutOfRange, Value: shorten([]byte(text)), Limit: rangeOf(v.Type())})
	}
	return true
}

// setNumber sets a number from its text and says whether it fits.
func setNumber(v reflect.Value, text string) bool {
	switch bits := v.Type().Bits(); {
	case v.CanInt():
		n, err := strconv.ParseInt(text, 10, bits)
		if err == nil {
			v.SetInt(n)
		}
		return err == nil
	case v.CanUint():
		n, err := strconv.ParseUint(text, 10, bits)
		if err == nil {
			v.SetUint(n)
		}
		return err == nil
	default:
		f, err := strconv.ParseFloat(text, bits)
		if errors.Is(err, strconv.ErrRange) {
			return false
		}
		v.SetFloat(f)
		return true
	}
}
