package interop

import (
	"encoding/binary"
	"math"
	"strconv"
)

// dtype is the type of an array's elements: a number, an object reference, or a record of fields.
type dtype struct {
	kind   byte // 'f', 'i', 'u', 'b', 'O', 'V', 'U' or 'S'
	size   int  // bytes
	fields map[string]field
}

type field struct {
	dtype  *dtype
	offset int
}

// maxItem bounds the size of an element.
const maxItem = 1 << 12

func newDtype(name string) *dtype {
	for len(name) > 0 && (name[0] == '<' || name[0] == '|' || name[0] == '=') {
		name = name[1:]
	}
	require(len(name) >= 1, "empty dtype")
	d := &dtype{kind: name[0]}
	switch name {
	case "float64", "double":
		return &dtype{kind: 'f', size: 8}
	case "int64":
		return &dtype{kind: 'i', size: 8}
	}
	size, err := strconv.Atoi(name[1:])
	require(err == nil && size >= 0 && size <= maxItem, "dtype %.20q", name)
	d.size = size
	if d.kind == 'U' {
		d.size *= 4
	}
	switch d.kind {
	case 'f':
		require(size == 4 || size == 8, "dtype %.20q", name)
	case 'i', 'u':
		require(size == 1 || size == 2 || size == 4 || size == 8, "dtype %.20q", name)
	case 'b':
		require(size == 1, "dtype %.20q", name)
	case 'O', 'V', 'U', 'S':
	default:
		refuse("dtype %.20q", name)
	}
	return d
}

// setState is what unpickling tells a dtype: (version, order, subdtype, names, fields, size, alignment, flags).
func (d *dtype) setState(v any) {
	t, ok := v.(tuple)
	require(ok && len(t) >= 5, "state of a dtype")
	order, _ := t[1].(string)
	require(order != ">", "big-endian array")
	require(t[2] == nil, "dtype with a shape")
	if t[3] == nil {
		return
	}
	f, ok := t[4].(*dict)
	require(ok, "fields of a dtype")
	require(d.kind == 'V' && d.fields == nil, "fields of a dtype that is no record")
	if len(t) > 5 {
		d.size = whole(t[5], "size of a dtype", 0, maxItem)
	}
	fields := make(map[string]field)
	for i, key := range f.keys {
		name, ok := key.(string)
		place, ok2 := f.values[i].(tuple)
		require(ok && ok2 && len(place) >= 2, "field of a dtype")
		sub, ok := place[0].(*dtype)
		require(ok && sub.fields == nil && sub.kind != 'V', "field %.40q of a dtype", name)
		offset := whole(place[1], "offset of a field", 0, maxItem)
		require(offset+sub.size <= d.size, "field %.40q beyond its record", name)
		fields[name] = field{sub, offset}
	}
	d.fields = fields
}

// array is a numpy array whose bytes stay where they were in the file.
type array struct {
	shape   []int
	dtype   *dtype
	raw     []byte
	objects []any // of dtype 'O'
	fortran bool
	count   int
}

// set fills a new array and checks that its bytes are as many as its shape says.
func (a *array) set(shape tuple, d *dtype, fortran bool) {
	require(a.dtype == nil, "array set twice")
	require(len(shape) <= 8, "array of %d dimensions", len(shape))
	a.dtype, a.fortran, a.count = d, fortran, 1
	for _, x := range shape {
		n := whole(x, "shape of an array", 0, 1<<30)
		a.shape = append(a.shape, n)
		require(n == 0 || a.count <= (1<<30)/n, "array of too many elements")
		a.count *= n
	}
}

func (a *array) setBytes(raw []byte) {
	require(a.dtype.kind != 'O', "bytes in an array of objects")
	require(a.count*a.dtype.size == len(raw), "array of %d elements of %d bytes in %d bytes", a.count, a.dtype.size, len(raw))
	a.raw = raw
}

func (a *array) setObjects(items []any) {
	require(a.dtype.kind == 'O', "objects in an array of numbers")
	require(a.count == len(items), "array of %d objects with %d", a.count, len(items))
	a.objects = items
}

// setState is what unpickling tells an array: (version, shape, dtype, fortran, data).
func (a *array) setState(v any) {
	t, ok := v.(tuple)
	require(ok && len(t) == 5, "state of an array")
	shape, ok1 := t[1].(tuple)
	d, ok2 := t[2].(*dtype)
	fortran, ok3 := t[3].(bool)
	require(ok1 && ok2 && ok3, "state of an array")
	a.set(shape, d, fortran)
	switch data := t[4].(type) {
	case []byte:
		a.setBytes(data)
	case *list:
		a.setObjects(data.items)
	default:
		refuse("array data is a %s", typeName(data))
	}
}

func (a *array) size() int { return a.count }

// float is element i in memory order.
func (a *array) float(i int) float64 {
	if a.objects != nil {
		return number(a.objects[i], "array element")
	}
	require(a.dtype != nil && i < a.count && a.raw != nil, "array without data")
	return decode(a.raw[i*a.dtype.size:], a.dtype)
}

func decode(b []byte, d *dtype) float64 {
	le := binary.LittleEndian
	switch {
	case d.kind == 'f' && d.size == 8:
		return math.Float64frombits(le.Uint64(b))
	case d.kind == 'f' && d.size == 4:
		return float64(math.Float32frombits(le.Uint32(b)))
	case d.kind == 'i' && d.size == 8:
		return float64(int64(le.Uint64(b)))
	case d.kind == 'i' && d.size == 4:
		return float64(int32(le.Uint32(b)))
	case d.kind == 'i' && d.size == 2:
		return float64(int16(le.Uint16(b)))
	case d.kind == 'i' && d.size == 1:
		return float64(int8(b[0]))
	case d.kind == 'u' && d.size == 8:
		return float64(le.Uint64(b))
	case d.kind == 'u' && d.size == 4:
		return float64(le.Uint32(b))
	case d.kind == 'u' && d.size == 2:
		return float64(le.Uint16(b))
	case d.kind == 'u' && d.size == 1, d.kind == 'b' && d.size == 1:
		return float64(b[0])
	}
	refuse("array of dtype %c%d where numbers are due", d.kind, d.size)
	return 0
}

// floats are all elements, in row-major order.
func (a *array) floats(b *budget) []float64 {
	b.spend(8 * a.count)
	out := make([]float64, a.count)
	if !a.fortran || len(a.shape) < 2 {
		for i := range out {
			out[i] = a.float(i)
		}
		return out
	}
	at := make([]int, len(a.shape)) // the index of element k in memory, first dimension fastest
	for k := range out {
		to := 0
		for d, n := range a.shape {
			to = to*n + at[d]
		}
		out[to] = a.float(k)
		for d := range at {
			if at[d]++; at[d] < a.shape[d] {
				break
			}
			at[d] = 0
		}
	}
	return out
}

// column is one field of all records.
func (a *array) column(name string, b *budget) []float64 {
	require(a.dtype != nil && a.raw != nil && a.dtype.fields != nil, "array of records has no data")
	f, ok := a.dtype.fields[name]
	require(ok, "array of records has no field %q", name)
	b.spend(8 * a.count)
	out := make([]float64, a.count)
	for i := range out {
		out[i] = decode(a.raw[i*a.dtype.size+f.offset:], f.dtype)
	}
	return out
}
