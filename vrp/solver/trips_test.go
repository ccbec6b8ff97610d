package solver_test

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp/check"
	"pgregory.net/rapid"
)

// Problems of jobs with reloads and releases, where nothing but legs is priced, pass the
// referee; under the tag vrpdebug each test by trips is compared with the exact evaluation.
func TestTripsPassTheReferee(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f := drawFeatures(t)
		f.several, f.shipments, f.slices, f.duration, f.limits = false, false, false, false, false
		f.breaks, f.backhaul, f.rides, f.types = false, false, false, false
		f.windows = rapid.IntRange(0, 3).Draw(t, "more windows") > 0
		f.reloads = rapid.IntRange(0, 3).Draw(t, "more reloads") > 0
		f.release = !f.reloads || rapid.Bool().Draw(t, "more releases")
		p := drawProblem(t, f, 16)
		s := solve(t, p, 300)
		r := check.Solution(p, &s)
		if err := r.Err(); err != nil {
			t.Fatalf("%v", err)
		}
	})
}
