// Command makeassets makes the road map that the demo carries,
// internal/demo/assets/ny.map.gz, from public files:
//
//	RUMBO_DATA=DIR go run ./internal/demo/makeassets [-out FILE]
//
// DIR holds roads/USA-road-{d,t}.NY.gr.gz and roads/USA-road-d.NY.co.gz (9th
// DIMACS Implementation Challenge, from TIGER/Line, public domain) and
// trips/taxi_zones.geojson.gz (New York City open data).
//
// The region is every node within 2 km of a taxi zone, or in the corridor
// between Newark Airport and the Hudson tunnels: the five boroughs and the
// airport with their bridges, tunnels and the shore roads that connect them. Of
// that the largest strongly connected part is kept, with its elimination order,
// so that the hierarchy is ready in a moment. The same files give the same map,
// byte for byte before compression.
package main

import (
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/roads"
	"github.com/logistica-inteligente/rumbo/roads/cch"
)

// marginMeters is how far from a taxi zone a node may lie.
const marginMeters = 2000

// hudsonCorridor joins Newark Airport, whose zone touches no other, to the
// Holland and Lincoln tunnels.
var hudsonCorridor = geo.Polygon{{
	{Lat: 40.66, Lon: -74.20}, {Lat: 40.75, Lon: -74.20}, {Lat: 40.79, Lon: -74.07},
	{Lat: 40.79, Lon: -74.00}, {Lat: 40.66, Lon: -74.06},
}}

func main() {
	out := flag.String("out", "internal/demo/assets/ny.map.gz", "map file to write")
	flag.Parse()
	if err := run(os.Getenv("RUMBO_DATA"), *out); err != nil {
		fmt.Fprintln(os.Stderr, "makeassets:", err)
		os.Exit(1)
	}
}

func run(data, out string) error {
	if data == "" {
		return errors.New("RUMBO_DATA names no directory")
	}
	whole, err := readNewYork(filepath.Join(data, "roads"))
	if err != nil {
		return err
	}
	zones, err := readZones(filepath.Join(data, "trips", "taxi_zones.geojson.gz"))
	if err != nil {
		return err
	}
	near := geo.NewRegion(zones, marginMeters)
	city, report, err := roads.Cut(whole, func(p geo.LatLon) bool {
		return near.Contains(p) || hudsonCorridor.Contains(p)
	})
	if err != nil {
		return err
	}
	fmt.Printf("%+v\n", report)
	city.SourceID = nil // saves space; nothing in the demo speaks of source numbers
	if city.Order, err = cch.Order(context.Background(), city, cch.OrderOptions{}); err != nil {
		return err
	}
	return writeMap(city, out)
}

func readNewYork(dir string) (*roads.Graph, error) {
	readers := make([]io.Reader, 3)
	for i, name := range []string{"USA-road-t.NY.gr.gz", "USA-road-d.NY.gr.gz", "USA-road-d.NY.co.gz"} {
		file, zip, err := openGzip(filepath.Join(dir, name))
		if err != nil {
			return nil, err
		}
		defer file.Close()
		readers[i] = zip
	}
	return roads.ReadDIMACS(roads.DIMACS{Time: readers[0], Distance: readers[1], Coordinates: readers[2]})
}

func openGzip(path string) (*os.File, *gzip.Reader, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	zip, err := gzip.NewReader(file)
	if err != nil {
		file.Close()
		return nil, nil, fmt.Errorf("%s: %w", path, err)
	}
	return file, zip, nil
}

// readZones reads the polygons of a GeoJSON feature collection.
func readZones(path string) ([]geo.Polygon, error) {
	file, zip, err := openGzip(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var collection struct {
		Features []struct {
			Geometry struct {
				Type        string
				Coordinates json.RawMessage
			}
		}
	}
	if err := json.NewDecoder(zip).Decode(&collection); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	var zones []geo.Polygon
	for i, f := range collection.Features {
		var several [][][][2]float64
		var err error
		switch f.Geometry.Type {
		case "Polygon":
			several = make([][][][2]float64, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &several[0])
		case "MultiPolygon":
			err = json.Unmarshal(f.Geometry.Coordinates, &several)
		default:
			err = fmt.Errorf("geometry %q", f.Geometry.Type)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: feature %d: %w", path, i, err)
		}
		for _, rings := range several {
			zones = append(zones, polygon(rings))
		}
	}
	return zones, nil
}

func polygon(rings [][][2]float64) geo.Polygon {
	var pg geo.Polygon
	for _, ring := range rings {
		var r geo.Ring
		for _, lonLat := range ring {
			r = append(r, geo.LatLon{Lat: lonLat[1], Lon: lonLat[0]})
		}
		pg = append(pg, r)
	}
	return pg
}

// writeMap writes the compressed map file.
func writeMap(g *roads.Graph, out string) error {
	file, err := os.Create(out)
	if err != nil {
		return err
	}
	zip, err := gzip.NewWriterLevel(file, gzip.BestCompression)
	if err != nil {
		return err
	}
	_, err = g.WriteTo(zip)
	return errors.Join(err, zip.Close(), file.Close())
}
