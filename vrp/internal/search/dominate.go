package search

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// compileDominated maps each vehicle of the problem to the one that the search uses in its
// place: itself, or one that can do all that it can for no more and of which there are enough
// for everything. Of a fleet that can be had in any mix, the sizes that never pay are gone
// before the search begins. Locks name their vehicles: with them every vehicle stays.
// O(vehicles^2).
func (m *Model) compileDominated() []int32 {
	p := m.Problem
	instead := make([]int32, len(p.Vehicles))
	for i := range instead {
		instead[i] = int32(i)
	}
	if len(p.Locks) > 0 {
		return instead
	}
	better := func(j, i int) bool {
		return int(p.Vehicles[j].Number()) >= len(m.units) && m.dominates(&p.Vehicles[j], &p.Vehicles[i])
	}
	for i := range p.Vehicles {
		for j := range p.Vehicles {
			// Of twins the first one stays.
			if i == j || int(instead[j]) != j || !better(j, i) || (i < j && better(i, j)) {
				continue
			}
			// Whoever was replaced by i follows it.
			for k := range instead {
				if int(instead[k]) == i {
					instead[k] = int32(j)
				}
			}
			break
		}
	}
	return instead
}

// dominates reports whether vehicle b can drive any route of vehicle a for no more.
func (m *Model) dominates(b, a *vrp.Vehicle) bool {
	simple := len(a.Breaks) == 0 && len(b.Breaks) == 0 && len(a.Reloads) == 0 && len(b.Reloads) == 0
	if !simple || a.Profile != b.Profile || a.Type != b.Type || a.Start != b.Start || a.End != b.End || a.Shift != b.Shift || a.Backhaul != b.Backhaul {
		return false
	}
	if b.Fixed > a.Fixed || b.PerDistance > a.PerDistance || b.PerDriving > a.PerDriving || b.PerDuration > a.PerDuration ||
		b.PerService > a.PerService || b.PerToll > a.PerToll {
		return false
	}
	if orNever(b.MaxDistance) < orNever(a.MaxDistance) || orNever(b.MaxDriving) < orNever(a.MaxDriving) ||
		orNever(b.MaxDuration) < orNever(a.MaxDuration) || orNever(int64(b.MaxStops)) < orNever(int64(a.MaxStops)) {
		return false
	}
	for _, s := range a.Skills {
		if _, ok := slices.BinarySearch(b.Skills, s); !ok {
			return false
		}
	}
	for d := range m.dims {
		if amountIn(b.Capacity, d) < amountIn(a.Capacity, d) {
			return false
		}
	}
	return true
}

// amountIn is one entry of an amount slice, which may be nil.
func amountIn(amounts []int64, d int) int64 {
	if d >= len(amounts) {
		return 0
	}
	return amounts[d]
}
