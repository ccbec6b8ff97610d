package osm

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
)

// Limits of the format ("PBF Format", wiki.openstreetmap.org): a file that
// exceeds them is refused before anything is allocated for it.
const (
	maxBlobHeader = 64 << 10
	maxBlob       = 32 << 20
)

// Node is a node of an extract. Strings and slices are valid only during the
// call that receives it.
type Node struct {
	ID       int64
	Lat, Lon int64 // 1e-9 degrees
	Tags     Tags
}

// Way is a way of an extract, valid only during the call that receives it.
type Way struct {
	ID    int64
	Nodes []int64
	Tags  Tags
}

// Relation is a relation of an extract, valid only during the call that receives
// it.
type Relation struct {
	ID      int64
	Members []Member
	Tags    Tags
}

// Member is a member of a relation.
type Member struct {
	Kind MemberKind
	ID   int64
	Role string
}

// MemberKind says what a member is.
type MemberKind uint8

// Kinds of members, with the numbers of the format.
const (
	NodeMember MemberKind = iota
	WayMember
	RelationMember
)

// Tags are keys and values in turn.
type Tags []string

// Value is the value of a key; "" when the key is not there.
func (t Tags) Value(key string) string {
	for i := 0; i+1 < len(t); i += 2 {
		if t[i] == key {
			return t[i+1]
		}
	}
	return ""
}

// Visitor takes the elements of an extract in file order. A nil function skips
// its kind, which saves the time of reading it.
type Visitor struct {
	Node     func(*Node) error
	Way      func(*Way) error
	Relation func(*Relation) error

	// Progress is told how many bytes of how many are read, after each block.
	Progress func(done, total int)
}

// Scan reads an extract in the .osm.pbf form and hands every element to the
// visitor; an error of the visitor ends it. It never panics on hostile bytes: the
// error wraps [ErrFormat]. One block, at most 32 MiB, is unpacked at a time.
// O(len(data)).
func Scan(ctx context.Context, data []byte, v Visitor) error {
	s := &scanner{visitor: v}
	total := len(data)
	for first := true; len(data) > 0; first = false {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		kind, blob, rest, err := nextBlob(data)
		if err != nil {
			return err
		}
		data = rest
		if err := s.blob(kind, blob, first); err != nil {
			return err
		}
		if v.Progress != nil {
			v.Progress(total-len(data), total)
		}
	}
	if total == 0 {
		return fmt.Errorf("%w: empty file", ErrFormat)
	}
	return nil
}

// nextBlob cuts the first blob and its header off the file.
func nextBlob(data []byte) (kind string, blob message, rest []byte, err error) {
	if len(data) < 4 {
		return "", nil, nil, fmt.Errorf("%w: the file ends inside a blob", ErrFormat)
	}
	size := binary.BigEndian.Uint32(data)
	if size > maxBlobHeader {
		return "", nil, nil, fmt.Errorf("%w: not an .osm.pbf file, or a blob header of %d bytes", ErrFormat, size)
	}
	m := message(data[4:])
	header, err := m.take(uint64(size))
	if err != nil {
		return "", nil, nil, err
	}
	length := uint64(maxBlob + 1)
	err = message(header).each(func(f field) error {
		switch f.number {
		case 1:
			kind = string(f.bytes)
		case 3:
			length = f.value
		}
		return nil
	})
	if err != nil {
		return "", nil, nil, err
	}
	if length > maxBlob {
		return "", nil, nil, fmt.Errorf("%w: a blob without length, or of %d bytes", ErrFormat, length)
	}
	blob, err = m.take(length)
	return kind, blob, m, err
}

// scanner is the working memory of a scan.
type scanner struct {
	visitor Visitor
	raw     bytes.Buffer
	zip     io.ReadCloser // reused from blob to blob
	block   block
}

// blob reads one blob. The first must be the header, which names the features
// that a reader needs.
func (s *scanner) blob(kind string, blob message, first bool) error {
	if first != (kind == "OSMHeader") {
		return fmt.Errorf("%w: blob %q where the header belongs, or a second header", ErrFormat, clip(kind))
	}
	if kind != "OSMHeader" && kind != "OSMData" {
		return nil // the format allows others, to be skipped
	}
	data, err := s.unpack(blob)
	if err != nil {
		return err
	}
	if first {
		return checkHeader(data)
	}
	return s.block.read(data, &s.visitor)
}

// checkHeader refuses files that need what this reader cannot do.
func checkHeader(header message) error {
	return header.each(func(f field) error {
		known := []string{"OsmSchema-V0.6", "DenseNodes"}
		if f.number == 4 && !slices.Contains(known, string(f.bytes)) {
			return fmt.Errorf("%w: needs the feature %q", ErrFormat, clip(string(f.bytes)))
		}
		return nil
	})
}

// unpack gives the contents of a blob, valid until the next call.
func (s *scanner) unpack(blob message) (message, error) {
	var raw, packed []byte
	var size uint64
	err := blob.each(func(f field) error {
		switch f.number {
		case 1:
			raw = f.bytes
		case 2:
			size = f.value
		case 3:
			packed = f.bytes
		case 4, 5, 6, 7:
			return fmt.Errorf("%w: packed in a way other than zlib", ErrFormat)
		}
		return nil
	})
	if err != nil || packed == nil {
		return raw, err
	}
	if size > maxBlob {
		return nil, fmt.Errorf("%w: a blob of %d bytes", ErrFormat, size)
	}
	return s.inflate(packed, int64(size))
}

// inflate unpacks zlib data of a known size.
func (s *scanner) inflate(packed []byte, size int64) (message, error) {
	var err error
	if s.zip == nil {
		s.zip, err = zlib.NewReader(bytes.NewReader(packed))
	} else {
		err = s.zip.(zlib.Resetter).Reset(bytes.NewReader(packed), nil)
	}
	if err != nil {
		s.zip = nil
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	s.raw.Reset()
	n, err := io.Copy(&s.raw, io.LimitReader(s.zip, size+1))
	if err != nil || n != size {
		return nil, fmt.Errorf("%w: a blob of %d bytes unpacks to %d: %v", ErrFormat, size, n, err)
	}
	return s.raw.Bytes(), nil
}

// clip shortens a word for an error text.
func clip(word string) string {
	if len(word) > 40 {
		return word[:40] + "..."
	}
	return word
}
