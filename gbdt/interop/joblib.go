package interop

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"io"
)

// unpack undoes the compression that joblib or gzip put around a pickle. limit bounds the result, which is
// measured first, so that no more than it is ever allocated.
func unpack(in []byte, limit int) []byte {
	r := unpacker(in)
	if r == nil {
		return in
	}
	n, err := io.Copy(io.Discard, io.LimitReader(r, int64(limit)+1))
	require(err == nil, "damaged compression: %v", err)
	require(n <= int64(limit), "it unpacks to more than %d bytes", limit)
	out := make([]byte, n)
	_, err = io.ReadFull(unpacker(in), out)
	require(err == nil, "damaged compression: %v", err)
	return out
}

// unpacker reads what in unpacks to; nil where in is not compressed.
func unpacker(in []byte) io.Reader {
	var r io.Reader
	var err error
	switch {
	case bytes.HasPrefix(in, []byte{0x1f, 0x8b}):
		r, err = gzip.NewReader(bytes.NewReader(in))
	case len(in) >= 2 && in[0] == 0x78 && (uint(in[0])<<8|uint(in[1]))%31 == 0:
		r, err = zlib.NewReader(bytes.NewReader(in))
	case bytes.HasPrefix(in, []byte("BZh")):
		refuse("bzip2 compression")
	case bytes.HasPrefix(in, []byte("\xfd7zXZ")):
		refuse("xz compression")
	case bytes.HasPrefix(in, []byte{0x5d, 0, 0}):
		refuse("lzma compression")
	case bytes.HasPrefix(in, []byte{0x04, 0x22, 0x4d, 0x18}):
		refuse("lz4 compression")
	default:
		return nil
	}
	require(err == nil, "damaged compression: %v", err)
	return r
}

// wrapped reads the array that joblib wrote behind its wrapper: the raw elements, or a pickle of objects.
func (m *machine) wrapped(o *object) any {
	state := attributes(o)
	shape, ok1 := state.at("shape").(tuple)
	d, ok2 := state.at("dtype").(*dtype)
	order, ok3 := state.at("order").(string)
	require(ok1 && ok2 && ok3 && (order == "C" || order == "F"), "array wrapper of joblib")
	a := &array{}
	if d.kind == 'O' {
		nested := &machine{in: m.in, pos: m.pos, memo: make(map[uint32]any), budget: m.budget}
		inner, ok := nested.load().(*array)
		require(ok, "array of objects of joblib")
		m.pos = nested.pos
		return inner
	}
	if align := state.at("numpy_array_alignment_bytes"); align != nil {
		m.take(uint64(m.byte())) // padding
	}
	a.set(shape, d, order == "F")
	require(a.count <= len(m.in), "array beyond the file")
	a.setBytes(m.take(uint64(a.count) * uint64(d.size)))
	return a
}
