package roads

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// ErrCalibration is wrapped by every error of [Calibrate].
var ErrCalibration = errors.New("cannot calibrate road times")

// Observation pairs the road's opinion of a drive with what was driven.
type Observation struct {
	Road    float64 // road duration, in any unit that is the same for all
	Seconds float64 // observed duration
}

// Calibration is the one factor between road times and driven ones.
type Calibration struct {
	// Factor is how many seconds one unit of Observation.Road takes. When Road
	// was a table's seconds, it goes into [TableOptions.TimeFactor].
	Factor float64

	Used    int // observations with both numbers positive
	Ignored int // the others

	// MeanAbsoluteError is the mean of |Seconds - Factor x Road| over the used
	// observations, in seconds.
	MeanAbsoluteError float64
}

// Calibrate fits the factor f with the least sum of |Seconds - f x Road|. That f
// is a weighted median of the ratios Seconds/Road, each weighted by its Road: a
// long drive counts for more than a short one, and a minority of absurd
// observations, however large, hardly moves it. (Least absolute deviations,
// Bloomfield & Steiger 1983, doi:10.1007/978-1-4684-8574-5, here through the
// origin.) Where a whole range of factors is equally good, the lowest is taken.
//
// Observations with a number that is not positive and finite are ignored and
// counted; an error wraps [ErrCalibration] when none is left. O(n log n).
func Calibrate(observations []Observation) (Calibration, error) {
	used := make([]Observation, 0, len(observations))
	var weight float64
	for _, o := range observations {
		if o.Road > 0 && o.Seconds > 0 && !math.IsInf(o.Road, 1) && !math.IsInf(o.Seconds, 1) {
			used = append(used, o)
			weight += o.Road
		}
	}
	c := Calibration{Used: len(used), Ignored: len(observations) - len(used)}
	if len(used) == 0 || math.IsInf(weight, 1) {
		return c, fmt.Errorf("%w: none of %d observations has a positive road and driven time", ErrCalibration, len(observations))
	}
	slices.SortFunc(used, compareRatios)
	half := weight / 2
	for _, o := range used {
		c.Factor = o.Seconds / o.Road
		if half -= o.Road; half <= 0 {
			break
		}
	}
	for _, o := range used {
		c.MeanAbsoluteError += math.Abs(o.Seconds-c.Factor*o.Road) / float64(len(used))
	}
	return c, nil
}

// compareRatios orders observations by seconds a road unit; equal ratios by
// road, so that the sum of weights does not depend on the order given.
func compareRatios(a, b Observation) int {
	x, y := a.Seconds/a.Road, b.Seconds/b.Road
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	case a.Road < b.Road:
		return -1
	case a.Road > b.Road:
		return 1
	}
	return 0
}

// Calibrated is the same network with its duration unit multiplied by a factor
// that [Calibrate] found for road times in the map's own seconds. It errs on a
// factor that is not positive.
func (g *Graph) Calibrated(factor float64) (*Graph, error) {
	units := g.Units
	units.SecondsPerUnit *= factor
	units.Calibrated = true
	return g.WithUnits(units)
}
