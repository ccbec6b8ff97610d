//go:build !amd64

package cch

// kernels are the inner loops that fit this processor.
func kernels() kernel { return plainKernel() }
