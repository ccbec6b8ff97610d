// Command makezones makes the zone map that the demo carries,
// internal/demo/assets/zones.geojson.gz, from public files:
//
//	RUMBO_DATA=DIR go run ./internal/demo/makezones [-out FILE] [-meters 4]
//
// DIR holds trips/taxi_zones.geojson.gz and trips/taxi_zone_centroids.csv (New
// York City open data). Borders are made simpler, but neighbors go on sharing
// them: simplify.go says how. The same files give the same map, byte for byte
// before compression.
package main

import (
	"compress/gzip"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/zone"
)

func main() {
	out := flag.String("out", "internal/demo/assets/zones.geojson.gz", "file to write")
	meters := flag.Float64("meters", 4, "how far a border may move, meters")
	flag.Parse()
	if err := run(os.Getenv("RUMBO_DATA"), *out, *meters); err != nil {
		fmt.Fprintln(os.Stderr, "makezones:", err)
		os.Exit(1)
	}
}

func run(data, out string, meters float64) error {
	if data == "" {
		return fmt.Errorf("RUMBO_DATA must name the directory with the source files")
	}
	shapes, err := readShapes(filepath.Join(data, "trips", "taxi_zones.geojson.gz"))
	if err != nil {
		return err
	}
	centroids, err := readCentroids(filepath.Join(data, "trips", "taxi_zone_centroids.csv"))
	if err != nil {
		return err
	}
	before := count(shapes)
	simplify(shapes, meters)
	fmt.Printf("%d zones, %d places, %d after simplification\n", len(shapes), before, count(shapes))
	if err := write(out, shapes, centroids); err != nil {
		return err
	}
	return compare(filepath.Join(data, "trips", "taxi_zones.geojson.gz"), out)
}

// shape is one zone; its places are in units of 1e-5 degrees, about a meter.
type shape struct {
	id            int
	name, borough string
	polygons      [][][]place
}

type place struct{ lon, lat int32 }

const unitsPerDegree = 1e5

func readShapes(path string) ([]*shape, error) {
	var file struct {
		Features []struct {
			Properties struct {
				ID      int    `json:"LocationID"`
				Zone    string `json:"zone"`
				Borough string `json:"borough"`
			} `json:"properties"`
			Geometry struct {
				Type        string          `json:"type"`
				Coordinates json.RawMessage `json:"coordinates"`
			} `json:"geometry"`
		} `json:"features"`
	}
	if err := unzip(path, func(r io.Reader) error { return json.NewDecoder(r).Decode(&file) }); err != nil {
		return nil, err
	}
	var out []*shape
	for _, f := range file.Features {
		var polygons [][][][2]float64
		var err error
		if f.Geometry.Type == "Polygon" {
			polygons = make([][][][2]float64, 1)
			err = json.Unmarshal(f.Geometry.Coordinates, &polygons[0])
		} else {
			err = json.Unmarshal(f.Geometry.Coordinates, &polygons)
		}
		if err != nil {
			return nil, err
		}
		s := &shape{id: f.Properties.ID, name: f.Properties.Zone, borough: f.Properties.Borough}
		for _, rings := range polygons {
			var polygon [][]place
			for _, ring := range rings {
				polygon = append(polygon, round(ring))
			}
			s.polygons = append(s.polygons, polygon)
		}
		out = append(out, s)
	}
	return out, nil
}

// round brings a ring to units, without repeated places and the closing one.
func round(ring [][2]float64) []place {
	var out []place
	for _, p := range ring {
		q := place{int32(math.Round(p[0] * unitsPerDegree)), int32(math.Round(p[1] * unitsPerDegree))}
		if len(out) == 0 || out[len(out)-1] != q {
			out = append(out, q)
		}
	}
	for len(out) > 1 && out[0] == out[len(out)-1] {
		out = out[:len(out)-1]
	}
	return out
}

func readCentroids(path string) (map[int][2]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return nil, err
	}
	out := map[int][2]string{}
	for _, row := range rows[1:] { // location_id,borough,zone,lon,lat
		id, err := strconv.Atoi(row[0])
		if err != nil {
			return nil, err
		}
		out[id] = [2]string{row[4], row[3]}
	}
	return out, nil
}

func unzip(path string, read func(io.Reader) error) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	return read(z)
}

// write writes the map, one zone a line.
func write(path string, shapes []*shape, centroids map[int][2]string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewWriterLevel(f, gzip.BestCompression)
	if err != nil {
		return err
	}
	fmt.Fprint(z, `{"type":"FeatureCollection","features":[`)
	for i, s := range shapes {
		if i > 0 {
			fmt.Fprint(z, ",")
		}
		name, _ := json.Marshal(s.name)
		fmt.Fprintf(z, "\n"+`{"type":"Feature","properties":{"id":%d,"name":%s,"borough":%q`, s.id, name, s.borough)
		if c, ok := centroids[s.id]; ok {
			fmt.Fprintf(z, `,"centroid_lat":%s,"centroid_lon":%s`, c[0], c[1])
		}
		fmt.Fprint(z, `},"geometry":{"type":"MultiPolygon","coordinates":[`)
		writePolygons(z, s.polygons)
		fmt.Fprint(z, "]}}")
	}
	fmt.Fprint(z, "\n]}\n")
	if err := z.Close(); err != nil {
		return err
	}
	return f.Close()
}

func writePolygons(w io.Writer, polygons [][][]place) {
	for i, polygon := range polygons {
		fmt.Fprint(w, comma(i), "[")
		for j, ring := range polygon {
			fmt.Fprint(w, comma(j), "[")
			for k, p := range append(ring[:len(ring):len(ring)], ring[0]) {
				fmt.Fprintf(w, "%s[%s,%s]", comma(k), degrees(p.lon), degrees(p.lat))
			}
			fmt.Fprint(w, "]")
		}
		fmt.Fprint(w, "]")
	}
}

func comma(i int) string {
	if i > 0 {
		return ","
	}
	return ""
}

func degrees(units int32) string {
	return strconv.FormatFloat(float64(units)/unitsPerDegree, 'f', -1, 64)
}

func count(shapes []*shape) (places int) {
	for _, s := range shapes {
		for _, polygon := range s.polygons {
			for _, ring := range polygon {
				places += len(ring)
			}
		}
	}
	return places
}

// compare draws places in the zones as they were and reports how many lie in
// the same zone of the map that was written.
func compare(was, is string) error {
	var before, after *zone.Map
	for path, m := range map[string]**zone.Map{was: &before, is: &after} {
		err := unzip(path, func(r io.Reader) (err error) {
			*m, err = zone.Read(r)
			return err
		})
		if err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
	}
	r := rand.New(rand.NewPCG(1, 2))
	same, drawn := 0, 0
	var farthest rumbo.Zone
	worst := 1.0
	for _, z := range before.Zones() {
		agreed := 0
		const each = 400
		for range each {
			p, ok := before.RandomPoint(z.ID, r)
			if !ok {
				return fmt.Errorf("no place found in zone %d", z.ID)
			}
			if after.At(p) == z.ID {
				agreed++
			}
		}
		if share := float64(agreed) / each; share < worst {
			worst, farthest = share, z
		}
		same, drawn = same+agreed, drawn+each
	}
	fmt.Printf("%d of %d places drawn in the zones lie in the same zone; least in zone %d %s: %.3f\n", same, drawn, farthest.ID, farthest.Name, worst)
	return nil
}
