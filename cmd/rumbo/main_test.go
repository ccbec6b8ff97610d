package main

import (
	"testing"

	"github.com/alecthomas/kong"

	rumbo "github.com/logistica-inteligente/rumbo"
)

// TestCommandLine parses what stands in guides, and has each flow that can be started, and no other,
// started by name.
func TestCommandLine(t *testing.T) {
	parse := func(args ...string) (line cli, err error) {
		parser, err := kong.New(&line, commandLine()...)
		if err != nil {
			t.Fatal(err)
		}
		_, err = parser.Parse(args)
		return line, err
	}
	for _, flow := range rumbo.StartableFlows() {
		if line, err := parse("runs", "start", flow, "--key", "k"); err != nil || line.Runs.Start.Flow != flow {
			t.Errorf("%s: %v", flow, err)
		}
	}
	if _, err := parse("runs", "start", rumbo.FlowTrack, "--key", "k"); err == nil {
		t.Error("a flow that only its subject starts was taken")
	}
}
