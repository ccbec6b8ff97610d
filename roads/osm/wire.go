package osm

import (
	"errors"
	"fmt"
)

// ErrFormat is wrapped by every error about the contents of an extract.
var ErrFormat = errors.New("bad OpenStreetMap extract")

// message is the encoded form of a protocol buffer message that has not been
// read yet. Format: "Protocol Buffers, Encoding", protobuf.dev.
type message []byte

// field is one field of a message: a number for the wire types varint and fixed,
// bytes for the length-delimited one.
type field struct {
	number int
	value  uint64
	bytes  []byte
	packed bool // whether bytes is set
}

// Wire types.
const (
	wireVarint  = 0
	wireFixed64 = 1
	wireBytes   = 2
	wireFixed32 = 5
)

// next takes the first field off the message.
func (m *message) next() (f field, err error) {
	tag, err := m.varint()
	if err != nil {
		return f, err
	}
	if tag>>3 == 0 || tag>>3 > 1<<29 {
		return f, fmt.Errorf("%w: field number %d", ErrFormat, tag>>3)
	}
	f.number = int(tag >> 3)
	switch tag & 7 {
	case wireVarint:
		f.value, err = m.varint()
	case wireFixed64:
		_, err = m.take(8)
	case wireFixed32:
		_, err = m.take(4)
	case wireBytes:
		var size uint64
		if size, err = m.varint(); err == nil {
			f.packed = true
			f.bytes, err = m.take(size)
		}
	default:
		err = fmt.Errorf("%w: wire type %d", ErrFormat, tag&7)
	}
	return f, err
}

// take takes the first bytes off the message.
func (m *message) take(size uint64) ([]byte, error) {
	if size > uint64(len(*m)) {
		return nil, fmt.Errorf("%w: %d bytes wanted, %d left", ErrFormat, size, len(*m))
	}
	out := (*m)[:size]
	*m = (*m)[size:]
	return out, nil
}

// varint takes a number of variable length off the message.
func (m *message) varint() (uint64, error) {
	b := *m
	if len(b) > 0 && b[0] < 0x80 { // most numbers are small
		*m = b[1:]
		return uint64(b[0]), nil
	}
	var x uint64
	for i := 0; i < len(b) && i < 10; i++ {
		c := b[i]
		if i == 9 && c > 1 {
			break
		}
		x |= uint64(c&0x7f) << (7 * i)
		if c < 0x80 {
			*m = b[i+1:]
			return x, nil
		}
	}
	return 0, fmt.Errorf("%w: number cut or too long", ErrFormat)
}

// signed takes a zigzag number off the message.
func (m *message) signed() (int64, error) {
	x, err := m.varint()
	return unzigzag(x), err
}

func unzigzag(x uint64) int64 { return int64(x>>1) ^ -int64(x&1) }

// each calls visit for every field of the message until one errs.
func (m message) each(visit func(field) error) error {
	for len(m) > 0 {
		f, err := m.next()
		if err == nil {
			err = visit(f)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// eachNumber calls visit for every number of a packed list.
func eachNumber(list []byte, visit func(uint64) error) error {
	m := message(list)
	for len(m) > 0 {
		x, err := m.varint()
		if err == nil {
			err = visit(x)
		}
		if err != nil {
			return err
		}
	}
	return nil
}
