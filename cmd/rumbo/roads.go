package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/logistica-inteligente/rumbo/internal/mapfile"
	"github.com/logistica-inteligente/rumbo/roads"
)

type roadsCommand struct {
	Import roadsImport `cmd:"" help:"Make a map file from DIMACS road files."`
	Info   roadsInfo   `cmd:"" help:"Show what a map file holds."`
}

type roadsImport struct {
	Time        string `required:"" type:"existingfile" help:"DIMACS .gr file of travel times (.gz is unpacked)."`
	Distance    string `type:"existingfile" help:"DIMACS .gr file of distances, same arcs in the same order."`
	Coordinates string `type:"existingfile" help:"DIMACS .co file."`
	Out         string `required:"" help:"Map file to write; packed when it ends in .gz."`
}

// Run reads, keeps the largest strongly connected part and writes.
func (c *roadsImport) Run(_ context.Context) error {
	var in roads.DIMACS
	for _, source := range []struct {
		path string
		to   *io.Reader
	}{{c.Time, &in.Time}, {c.Distance, &in.Distance}, {c.Coordinates, &in.Coordinates}} {
		if source.path == "" {
			continue
		}
		file, err := mapfile.Open(source.path)
		if err != nil {
			return err
		}
		defer file.Close()
		*source.to = strings.NewReader(string(file.Bytes()))
	}
	whole, err := roads.ReadDIMACS(in)
	if err != nil {
		return err
	}
	kept, report, err := roads.Cut(whole, nil)
	if err != nil {
		return err
	}
	fmt.Printf("%d of %d nodes and %d of %d arcs kept: the largest of %d strongly connected parts\n",
		report.NodesKept, report.NodesBefore, report.ArcsKept, report.ArcsBefore, report.Components)
	return writeMap(kept, c.Out)
}

// writeMap writes beside the file and renames, so that a map in use is never cut short.
func writeMap(g *roads.Graph, path string) (err error) {
	file, err := os.Create(path + ".tmp")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(file.Name())
		}
	}()
	var out io.WriteCloser = file
	if strings.HasSuffix(path, ".gz") {
		out = gzip.NewWriter(file)
	}
	if _, err = g.WriteTo(out); err != nil {
		return err
	}
	if err = out.Close(); err != nil {
		return err
	}
	if out != io.WriteCloser(file) {
		if err = file.Close(); err != nil {
			return err
		}
	}
	return os.Rename(file.Name(), path)
}

type roadsInfo struct {
	Map  string `arg:"" type:"existingfile" help:"Map file."`
	JSON bool   `help:"Print JSON."`
}

// Run prints sizes, region and units.
func (c *roadsInfo) Run() error {
	g, closeMap, err := openMap(c.Map)
	if err != nil {
		return err
	}
	defer closeMap()
	box := g.Box()
	if c.JSON {
		return json.NewEncoder(os.Stdout).Encode(map[string]any{
			"nodes": g.NodeCount(), "arcs": g.ArcCount(), "box": box,
			"seconds_per_unit": g.Units.SecondsPerUnit, "meters_per_unit": g.Units.MetersPerUnit, "calibrated": g.Units.Calibrated,
		})
	}
	fmt.Printf("%d nodes, %d arcs\nregion %+v\n1 unit of time is %g s (calibrated: %t), 1 unit of distance %g m\n",
		g.NodeCount(), g.ArcCount(), box, g.Units.SecondsPerUnit, g.Units.Calibrated, g.Units.MetersPerUnit)
	return nil
}

// openMap opens a map file, packed or not; close it when nothing uses the graph any more.
func openMap(path string) (*roads.Graph, func() error, error) {
	file, err := mapfile.Open(path)
	if err != nil {
		return nil, nil, err
	}
	g, err := roads.Load(file.Bytes())
	if err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return g, file.Close, nil
}
