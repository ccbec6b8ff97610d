//go:build !(linux || darwin || freebsd || netbsd || openbsd || dragonfly)

package mapfile

import (
	"io"
	"os"
)

// mapOrRead reads the file, as this system has no memory map in the standard
// library.
func mapOrRead(file *os.File, size int64) (*File, error) {
	data := make([]byte, size)
	if _, err := io.ReadFull(file, data); err != nil {
		return nil, err
	}
	return &File{data: data}, nil
}
