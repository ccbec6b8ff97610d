//go:build unix

package sqlite

import (
	"errors"
	"os"
	"syscall"
)

// errHeld says that another process holds the lock.
var errHeld = errors.New("the lock is held by another process")

// lock takes an exclusive lock that the kernel gives back when the process
// ends, however it ends. The file stays: removing it would let two processes
// lock two files of the same name.
func lock(path string) (unlock func() error, err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, errHeld
		}
		return nil, err
	}
	return f.Close, nil
}
