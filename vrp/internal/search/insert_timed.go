package search

// swiftTimes reports whether besideTimed applies: a plain fleet with windows where a leg
// takes the same time both ways, at any hour, and every stop has one window and no setup.
// That is VRPTW as the benchmarks have it. O(n^2) where the durations have a table of
// their own.
func (m *Model) swiftTimes() bool {
	if !m.plain || !m.timed || m.multi || m.setups {
		return false
	}
	t := &m.travels[0]
	if len(t.slices) > 0 || t.byMetric {
		return false
	}
	if &t.dist[0] == &t.dur[0] {
		return true
	}
	for a := range t.stride {
		for b := range a {
			if t.dur[a*t.stride+b] != t.dur[b*t.stride+a] {
				return false
			}
		}
	}
	return true
}
