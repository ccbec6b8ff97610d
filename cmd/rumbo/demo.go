package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/demo"
	"github.com/logistica-inteligente/rumbo/internal/telemetry"
)

type demoCommand struct {
	Once    bool    `help:"End after the circuit, with 0 when every step succeeded."`
	Out     string  `help:"Folder for the problem, the plan and the raw webhook."`
	Data    string  `help:"Data directory; a fresh one in the folder for temporary files when absent."`
	Listen  string  `default:"127.0.0.1:0" help:"Address of the API."`
	Seed    int64   `default:"1" help:"Of the made-up day, the training and the search."`
	SearchS float64 `default:"10" name:"search-s" help:"Time limit of the plan, seconds."`
	Quiet   bool    `help:"Print the last line only."`
}

// Run starts a server on embedded defaults and walks the circuit as its client.
func (c *demoCommand) Run(ctx context.Context) (err error) {
	screen := &demo.Screen{Out: os.Stdout, Terminal: isTerminal(os.Stdout), Clock: time.Now}
	if c.Quiet {
		screen = &demo.Screen{Out: io.Discard, Clock: time.Now}
	}
	if c.Data == "" {
		if c.Data, err = os.MkdirTemp("", "rumbo-demo-"); err != nil {
			return err
		}
		if c.Once {
			defer os.RemoveAll(c.Data)
		}
	}
	a, key, err := c.open(ctx)
	if err != nil {
		return fmt.Errorf("step start: %w", err)
	}
	defer a.close()
	serving, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- a.run(serving) }()
	fmt.Fprintf(screen.Out, "Rumbo serves at %s, data in %s\n", a.url(), c.Data)
	err = c.walk(ctx, a, key, screen)
	if err == nil && !c.Once {
		fmt.Fprintf(screen.Out, "\nThe server stays up: %s/docs shows the API, the key is %s. Ctrl-C ends it.\n", a.url(), key)
		<-ctx.Done()
	}
	stop()
	return errors.Join(err, <-ended)
}

// open writes the bundled maps into the data directory and opens the server on them.
func (c *demoCommand) open(ctx context.Context) (*app, string, error) {
	s := settings{
		Data: c.Data, Listen: c.Listen, TimeZone: demo.TimeZone, SnapMeters: 500, MaxPayloadMiB: 256,
		MaxQuarantine: 0.5, AllowPrivateCallbacks: true,
		Map: filepath.Join(c.Data, "ny.map.gz"), Zones: filepath.Join(c.Data, "zones.geojson.gz"),
	}
	if err := os.MkdirAll(c.Data, 0o700); err != nil {
		return nil, "", err
	}
	for path, content := range map[string][]byte{s.Map: demo.MapGzip, s.Zones: demo.ZonesGzip} {
		if err := os.WriteFile(path, content, 0o600); err != nil {
			return nil, "", err
		}
	}
	log, err := telemetry.NewLogger(os.Stderr, "text", "warn")
	if err != nil {
		return nil, "", err
	}
	a, err := openApp(ctx, s, log)
	if err != nil {
		return nil, "", err
	}
	key, err := createKey(ctx, a.store, "demo", []string{"all"})
	if err != nil {
		a.close()
	}
	return a, key, err
}

func (c *demoCommand) walk(ctx context.Context, a *app, key string, screen *demo.Screen) error {
	api, err := client.New(a.url(), key)
	if err != nil {
		return err
	}
	circuit := &demo.Circuit{Client: api, Secret: a.secret, Out: c.Out, Seed: c.Seed, Screen: screen, Clock: time.Now, SearchS: c.SearchS}
	result, err := circuit.Run(ctx)
	if err != nil {
		return err
	}
	line, err := json.Marshal(result)
	if err != nil {
		return err
	}
	_, err = fmt.Printf("\n%s\n", line)
	return err
}

// isTerminal says whether a person is looking.
func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
