package interop

import "strings"

// construct stands for calling class with args: it makes the few values that are needed in Go and an inert
// object of everything else.
func (m *machine) construct(class any, args any) any {
	c, ok := class.(global)
	require(ok, "a call of a %s", typeName(class))
	a, ok := args.(tuple)
	require(ok, "%v called with a %s", c, typeName(args))
	switch name := strings.Replace(c.String(), "numpy._core", "numpy.core", 1); name {
	case "_codecs.encode":
		return m.latin1(a)
	case "builtins.bytes", "__builtin__.bytes", "builtins.bytearray", "__builtin__.bytearray":
		return m.bytesOf(c, a)
	case "numpy.dtype":
		require(len(a) >= 1, "dtype without a name")
		s, ok := a[0].(string)
		require(ok, "dtype named by a %s", typeName(a[0]))
		return newDtype(s)
	case "numpy.core.multiarray._reconstruct":
		return &array{}
	case "numpy.core.multiarray.scalar":
		return scalar(a)
	case "numpy.core.numeric._frombuffer":
		return fromBuffer(a)
	case "copyreg._reconstructor", "copy_reg._reconstructor":
		require(len(a) >= 1, "%v without a class", c)
		class, ok := a[0].(global)
		require(ok, "%v of a %s", c, typeName(a[0]))
		return &object{class: class}
	case "collections.OrderedDict", "collections.defaultdict":
		return &dict{}
	}
	return &object{class: c, args: a}
}

// latin1 undoes how bytes are written in protocols that have none: as text of the first 256 characters.
func (m *machine) latin1(a tuple) []byte {
	require(len(a) == 2 && (a[1] == "latin1" || a[1] == "latin-1"), "_codecs.encode other than latin1")
	s, ok := a[0].(string)
	require(ok, "_codecs.encode of a %s", typeName(a[0]))
	m.budget.spend(len(s))
	out := make([]byte, 0, len(s))
	for _, r := range s {
		require(r < 256, "latin1 of %q", r)
		out = append(out, byte(r))
	}
	return out
}

func (m *machine) bytesOf(c global, a tuple) []byte {
	if len(a) == 0 {
		return []byte{}
	}
	switch x := a[0].(type) {
	case []byte:
		return x
	case string:
		return m.latin1(tuple{x, "latin1"})
	}
	refuse("%v of a %s", c, typeName(a[0]))
	return nil
}

// scalar is a numpy number: (dtype, bytes).
func scalar(a tuple) any {
	require(len(a) == 2, "numpy scalar")
	d, ok1 := a[0].(*dtype)
	raw, ok2 := a[1].([]byte)
	require(ok1 && ok2 && d.size == len(raw), "numpy scalar")
	x := decode(raw, d)
	switch {
	case d.kind == 'b':
		return x != 0
	case d.kind != 'f' && x == float64(int64(x)):
		return int64(x)
	}
	return x
}

// fromBuffer is an array of protocol 5: (bytes, dtype, shape, order).
func fromBuffer(a tuple) any {
	require(len(a) == 4, "_frombuffer with %d arguments", len(a))
	raw, ok1 := a[0].([]byte)
	d, ok2 := a[1].(*dtype)
	shape, ok3 := a[2].(tuple)
	order, ok4 := a[3].(string)
	require(ok1 && ok2 && ok3 && ok4 && (order == "C" || order == "F"), "arguments of _frombuffer")
	out := &array{}
	out.set(shape, d, order == "F")
	out.setBytes(raw)
	return out
}

// build stands for setting the state of the value on top.
func (m *machine) build(state any) {
	switch o := m.top().(type) {
	case *array:
		o.setState(state)
	case *dtype:
		o.setState(state)
	case *object:
		require(o.state == nil, "state of %v set twice", o.class)
		o.state = state
		if o.class.name == "NumpyArrayWrapper" {
			m.stack[len(m.stack)-1] = m.wrapped(o)
		}
	default:
		refuse("state for a %s", typeName(o))
	}
}
