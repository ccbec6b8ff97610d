package train

import (
	"compress/gzip"
	"encoding/csv"
	"io"
	"iter"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// The bundled trips are the yellow taxi sample of January 2022 (NYC TLC open data)
// after cleaning: pickup, seconds, meters and zones.

// zoneMap is a zone map of centroids alone.
type zoneMap map[int32]rumbo.Point

func (z zoneMap) Centroid(zone int32) (rumbo.Point, bool) { p, ok := z[zone]; return p, ok }
func (z zoneMap) At(rumbo.Point) int32                    { return 0 }

func table(t testing.TB, r io.Reader) [][]string {
	t.Helper()
	rows, err := csv.NewReader(r).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

func open(t testing.TB, path string) *os.File {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func number(t testing.TB, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func loadZones(t testing.TB) zoneMap {
	z := zoneMap{}
	for _, row := range table(t, open(t, "testdata/centroids.csv")) {
		z[int32(number(t, row[0]))] = rumbo.Point{Lat: number(t, row[1]), Lon: number(t, row[2])}
	}
	return z
}

// newYork is the time zone of the bundled trips, as a fixed offset: January has no
// change of clocks, and the test must not depend on an installed database.
func newYork() *time.Location { return time.FixedZone("EST", -5*3600) }

func loadTaxi(t testing.TB) []rumbo.Trip {
	t.Helper()
	zipped, err := gzip.NewReader(open(t, "testdata/taxi.csv.gz"))
	if err != nil {
		t.Fatal(err)
	}
	var trips []rumbo.Trip
	for i, row := range table(t, zipped) {
		at, err := time.ParseInLocation(time.DateTime, row[0], newYork())
		if err != nil {
			t.Fatal(err)
		}
		trips = append(trips, rumbo.Trip{
			ID: strconv.Itoa(i), PickupAt: at, DropoffAt: at.Add(time.Duration(number(t, row[1])) * time.Second),
			DistanceM: number(t, row[2]), BatchID: "batch_taxi",
			From: rumbo.Spot{Zone: int32(number(t, row[3]))}, To: rumbo.Spot{Zone: int32(number(t, row[4]))},
		})
	}
	return trips
}

// each yields the trips as a store would.
func each(trips []rumbo.Trip) iter.Seq2[rumbo.Trip, error] {
	return func(yield func(rumbo.Trip, error) bool) {
		for _, t := range trips {
			if !yield(t, nil) {
				return
			}
		}
	}
}

func taxi(t testing.TB, roads Roads) Source {
	return Source{Trips: each(loadTaxi(t)), Resolver: &feature.Resolver{Zones: loadZones(t), Location: newYork()}, Roads: roads}
}
