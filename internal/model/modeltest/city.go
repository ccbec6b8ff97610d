// Package modeltest is a small made-up city for tests of everything that trains or
// uses a travel-time model: zones on a grid, roads that are a known factor longer
// than the straight line, trips whose durations follow a known law.
//
// Test helper: imported by tests only. Everything follows from the seeds given.
package modeltest

import (
	"context"
	"fmt"
	"iter"
	"math"
	"math/rand/v2"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/gbdt"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Side is the number of zones along each side of the city, zones 1 to Side*Side.
const Side = 6

// Zones is the city's zone map: squares of about two kilometers.
type Zones struct{}

const (
	south, west = 40.60, -74.00
	cell        = 0.02 // degrees
)

// Centroid is the middle of a zone.
func (Zones) Centroid(zone int32) (rumbo.Point, bool) {
	if zone < 1 || zone > Side*Side {
		return rumbo.Point{}, false
	}
	row, column := (zone-1)/Side, (zone-1)%Side
	return rumbo.Point{Lat: south + cell*(float64(row)+0.5), Lon: west + cell*(float64(column)+0.5)}, true
}

// At is the zone that holds the place.
func (Zones) At(p rumbo.Point) int32 {
	row, column := math.Floor((p.Lat-south)/cell), math.Floor((p.Lon-west)/cell)
	if row < 0 || row >= Side || column < 0 || column >= Side {
		return 0
	}
	return int32(row)*Side + int32(column) + 1
}

// Resolver resolves the city's spots, in UTC.
func Resolver() *feature.Resolver { return &feature.Resolver{Zones: Zones{}} }

// Detour is how much longer a road is than the straight line, RoadSpeed the map's
// own speed in meters per second.
const (
	Detour    = 1.3
	RoadSpeed = 12.0
)

// Roads is the city's map. It counts the pairs it was asked for.
type Roads struct{ Asked int }

// RoadTimes answers every pair; places south of the city have no road.
func (r *Roads) RoadTimes(_ context.Context, pairs []feature.Pair) ([]feature.Road, error) {
	r.Asked += len(pairs)
	out := make([]feature.Road, len(pairs))
	for i, p := range pairs {
		out[i] = Road(p)
	}
	return out, nil
}

// Road is the map's answer for one pair.
func Road(p feature.Pair) feature.Road {
	if p.From.Lat < south || p.To.Lat < south {
		return feature.NoRoad()
	}
	meters := Detour * geo.Meters(p.From, p.To)
	return feature.Road{S: meters / RoadSpeed, M: meters}
}

// Slowness is the law that trips follow: by how much an hour of the day is slower
// than the map thinks.
func Slowness(hour int) float64 {
	switch {
	case hour < 6:
		return 1.1
	case hour >= 7 && hour < 10, hour >= 16 && hour < 19:
		return 2.2
	}
	return 1.6
}

// Start is the first departure of [Trips].
func Start() time.Time { return time.Date(2024, 3, 4, 0, 0, 0, 0, time.UTC) }

// Trips makes n trips over about n/100 days in order of departure, with exact ends,
// zones and meters. Durations are road time x slowness x drift x lognormal noise of
// 20 %, plus half a minute.
func Trips(n int, seed uint64, drift float64) []rumbo.Trip {
	random := rand.New(rand.NewPCG(seed, 1))
	trips := make([]rumbo.Trip, n)
	at := Start()
	for i := range trips {
		at = at.Add(time.Duration(random.ExpFloat64()*864) * time.Second)
		from, to := place(random), place(random)
		road := Road(feature.Pair{From: geo.LatLon(from), To: geo.LatLon(to)})
		s := 30 + road.S*Slowness(at.Hour())*drift*math.Exp(0.2*random.NormFloat64())
		trips[i] = rumbo.Trip{
			ID: fmt.Sprintf("trip-%06d", i), PickupAt: at, DropoffAt: at.Add(time.Duration(s * float64(time.Second))),
			From: rumbo.Spot{Point: &from, Zone: Zones{}.At(from)}, To: rumbo.Spot{Point: &to, Zone: Zones{}.At(to)},
			DistanceM: road.M * (1 + 0.05*random.Float64()), BatchID: "batch_city",
		}
	}
	return trips
}

func place(random *rand.Rand) rumbo.Point {
	return rumbo.Point{Lat: south + cell*Side*random.Float64(), Lon: west + cell*Side*random.Float64()}
}

// Seq yields the trips as a store does.
func Seq(trips []rumbo.Trip) iter.Seq2[rumbo.Trip, error] {
	return func(yield func(rumbo.Trip, error) bool) {
		for _, t := range trips {
			if !yield(t, nil) {
				return
			}
		}
	}
}

// Bundle is a small model of the city, grown without the care that train takes. The
// seed varies it.
func Bundle(set feature.Set, seed uint64) (*model.Bundle, error) { return sized(set, seed, 20, 15) }

// Tiny is a model of a few leaves only: a file of few bytes.
func Tiny(set feature.Set) (*model.Bundle, error) { return sized(set, 1, 2, 3) }

func sized(set feature.Set, seed uint64, trees, leaves int) (*model.Bundle, error) {
	b := model.Bundle{
		Set: set, FeatureHash: set.Hash(), Correction: model.NoCorrection(),
		Base: model.Base{RoadScale: 1.5, LineSpeed: 6, BlurredS: 300},
		Floors: model.Floors{Speed: 7, Spreads: map[string]model.Spread{
			model.FloorSpeed: {P10: 0.7, P50: 1, P90: 1.4}, model.FloorZones: {P10: 0.8, P50: 1, P90: 1.3}, model.FloorRoad: {P10: 0.7, P50: 1, P90: 1.4},
		}},
	}
	rows := feature.NewRows(set)
	data := gbdt.Data{}
	for _, f := range set.Features() {
		data.Features = append(data.Features, gbdt.Feature{Name: f.Name})
	}
	var zones []model.ZoneObservation
	for _, trip := range Trips(1500, seed, 1) {
		f, _ := Resolver().Trip(&trip)
		f.SetRoad(Road(f.Pair()))
		row := make([]float64, rows.Width())
		rows.Fill(row, &f)
		data.Rows = append(data.Rows, row...)
		data.Target = append(data.Target, b.Target(&f, trip.DurationS()))
		if trees < 5 && len(zones) > 20 {
			continue
		}
		zones = append(zones, model.ZoneObservation{From: f.FromZone, To: f.ToZone, Hour: model.HourOfWeek(&f), Ratio: 0.1})
	}
	b.Floors.Zones = model.NewZoneFloor(zones)
	return grow(b, data, trees, leaves)
}

func grow(b model.Bundle, data gbdt.Data, trees, leaves int) (*model.Bundle, error) {
	ds, err := gbdt.NewDataset(data, gbdt.Binning{MaxBins: 63})
	if err != nil {
		return nil, err
	}
	p := gbdt.DefaultParams()
	p.Trees, p.Leaves, p.MinLeafRows = trees, leaves, 20
	for k, into := range []**gbdt.Model{&b.Mean, &b.Quantiles[0], &b.Quantiles[1], &b.Quantiles[2]} {
		if k > 0 {
			p.Objective, p.Alpha = gbdt.Quantile, []float64{0.1, 0.5, 0.9}[k-1]
		}
		if *into, err = gbdt.Train(context.Background(), ds, p); err != nil {
			return nil, err
		}
	}
	return model.New(b)
}
