//go:build !unix

package bench

import "time"

// CPU is not measured on this system.
func CPU() time.Duration { return 0 }

// HasCPU reports whether CPU measures anything here.
const HasCPU = false
