package pgtest

import "syscall"

// attributes starts a process as the given user; when this process dies, the
// other one is told to stop.
func attributes(as *syscall.Credential) *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Credential: as, Pdeathsig: syscall.SIGQUIT}
}
