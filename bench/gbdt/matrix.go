package main

import (
	"bufio"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/gbdt"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// matrix is the features, driven seconds and months of trips.
type matrix struct {
	features []gbdt.Feature
	rows     []float64
	target   []float64 // seconds
	months   []string  // YYYY-MM of each trip's file
}

// centroids are a zone map of middles alone.
type centroids map[int32]rumbo.Point

func (c centroids) Known(zone int32) bool                   { _, ok := c[zone]; return ok }
func (c centroids) Centroid(zone int32) (rumbo.Point, bool) { p, ok := c[zone]; return p, ok }
func (c centroids) At(rumbo.Point) int32                    { return 0 }

// loadMatrix cleans all green files below data by the platform's own rules and computes feature set B.
func loadMatrix(data string) (*matrix, error) {
	zones, err := loadCentroids(filepath.Join(data, "trips", "taxi_zone_centroids.csv"))
	if err != nil {
		return nil, err
	}
	files, err := filepath.Glob(filepath.Join(data, "trips", "green_tripdata_*.parquet"))
	if err != nil {
		return nil, err
	}
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		return nil, err
	}
	m := &matrix{}
	for _, f := range feature.B.Features() {
		m.features = append(m.features, gbdt.Feature{Name: f.Name})
	}
	resolver := &feature.Resolver{Zones: zones, Location: newYork}
	for _, path := range files {
		if err := m.load(path, zones, resolver); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(path), err)
		}
	}
	return m, nil
}

func (m *matrix) load(path string, zones centroids, resolver *feature.Resolver) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	month := strings.TrimSuffix(strings.TrimPrefix(filepath.Base(path), "green_tripdata_"), ".parquet")
	batch := rumbo.Batch{Kind: "trips", Format: rumbo.FormatParquet, Schema: tabular.TLCGreen, TimeZone: "America/New_York", Month: month}
	rows := feature.NewRows(feature.B)
	row := make([]float64, rows.Width())
	for result, err := range etl.Clean(f, batch, zones) {
		if err != nil {
			return err
		}
		if result.Trip == nil {
			continue
		}
		facts, ok := resolver.Trip(result.Trip)
		if !ok {
			continue
		}
		rows.Fill(row, &facts)
		m.rows = append(m.rows, row...)
		m.target = append(m.target, result.Trip.DropoffAt.Sub(result.Trip.PickupAt).Seconds())
		m.months = append(m.months, month)
	}
	return nil
}

func loadCentroids(path string) (centroids, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	if _, err := r.Read(); err != nil { // location_id, borough, zone, lon, lat
		return nil, err
	}
	out := centroids{}
	for {
		row, err := r.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		id, err1 := strconv.ParseInt(row[0], 10, 32)
		lon, err2 := strconv.ParseFloat(row[3], 64)
		lat, err3 := strconv.ParseFloat(row[4], 64)
		if err1 != nil || err2 != nil || err3 != nil {
			return nil, fmt.Errorf("%s: row %q", path, row)
		}
		out[int32(id)] = rumbo.Point{Lat: lat, Lon: lon}
	}
}

// split parts the trips before the month from those in it.
func (m *matrix) split(month string) (train, test *matrix) {
	train, test = &matrix{features: m.features}, &matrix{features: m.features}
	n := len(m.features)
	for i, in := range m.months {
		to := train
		if in == month {
			to = test
		} else if in > month {
			continue
		}
		to.rows = append(to.rows, m.rows[i*n:(i+1)*n]...)
		to.target = append(to.target, m.target[i])
	}
	return train, test
}

// export writes little-endian doubles: the number of columns, then for each trip its features, seconds and
// month as YYYYMM.
func (m *matrix) export(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	n := len(m.features)
	put := func(v ...float64) { err = binary.Write(w, binary.LittleEndian, v) }
	put(float64(n + 2))
	for i, month := range m.months {
		if err != nil {
			return err
		}
		number, bad := strconv.Atoi(strings.Replace(month, "-", "", 1))
		if bad != nil {
			return bad
		}
		put(append(m.rows[i*n:(i+1)*n:(i+1)*n], m.target[i], float64(number))...)
	}
	if err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
