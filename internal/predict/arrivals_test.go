package predict_test

import (
	"fmt"
	"math"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/predict"
)

func route(stops int, earliest float64) []predict.Visit {
	out := make([]predict.Visit, stops)
	for i := range out {
		out[i] = predict.Visit{Leg: rumbo.Quantiles{P10: 450, P50: 600, P90: 800}, EarliestS: earliest, ServiceS: 120}
	}
	return out
}

func width(q rumbo.Quantiles) float64 { return q.P90 - q.P10 }

func TestArrivalsOfOneLegAreItsQuantiles(t *testing.T) {
	q := predict.Arrivals(route(1, 0), 0.3, 1)[0]
	for _, c := range [][2]float64{{q.P10, 450}, {q.P50, 600}, {q.P90, 800}} {
		if math.Abs(c[0]-c[1]) > 20 {
			t.Errorf("drawn %+v", q)
		}
	}
}

func TestArrivalsSpreadAlongTheRoute(t *testing.T) {
	alone, together := predict.Arrivals(route(20, 0), 0, 1), predict.Arrivals(route(20, 0), 0.5, 1)
	for i := range alone {
		q := together[i]
		if !(q.P10 <= q.P50 && q.P50 <= q.P90) {
			t.Fatalf("stop %d: %+v", i, q)
		}
		if i > 0 && together[i-1].P50 >= q.P50 {
			t.Errorf("stop %d is reached before stop %d", i, i-1)
		}
	}
	// Independent legs: the spread grows as the root of their number.
	if got := width(alone[15]) / width(alone[0]); math.Abs(got-4) > 0.6 {
		t.Errorf("16 independent legs spread %.2f times one, want about 4", got)
	}
	if width(together[19]) < 1.5*width(alone[19]) {
		t.Errorf("legs that are slow together spread %.0f s, independent ones %.0f s", width(together[19]), width(alone[19]))
	}
}

func TestWaitingAbsorbsTheSpread(t *testing.T) {
	q := predict.Arrivals(route(2, 3000), 0.3, 1)[1]
	if want := 3000 + 120 + 600.0; math.Abs(q.P50-want) > 30 || width(q) > 400 {
		t.Errorf("after waiting until 3000 s: %+v", q)
	}
}

func TestArrivalsFollowFromTheSeed(t *testing.T) {
	first, again, other := predict.Arrivals(route(5, 0), 0.2, 1), predict.Arrivals(route(5, 0), 0.2, 1), predict.Arrivals(route(5, 0), 0.2, 2)
	if fmt.Sprint(first) != fmt.Sprint(again) || fmt.Sprint(first) == fmt.Sprint(other) {
		t.Errorf("%v\n%v\n%v", first, again, other)
	}
	if len(predict.Arrivals(nil, 0, 0)) != 0 {
		t.Error("no visits, no arrivals")
	}
}
