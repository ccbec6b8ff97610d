package search

import "github.com/logistica-inteligente/rumbo/vrp"

// Lean classes are those whose routes keep nothing but times and loads: times are renewed
// from the changed links outward as far as they change, and taken back from a log. A route
// of a hundred stops then costs an iteration little more than one of ten.

// clock is what a node's times were before a change.
type clock struct {
	leave, late int64
	node        int32
}

// clocksKept is how many changes of times the log holds. An iteration that changes more
// (filling a solution, say) renews all that it touched when it is taken back.
const clocksKept = 4096

// lean reports whether routes of the class can be renewed from the changed links outward.
func (m *Model) lean(c *class) bool {
	return !c.exact && !m.released && len(c.reloads) == 0 &&
		c.backhaul == vrp.BackhaulMixed && !m.travels[c.travel].blocked
}

// remember logs the times of a node that are about to change.
func (s *State) remember(v int32, n *node) {
	if len(s.clocks) == cap(s.clocks) {
		s.clocksLost = true
		return
	}
	s.clocks = append(s.clocks, clock{n.leave, n.late, v})
}

func (s *State) setLeave(v int32, leave int64) {
	if n := &s.nodes[v]; n.leave != leave {
		s.remember(v, n)
		n.leave = leave
	}
}

func (s *State) setLate(v int32, late int64) {
	if n := &s.nodes[v]; n.late != late {
		s.remember(v, n)
		n.late = late
	}
}

// undoTimes takes back all changes of times since begin, the links being those of begin
// again. False says that the log does not go back that far.
func (s *State) undoTimes() bool {
	if s.clocksLost {
		return false
	}
	for i := len(s.clocks) - 1; i >= 0; i-- {
		c := &s.clocks[i]
		n := &s.nodes[c.node]
		n.leave, n.late = c.leave, c.late
	}
	return true
}

// closeGaps renews the times of lean routes around each place where a ruin took stops out.
// Where the direct way breaks a window, the rest of the route is taken out as well; false
// says that a locked head keeps it infeasible. O(stops whose times change).
func (s *ruiner) closeGaps() bool {
	if !s.m.timed {
		return true
	}
	last := none
	for i := 0; i < len(s.journal); i++ {
		p := s.journal[i].after
		if p == none || p == last || s.nodes[p].route == none {
			continue
		}
		last = p
		r := s.nodes[p].route
		c := s.class(r)
		if !c.lean || s.spreadGap(&s.m.travels[c.travel], p) {
			continue
		}
		s.strip(r)
		if !s.renew(r) {
			return false
		}
	}
	return true
}

// spreadGap renews the times on both sides of the leg behind p, as far as they change;
// false where a window is missed.
func (s *State) spreadGap(t *travel, p int32) bool {
	for a, b := p, s.nodes[p].next; b != none; a, b = b, s.nodes[b].next {
		leave, ok := s.drive(t, a, b, s.nodes[a].leave)
		if !ok && s.size[s.nodes[a].route] > 0 {
			return false
		}
		if leave == s.nodes[b].leave {
			break
		}
		s.setLeave(b, leave)
	}
	s.spreadLate(t, p)
	return true
}

// spreadLate renews latest departures from v back to the start until one stays as it is.
func (s *State) spreadLate(t *travel, v int32) {
	for b := s.nodes[v].next; v != none; v, b = s.nodes[v].prev, v {
		late := t.leaveBy(s.nodes[v].place, s.nodes[b].place, s.latestArrival(s.nodes[v].place, b))
		if late == s.nodes[v].late {
			return
		}
		s.setLate(v, late)
	}
}
