package strictjson

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"sync"
)

// shape is what JSON knows of a struct type.
type shape struct {
	fields []field
	names  []string // of the fields a sender may write
	byName map[string]*field
}

type field struct {
	name               string
	index              []int
	required, readOnly bool
	bit                uint64 // its own, 0 from the 65th field on
}

// shapes remembers the shape of every type met: a cache, filled once a type.
var shapes sync.Map // reflect.Type -> *shape

func shapeOf(t reflect.Type) *shape {
	if known, ok := shapes.Load(t); ok {
		return known.(*shape)
	}
	sh := &shape{byName: map[string]*field{}}
	depth := map[string]int{}
	for _, f := range reflect.VisibleFields(t) {
		name, options, tagged := jsonTag(f)
		if f.Tag.Get("json") == "-" || !f.IsExported() || f.Anonymous && !tagged && embeds(f.Type) || hidden(t, f.Index) {
			continue
		}
		if old, taken := depth[name]; taken && old <= len(f.Index) {
			continue // the outer field hides the inner one
		}
		if _, taken := depth[name]; taken {
			sh.fields = slices.DeleteFunc(sh.fields, func(g field) bool { return g.name == name })
		}
		depth[name] = len(f.Index)
		sh.fields = append(sh.fields, newField(f, name, options))
	}
	for i := range sh.fields {
		f := &sh.fields[i]
		sh.byName[f.name], f.bit = f, 1<<i
		if !f.readOnly {
			sh.names = append(sh.names, f.name)
		}
	}
	known, _ := shapes.LoadOrStore(t, sh)
	return known.(*shape)
}

func newField(f reflect.StructField, name, options string) field {
	out := field{name: name, index: f.Index, readOnly: f.Tag.Get("readOnly") == "true"}
	switch f.Tag.Get("required") {
	case "true":
		out.required = true
	case "false":
	default:
		has := func(o string) bool { return slices.Contains(strings.Split(options, ","), o) }
		out.required = !out.readOnly && !has("omitempty") && !has("omitzero")
	}
	return out
}

// jsonTag is the JSON name of a field and the options after it.
func jsonTag(f reflect.StructField) (name, options string, tagged bool) {
	name, options, _ = strings.Cut(f.Tag.Get("json"), ",")
	if name == "" {
		return f.Name, options, false
	}
	return name, options, true
}

// embeds says whether an embedded type gives its fields to the outer one.
func embeds(t reflect.Type) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	return t.Kind() == reflect.Struct
}

// hidden says whether a promoted field comes through an embedded struct that
// has a JSON name of its own, or through an unexported pointer that cannot be
// made.
func hidden(t reflect.Type, index []int) bool {
	for i := 1; i < len(index); i++ {
		outer := t.FieldByIndex(index[:i])
		if _, _, tagged := jsonTag(outer); tagged || outer.Type.Kind() == reflect.Pointer && !outer.IsExported() {
			return true
		}
	}
	return false
}

// typeName says what belongs in a place, for people.
func typeName(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t == timeType:
		return "a time (" + TimeForm + ")"
	case t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.Uint8 && t != rawType:
		return "bytes in base64"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "a string"
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice, reflect.Array:
		return "an array"
	case reflect.Struct, reflect.Map:
		return "an object"
	case reflect.Interface:
		return "a value"
	}
	return "a whole number"
}

// rangeOf says which numbers a type holds.
func rangeOf(t reflect.Type) string {
	switch bits := t.Bits(); t.Kind() {
	case reflect.Float32:
		return fmt.Sprintf("±%g", math.MaxFloat32)
	case reflect.Float64:
		return fmt.Sprintf("±%g", math.MaxFloat64)
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return fmt.Sprintf("%d to %d", int64(-1)<<(bits-1), int64(math.MaxInt64)>>(64-bits))
	default:
		return fmt.Sprintf("0 to %d", uint64(math.MaxUint64)>>(64-bits))
	}
}
