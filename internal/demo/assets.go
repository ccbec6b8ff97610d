package demo

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/zone"
	"github.com/logistica-inteligente/rumbo/roads"
)

// The bundled files, packed; see assets/README.md.
var (
	//go:embed assets/trips.csv.gz
	TripsGzip []byte
	//go:embed assets/ny.map.gz
	MapGzip []byte
	//go:embed assets/zones.geojson.gz
	ZonesGzip []byte
)

// TripsMonth is the month of the bundled trips, and TimeZone the local time of their city.
const (
	TripsMonth = "2022-01"
	TimeZone   = "America/New_York"
)

// NewYork is the bundled city, with the drop-offs of the trips that began at from or later.
func NewYork(from time.Time) (*City, error) {
	mapBytes, err := unpack(MapGzip)
	if err != nil {
		return nil, err
	}
	graph, err := roads.Load(mapBytes)
	if err != nil {
		return nil, err
	}
	zoneBytes, err := unpack(ZonesGzip)
	if err != nil {
		return nil, err
	}
	zones, err := zone.Read(bytes.NewReader(zoneBytes))
	if err != nil {
		return nil, err
	}
	trips, err := unpack(TripsGzip)
	if err != nil {
		return nil, err
	}
	dropoffs, err := Dropoffs(bytes.NewReader(trips), from)
	if err != nil {
		return nil, err
	}
	if len(dropoffs) == 0 {
		return nil, fmt.Errorf("demo: no trip began at %s or later", from.Format(time.RFC3339))
	}
	return &City{Zones: zones, Graph: graph, Dropoffs: dropoffs}, nil
}

func unpack(packed []byte) ([]byte, error) {
	r, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}
