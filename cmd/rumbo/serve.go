package main

import (
	"context"
	"os"

	"github.com/logistica-inteligente/rumbo/internal/telemetry"
)

type serveCommand struct {
	settings
	Roles []string `default:"api,worker" enum:"api,worker" env:"RUMBO_ROLES" help:"What this process does: ${enum}. Other processes need --database."`
}

// Run serves until the process is told to stop.
func (c *serveCommand) Run(ctx context.Context) error {
	c.settings.Roles = c.Roles
	return c.work(ctx)
}

// work opens the installation and does its roles until the process is told to stop.
func (c settings) work(ctx context.Context) error {
	log, err := telemetry.NewLogger(os.Stderr, c.LogFormat, c.LogLevel)
	if err != nil {
		return err
	}
	a, err := openApp(ctx, c, log)
	if err != nil {
		return err
	}
	defer a.close()
	return a.run(ctx)
}

type workerCommand struct {
	settings
}

// Run works in the background until the process is told to stop.
func (c *workerCommand) Run(ctx context.Context) error {
	c.settings.Roles = []string{roleWorker}
	return c.work(ctx)
}
