package search

import "github.com/logistica-inteligente/rumbo/vrp"

// types are the service and setup times of stops by type of vehicle, where types differ in
// any. A stop wears the times of the class that drives it or is being tried: nodes hold
// them, so that the tests of times need not know.
type types struct {
	count   int     // of types
	service []int64 // by stop node * count + type
	setup   []int64
}

// compileTypes notes the times by type. Where all vehicles that count are of one type its
// times simply are the site's. O(stops * types).
func (m *Model) compileTypes() {
	index := map[int32]int32{}
	var kinds []int32
	for k := range m.classes {
		c := &m.classes[k]
		kind := m.Problem.Vehicles[c.vehicle].Type
		if _, ok := index[kind]; !ok {
			index[kind] = int32(len(kinds))
			kinds = append(kinds, kind)
		}
		c.kind = index[kind]
	}
	if len(kinds) == 0 {
		return
	}
	t := &types{count: len(kinds), service: make([]int64, m.Stops*len(kinds)), setup: make([]int64, m.Stops*len(kinds))}
	differ := false
	for v := range m.site {
		x := &m.site[v]
		s := m.siteOf(v)
		for k, kind := range kinds {
			setup, service := s.Times(kind)
			t.setup[v*t.count+k], t.service[v*t.count+k] = setup, service
			if k == 0 {
				x.setup, x.service = setup, service
			}
			differ = differ || setup != x.setup || service != x.service
			m.setups = m.setups || setup > 0
		}
	}
	if differ {
		m.types = t
	}
}

// dress gives stop v the times of a class.
func (s *State) dress(v int32, c *class) {
	if t := s.m.types; s.isStop(v) {
		i := int(v)*t.count + int(c.kind)
		s.nodes[v].service = t.service[i]
		s.setups[v] = t.setup[i]
	}
}

// dressAll gives the stops of a sequence the times of a class; redress gives those that are
// served the times of the class that serves them again. O(len(seq)).
func (s *State) dressAll(seq []int32, c *class) {
	for _, v := range seq {
		s.dress(v, c)
	}
}

func (s *State) redress(seq []int32) {
	for _, v := range seq {
		if r := s.nodes[v].route; r != none {
			s.dress(v, s.class(r))
		}
	}
}

// tasks is the setup and service at the stops of a sequence, all dressed for class c.
func (s *State) tasks(c *class, seq []int32) int64 {
	sum, from := int64(0), c.start
	for _, v := range seq {
		if s.isStop(v) {
			sum += s.busy(from, v)
		}
		from = s.nodes[v].place
	}
	return sum
}

// worstTask bounds what setup and service at one stop cost a vehicle of class c.
func (m *Model) worstTask(c *class) int64 {
	most := int64(0)
	for v := range m.site {
		s := m.siteOf(v)
		setup, service := s.Times(m.Problem.Vehicles[c.vehicle].Type)
		most = max(most, setup+service)
	}
	return most * c.perService
}

// siteOf is the problem's site of a stop node.
func (m *Model) siteOf(v int) *vrp.Site {
	switch x := m.visits[v]; x.Kind {
	case vrp.KindPickup:
		return &m.Problem.Shipments[x.Index].Pickup
	case vrp.KindDelivery:
		return &m.Problem.Shipments[x.Index].Delivery
	default:
		return &m.Problem.Jobs[x.Index].Site
	}
}
