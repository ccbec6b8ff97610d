package search

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// compilePlaces numbers the places along the Hilbert curve where travel comes from
// coordinates alone, so that what is read about near places, coordinates and entries of
// table rows, lies in few cache lines. Tables that the problem brings keep their own
// numbers. O(places log places).
func (m *Model) compilePlaces() {
	p := m.Problem
	m.places = p.Places
	for i := range p.Profiles {
		if !byFormula(&p.Profiles[i]) {
			return
		}
	}
	key := curve(p.Places)
	if key == nil || len(p.Profiles) == 0 {
		return
	}
	m.outer = make([]int32, len(p.Places))
	for i := range m.outer {
		m.outer[i] = int32(i)
	}
	slices.SortStableFunc(m.outer, func(a, b int32) int {
		switch {
		case key[a] < key[b]:
			return -1
		case key[a] > key[b]:
			return 1
		}
		return 0
	})
	m.inner = make([]int32, len(p.Places))
	m.places = make([]vrp.Place, len(p.Places))
	for i, o := range m.outer {
		m.inner[o] = int32(i)
		m.places[i] = p.Places[o]
	}
}

// byFormula reports whether a profile consists of its metric alone.
func byFormula(f *vrp.Profile) bool {
	return f.Distance == nil && f.Duration == nil && f.Toll == nil && len(f.Slices) == 0
}

// here is the model's number of a place of the problem, the first number beyond all places for nowhere.
func (m *Model) here(place int32) int32 {
	switch {
	case place < 0:
		return int32(len(m.places))
	case m.inner != nil:
		return m.inner[place]
	}
	return place
}

// there is the problem's number of a place of the model, -1 for nowhere.
func (m *Model) there(place int32) int32 {
	switch {
	case int(place) >= len(m.places):
		return -1
	case m.outer != nil:
		return m.outer[place]
	}
	return place
}
