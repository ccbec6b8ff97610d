package roads

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestCalibrateHasTheLeastAbsoluteError(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var list []Observation
		for range rapid.IntRange(1, 30).Draw(t, "trips") {
			list = append(list, Observation{Road: rapid.Float64Range(1, 5000).Draw(t, "road"), Seconds: rapid.Float64Range(1, 5000).Draw(t, "seconds")})
		}
		c, err := Calibrate(list)
		if err != nil {
			t.Fatal(err)
		}
		errorOf := func(f float64) (sum float64) {
			for _, o := range list {
				sum += math.Abs(o.Seconds-f*o.Road) / float64(len(list))
			}
			return sum
		}
		for _, o := range list { // the best factor is one of the ratios
			if f := o.Seconds / o.Road; errorOf(f) < c.MeanAbsoluteError*(1-1e-9) {
				t.Fatalf("factor %v has error %v, %v has less: %v", c.Factor, c.MeanAbsoluteError, f, errorOf(f))
			}
		}
		again, err := Calibrate(rapid.Permutation(list).Draw(t, "order"))
		if err != nil || again.Factor != c.Factor {
			t.Fatalf("another order gives %v, not %v", again.Factor, c.Factor)
		}
	})
}

func TestCalibrateIgnoresNonsense(t *testing.T) {
	list := []Observation{
		{100, 250}, {200, 500}, {300, 750}, {400, 1000}, // the truth: 2.5
		{50, 86_000}, // parked overnight
		{0, 100}, {100, 0}, {-5, 10}, {math.NaN(), 10}, {10, math.Inf(1)},
	}
	c, err := Calibrate(list)
	if err != nil || c.Factor != 2.5 || c.Used != 5 || c.Ignored != 5 {
		t.Errorf("calibration %+v, %v", c, err)
	}
	if _, err := Calibrate(list[5:]); !errors.Is(err, ErrCalibration) {
		t.Errorf("nothing usable: %v", err)
	}
}
