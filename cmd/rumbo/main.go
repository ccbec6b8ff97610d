// Command rumbo is the whole platform in one binary: the server with its workers, the
// engines on files, and the demo that shows the circuit.
//
// It is the wiring: the only place that names concrete drivers, reads the environment
// and the command line, and owns the clock. Everything else lives in packages that are
// given what they need. See rumbo --help.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	_ "time/tzdata" // local times must work on hosts without zone data

	"github.com/alecthomas/kong"
	rumbo "github.com/logistica-inteligente/rumbo"
)

// cli is the command line; every command is a struct with a Run method.
type cli struct {
	Demo    demoCommand    `cmd:"" help:"Run the whole circuit on bundled data of New York, then stay up."`
	Serve   serveCommand   `cmd:"" help:"Serve the API and work in the background."`
	Worker  workerCommand  `cmd:"" help:"Work in the background beside other processes, on PostgreSQL."`
	Keys    keysCommand    `cmd:"" help:"Create, list and delete API keys."`
	Runs    runsCommand    `cmd:"" help:"Flows and their runs: list, timeline, logs, cancel, repeat; over the API."`
	Backup  backupCommand  `cmd:"" help:"Backups: make, list, verify."`
	Restore restoreCommand `cmd:"" help:"Bring a backup back into an empty installation."`
	Tasks   tasksCommand   `cmd:"" help:"Look after background work: list, replay, cancel, pause, limit."`
	Roads   roadsCommand   `cmd:"" help:"Road maps: import and look at."`
	Solve   solveCommand   `cmd:"" help:"Solve an instance file of the literature."`
	Bench   benchCommand   `cmd:"" help:"Measure the engines."`
	Version versionCommand `cmd:"" help:"Print version, commit and platform."`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var line cli
	parser := kong.Parse(&line, append(commandLine(),
		kong.UsageOnError(),
		kong.BindTo(ctx, (*context.Context)(nil)),
	)...)
	if err := parser.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "rumbo: "+explain(err))
		os.Exit(1)
	}
}

// commandLine is what the commands' tags leave open.
func commandLine() []kong.Option {
	return []kong.Option{
		kong.Name("rumbo"),
		kong.Description("Route intelligence: learned travel times and optimized routes."),
		kong.Vars{"flows": strings.Join(rumbo.Flows(), ", "), "startable_flows": strings.Join(rumbo.StartableFlows(), ",")},
	}
}

// explain is the error as a person at a terminal should read it: every faulty field on
// its own line, then the hint.
func explain(err error) string {
	var fault *rumbo.Error
	if !errors.As(err, &fault) || len(fault.Fields) == 0 {
		if fault != nil && fault.Hint != "" {
			return err.Error() + "\n  " + fault.Hint
		}
		return err.Error()
	}
	text := fault.Code.Text(rumbo.English, rumbo.FieldError{})
	for _, f := range rumbo.Render(rumbo.English, fault.Fields) {
		text += fmt.Sprintf("\n  %s: %s (%s)", f.Pointer, f.Message, f.Code)
	}
	if fault.Hint != "" {
		text += "\n  " + fault.Hint
	}
	return text
}
