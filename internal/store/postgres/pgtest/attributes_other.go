//go:build unix && !linux

package pgtest

import "syscall"

// attributes starts a process as the given user.
func attributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as}
}
