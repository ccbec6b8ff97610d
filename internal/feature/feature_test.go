package feature_test

import (
	"flag"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
)

var update = flag.Bool("update", false, "write the golden files anew")

var sets = []feature.Set{feature.A, feature.B, feature.R}

// TestDefinitions holds every feature to its committed name, unit, version and value
// for one drive. Who changes the meaning of a feature must raise its version: then
// the hash changes too, and models trained before are refused.
func TestDefinitions(t *testing.T) {
	saturday := time.Date(2022, 1, 15, 15, 59, 29, 0, time.FixedZone("EST", -5*3600))
	f := feature.Between(
		feature.Place{LatLon: geo.LatLon{Lat: 40.7, Lon: -74}, Zone: 48},
		feature.Place{LatLon: geo.LatLon{Lat: 40.75, Lon: -73.9}, Zone: 0},
		saturday, feature.Road{S: 900, M: 12_345})
	f.MeteredM = 13_500
	var got strings.Builder
	for _, set := range sets {
		rows := feature.NewRows(set)
		row := make([]float64, rows.Width())
		rows.Fill(row, &f)
		fmt.Fprintf(&got, "set %s hash %s\n", set, set.Hash())
		for i, def := range set.Features() {
			fmt.Fprintf(&got, "  %s [%s] v%d %.9g\n", def.Name, def.Unit, def.Version, row[i])
		}
	}
	if *update {
		if err := os.WriteFile("testdata/definitions.golden", []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("testdata/definitions.golden")
	if err != nil {
		t.Fatal(err)
	}
	if got.String() != string(want) {
		t.Errorf("got\n%swant\n%s", got.String(), want)
	}
}

func TestSetsBuildOnA(t *testing.T) {
	for _, set := range sets {
		seen := map[string]bool{}
		for i, f := range set.Features() {
			if f.Name == "" || f.Unit == "" || f.Doc == "" || f.Version < 1 || seen[f.Name] {
				t.Errorf("set %s, feature %d is not well defined: %+v", set, i, f)
			}
			seen[f.Name] = true
			if a := feature.A.Features(); i < len(a) && a[i].Name != f.Name {
				t.Errorf("set %s, feature %d is %s, in A %s", set, i, f.Name, a[i].Name)
			}
		}
	}
	if feature.Set("X").Valid() || feature.Set("X").Features() != nil {
		t.Error("X is no set")
	}
}

// TestADepartureSetEqualsAFilledRow is the parity of training, which fills rows one
// by one, and of tables, which only change the clock.
func TestADepartureSetEqualsAFilledRow(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		instant := func(label string) time.Time {
			return time.Unix(rapid.Int64Range(0, 4e9).Draw(t, label), 0).In(time.FixedZone("", 60*rapid.IntRange(-720, 840).Draw(t, label+" offset")))
		}
		place := func(label string) feature.Place {
			return feature.Place{LatLon: geo.LatLon{
				Lat: rapid.Float64Range(-80, 80).Draw(t, label+" lat"), Lon: rapid.Float64Range(-180, 180).Draw(t, label+" lon"),
			}, Zone: rapid.Int32Range(0, 300).Draw(t, label+" zone")}
		}
		from, to, road := place("from"), place("to"), feature.Road{S: 100, M: 2000}
		first, second := feature.Between(from, to, instant("first"), road), feature.Between(from, to, instant("second"), road)
		for _, set := range sets {
			rows := feature.NewRows(set)
			want, got := make([]float64, rows.Width()), make([]float64, rows.Width())
			rows.Fill(want, &second)
			rows.Fill(got, &first)
			clock := rows.Clock(second.At)
			for i, column := range rows.Clocks() {
				got[column] = clock[i]
			}
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("set %s: got %v, want %v", set, got, want)
			}
		}
	})
}

func TestRowsDoNotAllocate(t *testing.T) {
	rows := feature.NewRows(feature.R)
	row := make([]float64, rows.Width())
	f := feature.Between(feature.Place{}, feature.Place{}, time.Unix(0, 0).UTC(), feature.NoRoad())
	if n := testing.AllocsPerRun(100, func() { rows.Fill(row, &f) }); n != 0 {
		t.Errorf("%v allocations a row", n)
	}
}

type zones struct{}

func (zones) Centroid(zone int32) (rumbo.Point, bool) {
	return rumbo.Point{Lat: 40 + float64(zone), Lon: -74}, zone < 10
}
func (zones) At(p rumbo.Point) int32 { return int32(p.Lat) - 40 }

func TestResolve(t *testing.T) {
	at := time.Date(2024, 7, 1, 12, 0, 0, 0, time.UTC)
	r := feature.Resolver{Zones: zones{}, Location: time.FixedZone("EDT", -4*3600)}
	point := rumbo.Spot{Point: &rumbo.Point{Lat: 43.2, Lon: -74}}
	for _, c := range []struct {
		name     string
		from, to rumbo.Spot
		depart   time.Time
		faults   string
		blurred  bool
	}{
		{"points", point, point, at, "", false},
		{"two zones", rumbo.Spot{Zone: 1}, rumbo.Spot{Zone: 2}, at, "", false},
		{"one zone", rumbo.Spot{Zone: 1}, rumbo.Spot{Zone: 1}, at, "", true},
		{"a point within the zone", point, rumbo.Spot{Zone: 3}, at, "", false},
		{"nothing", rumbo.Spot{}, rumbo.Spot{}, time.Time{}, "/from/point missing_field; /to/point missing_field; /depart_at missing_field", false},
		{"unknown zone", rumbo.Spot{Zone: 10}, point, at, "/from/zone unknown_reference", false},
		{"swapped", rumbo.Spot{Point: &rumbo.Point{Lat: -174, Lon: 40.7}}, point, at, "/from/point swapped_coordinates", false},
	} {
		f, faults := r.Facts("", c.from, c.to, c.depart)
		var text []string
		for _, fault := range faults {
			text = append(text, fault.Pointer+" "+string(fault.Code))
		}
		if got := strings.Join(text, "; "); got != c.faults {
			t.Errorf("%s: faults %q, want %q", c.name, got, c.faults)
		}
		if len(faults) == 0 && (f.Blurred != c.blurred || f.At.Hour() != 8 || f.FromZone == 0 || f.ToZone == 0) {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

func TestABlurredDriveHasNoRoad(t *testing.T) {
	r := feature.Resolver{Zones: zones{}}
	f, _ := r.Facts("", rumbo.Spot{Zone: 1}, rumbo.Spot{Zone: 1}, time.Unix(0, 0))
	f.SetRoad(feature.Road{})
	if !math.IsNaN(f.RoadS) || !math.IsNaN(f.RoadM) {
		t.Errorf("a drive within a zone took %v s by road", f.RoadS)
	}
}
