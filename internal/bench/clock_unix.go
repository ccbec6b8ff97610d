//go:build unix

package bench

import (
	"syscall"
	"time"
)

// CPU is the processor time that this process has used so far, in user and system mode, on
// all its threads, garbage collection included. About a microsecond a call.
func CPU() time.Duration {
	var use syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &use) != nil {
		return 0
	}
	return time.Duration(use.Utime.Nano() + use.Stime.Nano())
}

// HasCPU reports whether CPU measures anything here.
const HasCPU = true
