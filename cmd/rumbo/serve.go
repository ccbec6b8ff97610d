package main

import (
	"context"
	"os"

	"github.com/logistica-inteligente/rumbo/internal/telemetry"
)

type serveCommand struct {
	settings
}

// Run serves until the process is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	log, err := telemetry.NewLogger(os.Stderr, c.LogFormat, c.LogLevel)
	if err != nil {
		return err
	}
	a, err := openApp(ctx, c.settings, log)
	if err != nil {
		return err
	}
	defer a.close()
	return a.run(ctx)
}
