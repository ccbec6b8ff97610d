package search

import (
	"slices"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Only vehicles that others can replace in any number and at no higher price go.
func TestDominatedVehiclesAreReplaced(t *testing.T) {
	small := vrp.Vehicle{Count: 9, Capacity: []int64{50}, PerDistance: 1}
	large := vrp.Vehicle{Count: 9, Capacity: []int64{90}, PerDistance: 1}
	with := func(v vrp.Vehicle, change func(*vrp.Vehicle)) vrp.Vehicle { change(&v); return v }
	tests := []struct {
		name  string
		fleet []vrp.Vehicle
		want  []int32
		locks []vrp.Lock
	}{
		{"no dearer and larger", []vrp.Vehicle{small, large}, []int32{1, 1}, nil},
		{"twins", []vrp.Vehicle{small, small, small}, []int32{0, 0, 0}, nil},
		{"dearer by distance", []vrp.Vehicle{small, with(large, func(v *vrp.Vehicle) { v.PerDistance = 2 })}, []int32{0, 1}, nil},
		{"dearer to use", []vrp.Vehicle{small, with(large, func(v *vrp.Vehicle) { v.Fixed = 1 })}, []int32{0, 1}, nil},
		{"too few", []vrp.Vehicle{small, with(large, func(v *vrp.Vehicle) { v.Count = 7 })}, []int32{0, 1}, nil},
		{"elsewhere", []vrp.Vehicle{small, with(large, func(v *vrp.Vehicle) { v.Start = 1 })}, []int32{0, 1}, nil},
		{"shorter day", []vrp.Vehicle{small, with(large, func(v *vrp.Vehicle) { v.MaxDuration = 10 })}, []int32{0, 1}, nil},
		{"fewer skills", []vrp.Vehicle{with(small, func(v *vrp.Vehicle) { v.Skills = []int32{1} }), large}, []int32{0, 1}, nil},
		{"locked", []vrp.Vehicle{with(small, func(v *vrp.Vehicle) { v.Count = 1 }), large}, []int32{0, 1},
			[]vrp.Lock{{Vehicle: 0, Kind: vrp.LockVehicle, Visits: []vrp.Visit{{Kind: vrp.KindJob}}}}},
	}
	for _, x := range tests {
		p := sample(8, false, false)
		p.Vehicles, p.Locks = x.fleet, x.locks
		m := Compile(p)
		var got []int32
		for _, k := range m.classOf {
			got = append(got, m.classes[k].vehicle)
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: vehicles %v stand for the fleet, want %v", x.name, got, x.want)
		}
	}
}

// An initial solution may use a vehicle that the search has replaced.
func TestInitialSolutionWithDominatedVehicle(t *testing.T) {
	p := sample(4, false, false)
	p.Vehicles = []vrp.Vehicle{{Count: 4, Capacity: []int64{80}, PerDistance: 1}, {Count: 4, Capacity: []int64{90}, PerDistance: 1}}
	s := New(Compile(p), 1)
	s.Resume(&vrp.Solution{Routes: []vrp.Route{{Vehicle: 0, Stops: []vrp.Stop{{Visit: vrp.Visit{Kind: vrp.KindJob}}, {Visit: vrp.Visit{Kind: vrp.KindJob, Index: 1}}}}}})
	best := s.Best()
	if len(best.Unassigned) != 0 || best.Routes[0].Vehicle != 1 {
		t.Fatalf("routes %+v, left %v", best.Routes, best.Unassigned)
	}
}
