package speeds

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"io"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/roads"
)

// bundledMap is the map of New York that the demo carries.
func bundledMap(t testing.TB) *roads.Graph {
	t.Helper()
	file, err := os.Open("../../internal/demo/assets/ny.map.gz")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	zip, err := gzip.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(zip)
	if err != nil {
		t.Fatal(err)
	}
	g, err := roads.Load(data)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

// sliceOf divides the day: night, morning, midday, afternoon, evening; all of a
// weekend is one slice.
func sliceOf(t time.Time) int {
	if t.Weekday() == time.Saturday || t.Weekday() == time.Sunday {
		return 5
	}
	for i, end := range []int{6, 10, 15, 19} {
		if t.Hour() < end {
			return i
		}
	}
	return 4
}

// greenTaxis reads trips with exact places in order of time; those under a minute
// or over two hours, faster than 40 m/s in a straight line, or farther than 300 m
// from a road, are left out.
func greenTaxis(t testing.TB, g *roads.Graph) []Trip {
	t.Helper()
	file, err := os.Open(filepath.Join(os.Getenv("RUMBO_DATA"), "trips", "green_tripdata_2013-08_latlon.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	in := csv.NewReader(file)
	in.FieldsPerRecord = -1
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	snapper, err := roads.NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	var trips []Trip
	for _, r := range rows[1:] {
		start, err1 := time.Parse(time.DateTime, r[1])
		end, err2 := time.Parse(time.DateTime, r[2])
		var at [4]float64
		for i := range at {
			at[i], _ = strconv.ParseFloat(r[5+i], 64)
		}
		a, b := geo.LatLon{Lat: at[1], Lon: at[0]}, geo.LatLon{Lat: at[3], Lon: at[2]}
		seconds := end.Sub(start).Seconds()
		from, err3 := snapper.Snap(a, 300)
		to, err4 := snapper.Snap(b, 300)
		if err1 != nil || err2 != nil || err3 != nil || err4 != nil || seconds < 60 || seconds > 7200 || geo.Meters(a, b)/seconds > 40 {
			continue
		}
		trips = append(trips, Trip{From: from.Node, To: to.Node, Slice: sliceOf(start), Seconds: seconds})
	}
	return trips
}

// BenchmarkGreenTaxis learns from the first four fifths of August 2013 and
// reports the mean absolute error on the last fifth: with the default units of
// the map, with one calibrated factor, and with what Fit chose.
func BenchmarkGreenTaxis(b *testing.B) {
	g := bundledMap(b)
	h := hierarchy(b, g)
	trips := greenTaxis(b, g)
	past, future := trips[:len(trips)*4/5], trips[len(trips)*4/5:]
	for _, tt := range []struct {
		name   string
		groups Groups
	}{{"kind", ByKind(g)}, {"kind-and-zone", ByKind(g).ByZone(g, 6, 6)}} {
		b.Run(tt.name, func(b *testing.B) {
			for b.Loop() {
				x, report, err := Fit(context.Background(), h, g, tt.groups, past, Options{Slices: 6, Rounds: 3})
				if err != nil {
					b.Fatal(err)
				}
				f := &fitter{h: h, g: g, groups: tt.groups, slices: 6, holdOut: math.MaxInt, trips: past}
				free, _, _, err := f.rows(context.Background(), f.constant(1))
				if err != nil {
					b.Fatal(err)
				}
				one := f.choose(free, nil, &Report{}) // without test rows the first stage stays
				b.ReportMetric(futureError(b, f, future, f.constant(1)), "free-s")
				b.ReportMetric(futureError(b, f, future, one), "one-factor-s")
				b.ReportMetric(futureError(b, f, future, x), "learned-s")
				b.Logf("%d trips, stage %d, %d groups, %+v, one factor %.2f", len(trips), x.Stage, tt.groups.Count, report, one.Slice[0][0])
			}
		})
	}
}

func futureError(b *testing.B, f *fitter, future []Trip, x Factors) float64 {
	f.trips = future
	rows, _, _, err := f.rows(context.Background(), x)
	if err != nil {
		b.Fatal(err)
	}
	return meanError(rows, func(slice int) []float64 { return x.Slice[slice] })
}
