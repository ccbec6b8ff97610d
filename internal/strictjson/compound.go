package strictjson

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
)

// object reads an object into a struct or a map, or checks it.
func (d *decoder) object(v reflect.Value) bool {
	start := d.pos
	wrongType := v.IsValid() && v.Kind() != reflect.Struct && (v.Kind() != reflect.Map || v.Type().Key().Kind() != reflect.String)
	target := v
	if wrongType {
		target = reflect.Value{}
	}
	var shape *shape
	if target.IsValid() && target.Kind() == reflect.Struct {
		shape = shapeOf(target.Type())
	}
	if target.IsValid() && target.Kind() == reflect.Map && target.IsNil() {
		target.Set(reflect.MakeMap(target.Type()))
	}
	met, ok := d.members(target, shape)
	if !ok {
		return false
	}
	if wrongType {
		d.wrong(start, typeName(v.Type()))
	}
	if shape != nil {
		for i := range shape.fields {
			if f := &shape.fields[i]; f.required && !met.has(f) {
				d.add(rumbo.FieldError{Pointer: d.place() + "/" + escapePointer(f.name), Code: rumbo.MissingField})
			}
		}
	}
	return true
}

// members reads the keys and values of an object up to its closing brace and
// says which keys it met.
func (d *decoder) members(v reflect.Value, sh *shape) (met keys, ok bool) {
	d.pos++ // the opening brace
	if d.next('}') {
		return met, true
	}
	for {
		if d.space(); d.end() || d.data[d.pos] != '"' {
			return met, d.syntax("a key in quotes is missing")
		}
		key, ok := d.string()
		if !ok || !d.member(key, v, sh, &met) {
			return met, false
		}
		if d.next('}') {
			return met, true
		}
		if !d.next(',') {
			return met, d.syntax("a comma or closing brace is missing")
		}
	}
}

// member reads what follows a key: a colon and the value.
func (d *decoder) member(key []byte, v reflect.Value, sh *shape, met *keys) bool {
	var f *field
	if sh != nil {
		f = sh.byName[string(key)]
	}
	if f != nil {
		d.enter(f.name)
	} else {
		d.enter(string(key))
	}
	defer d.leave()
	if met.meet(f, key) {
		d.add(rumbo.FieldError{Pointer: d.place(), Code: rumbo.DuplicateField})
	}
	if !d.next(':') {
		return d.syntax("a colon is missing")
	}
	d.space()
	switch {
	case f != nil && !f.readOnly:
		return d.value(fieldByIndex(v, f.index))
	case sh != nil && f == nil:
		d.add(rumbo.FieldError{Pointer: d.place(), Code: rumbo.UnknownField, Value: shorten(key), Suggestion: Nearest(string(key), sh.names)})
	case sh == nil && v.IsValid():
		return d.entry(string(key), v)
	}
	return d.value(reflect.Value{})
}

// entry reads the value of one key of a map.
func (d *decoder) entry(key string, v reflect.Value) bool {
	elem := reflect.New(v.Type().Elem()).Elem()
	if !d.value(elem) {
		return false
	}
	v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), elem)
	return true
}

// keys are those that an object has had.
type keys struct {
	known  uint64 // fields, by their bits
	others map[string]bool
}

// meet adds a key, that of f when it is a field's, and says whether it was there.
func (k *keys) meet(f *field, key []byte) (again bool) {
	if f != nil && f.bit != 0 {
		again = k.known&f.bit != 0
		k.known |= f.bit
		return again
	}
	if k.others[string(key)] {
		return true
	}
	if k.others == nil {
		k.others = map[string]bool{}
	}
	k.others[string(key)] = true
	return false
}

func (k *keys) has(f *field) bool { return k.known&f.bit != 0 || f.bit == 0 && k.others[f.name] }

// fieldByIndex is the field, making embedded pointers on the way.
func fieldByIndex(v reflect.Value, index []int) reflect.Value {
	for _, i := range index {
		if v.Kind() == reflect.Pointer {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			v = v.Elem()
		}
		v = v.Field(i)
	}
	return v
}

// array reads an array into a slice or a Go array, or checks it.
func (d *decoder) array(v reflect.Value) bool {
	start := d.pos
	d.pos++ // the opening bracket
	isSlice := v.IsValid() && v.Kind() == reflect.Slice
	isArray := v.IsValid() && v.Kind() == reflect.Array
	if isSlice {
		v.Set(reflect.MakeSlice(v.Type(), 0, 0))
	}
	n := 0
	if !d.next(']') {
		for more := true; more; n++ {
			d.space()
			d.enter(strconv.Itoa(n))
			if !d.element(v, n) {
				return false
			}
			d.leave()
			if more = !d.next(']'); more && !d.next(',') {
				return d.syntax("a comma or closing bracket is missing")
			}
		}
	}
	switch {
	case isArray && n != v.Len():
		d.add(rumbo.FieldError{Pointer: d.place(), Code: rumbo.OutOfRange, Value: strconv.Itoa(n) + " elements", Limit: strconv.Itoa(v.Len())})
	case v.IsValid() && !isSlice && !isArray:
		d.wrong(start, typeName(v.Type()))
	}
	return true
}

// element reads element n of an array.
func (d *decoder) element(v reflect.Value, n int) bool {
	switch {
	case v.IsValid() && v.Kind() == reflect.Slice:
		elem := reflect.New(v.Type().Elem()).Elem()
		if !d.value(elem) {
			return false
		}
		v.Set(reflect.Append(v, elem))
		return true
	case v.IsValid() && v.Kind() == reflect.Array && n < v.Len():
		return d.value(v.Index(n))
	}
	return d.value(reflect.Value{})
}

// escapePointer writes a key as a segment of a JSON pointer (RFC 6901).
func escapePointer(key string) string {
	if !strings.ContainsAny(key, "~/") {
		return key
	}
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}
