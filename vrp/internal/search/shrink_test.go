package search

import (
	"math/rand/v2"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// packing is a problem of jobs all over the plane whose amounts fill vehicles of 100 to the
// last unit, shuffled.
func packing(vehicles int, windows bool) *vrp.Problem {
	r := rand.New(rand.NewPCG(3, 4))
	p := &vrp.Problem{Dimensions: 1, Objective: vrp.VehiclesFirst, Places: []vrp.Place{{X: 500, Y: 500}},
		Profiles: []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}},
		Vehicles: []vrp.Vehicle{{Count: 100, Capacity: []int64{100}, PerDistance: 1, Shift: vrp.TimeWindow{Close: 20000}}}}
	loads := [][]int64{{50, 30, 20}, {60, 40}, {45, 35, 20}, {70, 20, 10}, {25, 25, 25, 25}, {55, 30, 15}}
	for k := range vehicles {
		for _, a := range loads[k%len(loads)] {
			s := vrp.Site{Place: int32(len(p.Places))}
			if windows {
				open := int64(r.IntN(6000))
				s.Windows = []vrp.TimeWindow{{Open: open, Close: open + 9000}}
			}
			p.Places = append(p.Places, vrp.Place{X: float64(r.IntN(1000)), Y: float64(r.IntN(1000))})
			p.Jobs = append(p.Jobs, vrp.Job{Site: s, Delivery: []int64{a}})
		}
	}
	r.Shuffle(len(p.Jobs), func(i, j int) { p.Jobs[i], p.Jobs[j] = p.Jobs[j], p.Jobs[i] })
	return p
}

// Emptying routes ends with vehicles that are full to the last unit, and knows that it did.
func TestShrinkFillsVehicles(t *testing.T) {
	for _, windows := range []bool{false, true} {
		s := New(Compile(packing(12, windows)), 1)
		s.Construct()
		if s.used <= 12 {
			t.Fatalf("windows %v: the construction uses %d vehicles, nothing to shrink", windows, s.used)
		}
		if !s.CanShrink() {
			t.Fatal("cannot shrink")
		}
		s.BeginShrink()
		temperature := s.Scale() / 20
		for range 60000 {
			if s.Shrunk() {
				break
			}
			s.ShrinkStep(temperature)
		}
		if s.EndShrink(); s.used != 12 || len(s.bank) != 0 || !s.Shrunk() {
			t.Errorf("windows %v: %d vehicles, %d left over, shrunk %v; want 12, 0", windows, s.used, len(s.bank), s.Shrunk())
		}
	}
}

// A route that a ruin emptied can be opened again: vehicles are saved one at a time.
func TestShrinkKeepsVehiclesInUse(t *testing.T) {
	s := New(Compile(packing(12, true)), 1)
	s.Construct()
	s.BeginShrink()
	temperature := s.Scale() / 20
	for range 20000 {
		before := s.most
		s.ShrinkStep(temperature)
		if s.used > before || s.most < before-1 {
			t.Fatalf("%d vehicles in use, %d allowed, now %d", s.used, before, s.most)
		}
		if len(s.bank) > 0 && s.used < s.most-1 {
			t.Fatalf("%d units left over while %d of %d vehicles are in use", len(s.bank), s.used, s.most)
		}
	}
}
