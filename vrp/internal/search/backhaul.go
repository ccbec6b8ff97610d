package search

import "github.com/logistica-inteligente/rumbo/vrp"

// role is what the backhaul rules see in a node.
type role uint8

const (
	neutral  role = iota // a shipment, or a job without amounts
	linehaul             // a job that receives something
	backhaul             // a job that only gives
	boundary             // start, end or reload
)

// roles notes the role of each stop. O(stops * dims).
func (m *Model) compileRoles() {
	m.roles = make([]role, m.Stops)
	for v := range m.Stops {
		for d := range m.dims {
			switch i := v*m.dims + d; {
			case m.deliver[i] > 0:
				m.roles[v] = linehaul
			case m.collect[i] > 0 && m.roles[v] == neutral:
				m.roles[v] = backhaul
			}
		}
	}
}

func (s *State) role(v int32) role {
	if s.isStop(v) {
		return s.m.roles[v]
	}
	return boundary
}

// inOrder tests the class's backhaul rule for a job k between v and w of a route that keeps
// it: no linehaul behind a backhaul, and where the rule says so no trip of backhauls alone.
// O(1), but for neutral stops on the way.
func (s *State) inOrder(c *class, k, v, w int32) bool {
	switch s.m.roles[k] {
	case linehaul:
		return s.lastRole(v) != backhaul
	case backhaul:
		return s.nextRole(w) != linehaul &&
			(c.backhaul != vrp.BackhaulAfterDelivery || s.lastRole(v) != boundary)
	}
	return true
}

// lastRole is the role of the last stop at or before v that is not neutral.
func (s *State) lastRole(v int32) role {
	for s.role(v) == neutral {
		v = s.nodes[v].prev
	}
	return s.role(v)
}

// nextRole is the role of the first stop at or behind w that is not neutral.
func (s *State) nextRole(w int32) role {
	for s.role(w) == neutral {
		w = s.nodes[w].next
	}
	return s.role(w)
}

// backhaulsKept checks the class's rule along a whole sequence, trip by trip. O(len(seq)).
func (s *State) backhaulsKept(c *class, seq []int32) bool {
	if c.backhaul == vrp.BackhaulMixed {
		return true
	}
	last := boundary
	for _, v := range seq {
		switch r := s.role(v); {
		case r == neutral:
			continue
		case r == linehaul && last == backhaul,
			r == backhaul && last == boundary && c.backhaul == vrp.BackhaulAfterDelivery:
			return false
		default:
			last = r
		}
	}
	return true
}
