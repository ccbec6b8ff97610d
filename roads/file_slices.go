package roads

import (
	"encoding/binary"
	"fmt"
	"unsafe"
)

// word is an element of an array of the map file.
type word interface {
	~uint8 | ~uint32 | ~int32 | ~int64
}

// hostIsLittleEndian says whether the machine stores numbers as the file does.
func hostIsLittleEndian() bool {
	return binary.NativeEndian.Uint16([]byte{1, 0}) == 1
}

// littleEndian is the file form of an array: the array's own memory on a
// little-endian machine, a copy elsewhere. The caller only reads it.
func littleEndian[T word](values []T) []byte {
	if len(values) == 0 {
		return nil
	}
	if hostIsLittleEndian() {
		return unsafe.Slice((*byte)(unsafe.Pointer(&values[0])), len(values)*int(unsafe.Sizeof(values[0])))
	}
	out, err := binary.Append(nil, binary.LittleEndian, values)
	if err != nil {
		panic("roads: an array of numbers that cannot be written: " + err.Error()) // unreachable: sizes are fixed
	}
	return out
}

// fromLittleEndian sets *to to the array of a section, in place where the
// machine allows it. A section that is not there leaves a required array empty,
// which the check of the graph refuses, and an optional one nil.
func fromLittleEndian[T word](found map[section][]byte, name section, to *[]T) error {
	data, ok := found[name]
	if !ok {
		return nil
	}
	var zero T
	size := int(unsafe.Sizeof(zero))
	if len(data)%size != 0 {
		return fmt.Errorf("%w: section %q of %d bytes is not made of %d-byte numbers", ErrMapDamaged, name[:], len(data), size)
	}
	count := len(data) / size
	*to = []T{}
	if count == 0 {
		return nil
	}
	if start := unsafe.Pointer(&data[0]); hostIsLittleEndian() && uintptr(start)%uintptr(size) == 0 {
		*to = unsafe.Slice((*T)(start), count)
		return nil
	}
	*to = make([]T, count)
	for i := range *to {
		switch size {
		case 8:
			(*to)[i] = T(binary.LittleEndian.Uint64(data[8*i:]))
		case 4:
			(*to)[i] = T(binary.LittleEndian.Uint32(data[4*i:]))
		default:
			(*to)[i] = T(data[i])
		}
	}
	return nil
}
