package strictjson

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
)

// object reads an object into a struct or a map, or checks it.
func (d *decoder) object(at string, v reflect.Value) bool {
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
	met, ok := d.members(at, target, shape)
	if !ok {
		return false
	}
	if wrongType {
		d.wrong(at, start, typeName(v.Type()))
	}
	if shape != nil {
		for _, f := range shape.fields {
			if f.required && !met[f.name] {
				d.add(rumbo.FieldError{Pointer: at + "/" + escapePointer(f.name), Code: rumbo.MissingField})
			}
		}
	}
	return true
}

// members reads the keys and values of an object up to its closing brace and
// says which keys it met.
func (d *decoder) members(at string, v reflect.Value, sh *shape) (met map[string]bool, ok bool) {
	d.pos++ // the opening brace
	met = map[string]bool{}
	if d.next('}') {
		return met, true
	}
	for {
		if d.space(); d.end() || d.data[d.pos] != '"' {
			return nil, d.syntax(at, "a key in quotes is missing")
		}
		key, ok := d.string(at)
		if !ok {
			return nil, false
		}
		below := at + "/" + escapePointer(key)
		if met[key] {
			d.add(rumbo.FieldError{Pointer: below, Code: rumbo.DuplicateField})
		}
		met[key] = true
		if !d.next(':') {
			return nil, d.syntax(below, "a colon is missing")
		}
		d.space()
		if !d.member(below, key, v, sh) {
			return nil, false
		}
		if d.next('}') {
			return met, true
		}
		if !d.next(',') {
			return nil, d.syntax(at, "a comma or closing brace is missing")
		}
	}
}

// member reads the value of one key.
func (d *decoder) member(at, key string, v reflect.Value, sh *shape) bool {
	switch {
	case sh != nil:
		f, known := sh.byName[key]
		if !known {
			d.add(rumbo.FieldError{Pointer: at, Code: rumbo.UnknownField, Value: shorten([]byte(key)), Suggestion: Nearest(key, sh.names)})
			return d.value(at, reflect.Value{})
		}
		if f.readOnly {
			return d.value(at, reflect.Value{})
		}
		return d.value(at, fieldByIndex(v, f.index))
	case v.IsValid(): // a map
		elem := reflect.New(v.Type().Elem()).Elem()
		if !d.value(at, elem) {
			return false
		}
		v.SetMapIndex(reflect.ValueOf(key).Convert(v.Type().Key()), elem)
		return true
	}
	return d.value(at, reflect.Value{})
}

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
func (d *decoder) array(at string, v reflect.Value) bool {
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
			if !d.element(at+"/"+strconv.Itoa(n), v, n) {
				return false
			}
			if more = !d.next(']'); more && !d.next(',') {
				return d.syntax(at, "a comma or closing bracket is missing")
			}
		}
	}
	switch {
	case isArray && n != v.Len():
		d.add(rumbo.FieldError{Pointer: at, Code: rumbo.OutOfRange, Value: strconv.Itoa(n) + " elements", Limit: strconv.Itoa(v.Len())})
	case v.IsValid() && !isSlice && !isArray:
		d.wrong(at, start, typeName(v.Type()))
	}
	return true
}

// element reads element n of an array.
func (d *decoder) element(at string, v reflect.Value, n int) bool {
	switch {
	case v.IsValid() && v.Kind() == reflect.Slice:
		elem := reflect.New(v.Type().Elem()).Elem()
		if !d.value(at, elem) {
			return false
		}
		v.Set(reflect.Append(v, elem))
		return true
	case v.IsValid() && v.Kind() == reflect.Array && n < v.Len():
		return d.value(at, v.Index(n))
	}
	return d.value(at, reflect.Value{})
}

// escapePointer writes a key as a segment of a JSON pointer (RFC 6901).
func escapePointer(key string) string {
	if !strings.ContainsAny(key, "~/") {
		return key
	}
	return strings.ReplaceAll(strings.ReplaceAll(key, "~", "~0"), "/", "~1")
}
