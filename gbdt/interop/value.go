package interop

// The values a pickle can make here. None is the Go nil; bool, int64, float64, string and []byte are
// themselves. Everything is inert: a class is its name, an object is its class, arguments and state.
type (
	global struct{ module, name string }
	tuple  []any
	list   struct{ items []any }
	dict   struct{ keys, values []any }
	object struct {
		class global
		args  tuple
		state any
		list  list // items appended to it
		dict  dict // items set on it
	}
	hugeInt struct{} // a whole number beyond 64 bits; nothing here needs one
	mark    struct{}
)

func (g global) String() string { return g.module + "." + g.name }

// at is the value under a key, or nil. The last setting wins.
func (d *dict) at(key string) any {
	for i := len(d.keys) - 1; i >= 0; i-- {
		if k, ok := d.keys[i].(string); ok && k == key {
			return d.values[i]
		}
	}
	return nil
}

// maxAttributes bounds an object's state, which is searched from end to end, perhaps once for each of many
// references to it.
const maxAttributes = 1000

// attributes is the dictionary of an object's state.
func attributes(v any) *dict {
	o, ok := v.(*object)
	require(ok, "a %s where an object is due", typeName(v))
	state := o.state
	if t, ok := state.(tuple); ok && len(t) > 0 { // (dictionary, slots)
		state = t[0]
	}
	d, ok := state.(*dict)
	require(ok, "%v without state", o.class)
	require(len(d.keys) <= maxAttributes, "%v with %d attributes", o.class, len(d.keys))
	return d
}

// typeName names a value in messages.
func typeName(v any) string {
	switch x := v.(type) {
	case nil:
		return "None"
	case bool:
		return "bool"
	case int64, hugeInt:
		return "int"
	case float64:
		return "float"
	case string:
		return "str"
	case []byte:
		return "bytes"
	case tuple:
		return "tuple"
	case *list:
		return "list"
	case *dict:
		return "dict"
	case *array:
		return "array"
	case *dtype:
		return "dtype"
	case global:
		return x.String()
	case *object:
		return x.class.String()
	}
	return "value"
}

// number reads a float, int, bool or array of one.
func number(v any, what string) float64 {
	switch x := v.(type) {
	case float64:
		return x
	case int64:
		return float64(x)
	case bool:
		if x {
			return 1
		}
		return 0
	case *array:
		require(x.size() == 1, "%s has %d values, want one", what, x.size())
		return x.float(0)
	}
	refuse("%s is a %s, want a number", what, typeName(v))
	return 0
}

// whole reads a whole number between lo and hi.
func whole(v any, what string, lo, hi int) int {
	x := number(v, what)
	require(x >= float64(lo) && x <= float64(hi) && x == float64(int(x)), "%s is %v, want a whole number from %d to %d", what, x, lo, hi)
	return int(x)
}

// sequence reads the items of a list, tuple or array of objects.
func sequence(v any, what string) []any {
	switch x := v.(type) {
	case *list:
		return x.items
	case tuple:
		return x
	case *array:
		require(x.objects != nil || x.size() == 0, "%s is an array of numbers, want objects", what)
		return x.objects
	}
	refuse("%s is a %s, want a list", what, typeName(v))
	return nil
}

// numbers reads a list, tuple or array of numbers.
func numbers(v any, what string, b *budget) []float64 {
	if a, ok := v.(*array); ok && a.objects == nil {
		return a.floats(b)
	}
	items := sequence(v, what)
	b.spend(8 * len(items))
	out := make([]float64, len(items))
	for i, x := range items {
		out[i] = number(x, what)
	}
	return out
}
