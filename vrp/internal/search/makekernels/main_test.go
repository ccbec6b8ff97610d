package main

import (
	"bytes"
	"os"
	"testing"
)

// What is committed is what the template says.
func TestKernelsAreCurrent(t *testing.T) {
	want, err := generate()
	if err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile("../insert_kernels.go")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("insert_kernels.go is not what kernels.tmpl makes: go generate ./vrp/internal/search")
	}
}
