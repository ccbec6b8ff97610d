//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package mapfile

import (
	"fmt"
	"os"
	"syscall"
)

// mapOrRead maps the file into memory. An empty file cannot be mapped and has no
// bytes anyway.
func mapOrRead(file *os.File, size int64) (*File, error) {
	if size == 0 {
		return &File{}, nil
	}
	if size != int64(int(size)) {
		return nil, fmt.Errorf("%s: %w: %d bytes", file.Name(), ErrTooLarge, size)
	}
	data, err := syscall.Mmap(int(file.Fd()), 0, int(size), syscall.PROT_READ, syscall.MAP_SHARED)
	if err != nil {
		return nil, &os.PathError{Op: "mmap", Path: file.Name(), Err: err}
	}
	return &File{data: data, unmap: func() error { return syscall.Munmap(data) }}, nil
}
