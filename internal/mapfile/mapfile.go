// Package mapfile hands large read-only files to the engines as bytes: by memory
// map where the system has one, so that a map of gigabytes opens in no time and
// is shared between processes, and by reading elsewhere. A gzip file is
// unpacked into memory.
//
// Support for the engines, which open nothing themselves: roads.Load takes the
// [File.Bytes] and points into them.
//
// A mapped file must not be changed or cut while it is open: on most systems
// reading a page that is gone ends the process. Replace a map by renaming a new
// file over the old one, never by writing into it; the old one stays usable
// until closed.
//
// The package never interprets the contents and never writes. A [File] is safe
// for concurrent use until Close.
package mapfile

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
)

// MaxUnpacked bounds the size in bytes of an unpacked gzip file, which could
// otherwise claim any amount of memory: 4 GiB.
const MaxUnpacked = 4 << 30

// ErrTooLarge is wrapped by the error for a gzip file that unpacks to more than
// [MaxUnpacked].
var ErrTooLarge = errors.New("unpacked file too large")

// ErrNotRegular is wrapped by the error for a directory, pipe or device.
var ErrNotRegular = errors.New("not a regular file")

// File is an open read-only file. Close it when nothing points into its bytes
// any more.
type File struct {
	data   []byte
	unmap  func() error // nil when the bytes are ordinary memory
	closed bool
}

// Bytes is the whole contents. The slice must not be written to, and not be used
// after Close.
func (f *File) Bytes() []byte { return f.data }

// Close gives the memory back. Closing twice does nothing.
func (f *File) Close() error {
	if f.closed {
		return nil
	}
	f.closed, f.data = true, nil
	if f.unmap == nil {
		return nil
	}
	return f.unmap()
}

// Open opens a file by path. Errors: the system's own, [ErrNotRegular],
// [ErrTooLarge], and those of gzip for a damaged gzip file. O(1) for a mapped
// file, O(size) for a gzip one.
func Open(path string) (*File, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() // a map outlives the descriptor it was made from
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: %w", path, ErrNotRegular)
	}
	zipped, err := isGzip(file)
	if err != nil {
		return nil, err
	}
	if zipped {
		data, err := Unpack(bufio.NewReaderSize(file, 1<<16))
		if err != nil {
			return nil, fmt.Errorf("%s: %w", path, err)
		}
		return &File{data: data}, nil
	}
	return mapOrRead(file, info.Size())
}

// isGzip looks at the first two bytes and returns to the start.
func isGzip(file *os.File) (bool, error) {
	var magic [2]byte
	n, err := file.ReadAt(magic[:], 0)
	if err != nil && err != io.EOF {
		return false, err
	}
	return n == 2 && magic == [2]byte{0x1f, 0x8b}, nil
}

// Unpack reads a whole gzip stream into memory, at most [MaxUnpacked] bytes.
// It serves bundled maps that come from an embedded file.
func Unpack(r io.Reader) ([]byte, error) {
	zip, err := gzip.NewReader(r)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(zip, MaxUnpacked+1))
	if err != nil {
		return nil, err
	}
	if n > MaxUnpacked {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLarge, int64(MaxUnpacked))
	}
	return out.Bytes(), zip.Close()
}
