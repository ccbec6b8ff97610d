package sqlite

import (
	"errors"
	"syscall"
)

// errHeld says that another process holds the lock.
var errHeld = errors.New("the lock is held by another process")

// lock opens the file without sharing it, which Windows allows only one
// process and ends with the process.
func lock(path string) (unlock func() error, err error) {
	const sharingViolation = syscall.Errno(32)
	name, err := syscall.UTF16PtrFromString(path)
	if err != nil {
		return nil, err
	}
	h, err := syscall.CreateFile(name, syscall.GENERIC_READ|syscall.GENERIC_WRITE, 0, nil,
		syscall.OPEN_ALWAYS, syscall.FILE_ATTRIBUTE_NORMAL, 0)
	if errors.Is(err, sharingViolation) {
		return nil, errHeld
	}
	if err != nil {
		return nil, err
	}
	return func() error { return syscall.CloseHandle(h) }, nil
}
