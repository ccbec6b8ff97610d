package model

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// errorsOf makes residuals whose logarithms are a common part by hour and a part of
// their own, both normal.
func errorsOf(n int, common, own float64, seed uint64) []Residual {
	random := rand.New(rand.NewPCG(seed, 2))
	out := make([]Residual, n)
	at := time.Date(2024, 5, 1, 0, 0, 0, 0, time.UTC)
	shared := 0.0
	for i := range out {
		if i%20 == 0 {
			shared = common * random.NormFloat64()
			at = at.Add(time.Hour)
		}
		f := &feature.Facts{At: at, From: geo.LatLon{Lat: 40, Lon: 0}, To: geo.LatLon{Lat: 40, Lon: 0.1 * random.Float64()}}
		e := shared + own*random.NormFloat64()
		out[i] = Residual{Facts: f, Seconds: 600 * math.Exp(e), Mean: 600, Log: [3]float64{e, e, e}}
	}
	return out
}

func TestOffsetsCoverFreshTrips(t *testing.T) {
	c := FitCorrection(errorsOf(20_000, 0, 0.3, 1))
	below := [3]float64{}
	fresh := errorsOf(20_000, 0, 0.3, 2)
	for _, r := range fresh {
		offsets := c.offsets(r.Facts)
		for k := range below {
			if r.Log[k] <= offsets[k] {
				below[k]++
			}
		}
	}
	for k, level := range levels {
		if share := below[k] / float64(len(fresh)); math.Abs(share-level) > 0.01 {
			t.Errorf("%.3f of fresh trips below the offset for %.1f", share, level)
		}
	}
	if want := math.Exp(0.3 * 0.3 / 2); math.Abs(c.Ratio[0]-want) > 0.01 {
		t.Errorf("ratio %.4f, want about %.4f, the mean of a lognormal", c.Ratio[0], want)
	}
}

func TestCorrelationIsFound(t *testing.T) {
	for _, c := range []struct{ common, own, want float64 }{{0, 0.3, 0.1}, {0.3, 0.3, 0.5}, {0.2, 0.3, 0.308}} {
		if got := FitCorrection(errorsOf(40_000, c.common, c.own, 3)).Correlation; math.Abs(got-c.want) > 0.05 {
			t.Errorf("common %.1f, own %.1f: correlation %.3f, want about %.2f", c.common, c.own, got, c.want)
		}
	}
}

func TestCorrectionOfNothing(t *testing.T) {
	if c := FitCorrection(nil); c.Ratio != NoCorrection().Ratio || c.Offsets != NoCorrection().Offsets {
		t.Errorf("%+v", c)
	}
	one := FitCorrection(errorsOf(1, 0, 0.3, 4))
	if math.Abs(one.Ratio[0]-1) > 0.2 || one.Correlation != leastCorrelation {
		t.Errorf("one trip moves the ratio to %v", one.Ratio)
	}
}

func TestZoneFloorShrinksToItsWiderGroup(t *testing.T) {
	many := make([]ZoneObservation, 0, 300)
	for range 100 {
		many = append(many, ZoneObservation{From: 1, To: 2, Hour: 8, Ratio: 0.5}, ZoneObservation{From: 1, To: 2, Hour: 20, Ratio: -0.5})
	}
	many = append(many, ZoneObservation{From: 2, To: 1, Hour: 8, Ratio: 0.6}, ZoneObservation{From: 0, To: 1, Hour: 8, Ratio: 9})
	z := NewZoneFloor(many)
	monday := time.Date(2024, 3, 4, 8, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name     string
		from, to int32
		at       time.Time
		want     float64
	}{
		{"its own hour", 1, 2, monday, 0.5 * 100 / 105},
		{"another hour: the pair", 1, 2, monday.Add(time.Hour), 0},
		{"one trip weighs little", 2, 1, monday, (0.6 + 5*0.1) / 6},
		{"never met", 3, 4, monday, 0},
	} {
		got := z.logRatio(&feature.Facts{FromZone: c.from, ToZone: c.to, At: c.at})
		if math.Abs(got-c.want) > 1e-6 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
	if z.Pairs() != 2 {
		t.Errorf("%d pairs, want 2: trips without both zones say nothing", z.Pairs())
	}
}
