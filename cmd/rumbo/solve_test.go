package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// rumbo solve names file, line and reason of what it cannot read, and writes nothing.
func TestSolveNamesFileLineAndReason(t *testing.T) {
	dir := t.TempDir()
	file, out := filepath.Join(dir, "bad.vrp"), filepath.Join(dir, "out.sol")
	text := "NAME : bad\nTYPE : CVRP\nDIMENSION : 2\nEDGE_WEIGHT_TYPE : EUC_2D\nCAPACITY : much\n"
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c := solveCommand{File: file, Clock: "wall", Threads: 1, Iterations: 1, Out: out}
	err := c.Run(t.Context())
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{"bad.vrp", "line 5", `"much" is not a number`} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not say %s", err, part)
		}
	}
	if files, _ := os.ReadDir(dir); len(files) != 1 {
		t.Errorf("left %v", files)
	}
}
