package search

// strands is the number of trips, the pieces of the solution that strings are cut from.
func (s *State) strands() int {
	spare := len(s.nodes) - s.m.Stops - 2*s.m.Routes
	return s.used + spare - len(s.reloadFree)
}

// tripOf is the node that begins the trip of stop v and the number of its stops. O(stops).
func (s *State) tripOf(v int32) (int32, int) {
	size := 1
	a := s.nodes[v].prev
	for ; s.isStop(a); a = s.nodes[a].prev {
		size++
	}
	for b := s.nodes[v].next; s.isStop(b); b = s.nodes[b].next {
		size++
	}
	return a, size
}
