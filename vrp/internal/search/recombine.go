package search

// recombined is about how many stops are recombined at a time: larger problems go region by
// region, for which set partitioning is nearly solved in milliseconds.
const recombined = 150

// Recombine looks for a better choice among the routes of the pool and the best solution, as set
// partitioning, and goes on from what it finds (after Subramanian, Uchoa & Ochi 2013,
// doi:10.1016/j.cor.2013.01.013). It spends at most about as much time as a number of
// iterations, and reports whether the best solution got better.
func (s *Search) Recombine(iterations int64) bool {
	const steps = 1500 // elementary steps in the time of an iteration
	if s.pool == nil {
		return false
	}
	present, d := s.NewDraft(), s.NewDraft()
	present.Write(s)
	s.record.restore(s.State)
	for r := range int32(s.m.Routes) {
		s.remember(r)
	}
	regions := max(1, s.work()/recombined)
	p := s.NewPartition(regions, s.rand.next())
	d.Write(s)
	p.Cut(d)
	better := false
	s.begin()
	for k := range regions {
		c, columns := s.covering(p, int16(k))
		c.effort = steps * iterations / int64(regions)
		if !c.solve() {
			continue
		}
		better = true
		chosen := make([]*pooled, len(c.chosen))
		for i, j := range c.chosen {
			chosen[i] = columns[j]
		}
		s.rebuild(chosen, p, int16(k))
	}
	if better {
		s.record.save(s.State)
	} else {
		s.backTo(present)
	}
	s.begin()
	return better
}

// backTo makes a draft of the search's own routes the current solution, not the best one.
func (s *Search) backTo(d *Draft) {
	for r := range int32(s.m.Routes) {
		if s.size[r] > 0 && !s.follows(r, d.route(r)) {
			s.dismiss(r)
		}
	}
	for r := range int32(s.m.Routes) {
		if list := d.route(r); s.size[r] == 0 && len(list) > 0 {
			s.employ(r, list)
		}
	}
}

// covering makes the columns from the pool: routes whose work all lies in a region and is
// there for this search. Rows are the units of it. Rates are what its routes pay for each unit.
func (s *Search) covering(p *Partition, region int16) (*covering, []*pooled) {
	m := s.m
	c := &covering{limit: make([]int32, len(m.classes))}
	row := make([]int32, len(m.units))
	for u := range int32(len(m.units)) {
		row[u] = none
		if p.owns(u, region) && (s.bankPos[u] != none || s.served(u)) {
			row[u] = int32(len(c.price))
			c.price = append(c.price, m.units[u].prize)
			if s.bankPos[u] != none {
				c.upper += m.units[u].prize
			}
		}
	}
	for k := range c.limit {
		c.limit[k] = int32(len(s.free[k]))
	}
	c.dual = make([]float64, len(c.price))
	for i, x := range c.price {
		c.dual[i] = float64(x)
	}
	for r := range int32(m.Routes) {
		if s.size[r] > 0 && p.holds(r, region) {
			c.limit[m.routeClass[r]]++
			c.upper += s.shareDuals(c, row, r)
		}
	}
	columns := s.columns(c, row)
	return c, columns
}

// shareDuals divides the cost of route r among its rows, evenly, as their first multipliers,
// and returns it.
func (s *Search) shareDuals(c *covering, row []int32, r int32) int64 {
	cost := s.extra[r]
	for v := s.nodes[s.first(r)].next; v != none; v = s.nodes[v].next {
		cost += s.nodes[v].in
	}
	for v := s.forth(s.first(r)); v != none; v = s.forth(v) {
		i := row[s.m.unitOf[v]]
		c.dual[i] = min(float64(c.price[i]), float64(cost)/float64(s.size[r]))
		if s.m.mate[v] != none {
			c.dual[i] = min(float64(c.price[i]), 2*float64(cost)/float64(s.size[r]))
		}
	}
	return cost
}

// columns are the routes of the pool that serve nothing but rows.
func (s *Search) columns(c *covering, row []int32) []*pooled {
	m := s.m
	var columns []*pooled
	for _, h := range []*half{s.pool.young, s.pool.old} {
		for i := range h.list {
			x := &h.list[i]
			if h == s.pool.old && s.pool.young.find(x.hash) != nil {
				continue
			}
			begun := len(c.rows)
			for _, v := range h.slab[x.from:][:x.count] {
				if v < 0 || m.alts[m.altOf[v]].a != v {
					continue
				}
				u := row[m.unitOf[v]]
				if u == none {
					c.rows = c.rows[:begun]
					break
				}
				c.rows = append(c.rows, u)
			}
			if len(c.rows) > begun {
				c.first = append(c.first, int32(begun))
				c.cost, c.class = append(c.cost, x.cost), append(c.class, x.class)
				columns = append(columns, x)
			}
		}
	}
	c.first = append(c.first, int32(len(c.rows)))
	return columns
}

// rebuild makes the chosen routes the current ones of a region. Routes that are there
// already stay.
func (s *Search) rebuild(chosen []*pooled, p *Partition, region int16) {
	lists := make([][]int32, len(chosen))
	for i, x := range chosen {
		h := s.pool.young
		if h.find(x.hash) != x {
			h = s.pool.old
		}
		lists[i] = h.slab[x.from:][:x.count]
	}
	kept := make([]bool, len(chosen))
	for r := range int32(s.m.Routes) {
		if s.size[r] == 0 || !p.holds(r, region) {
			continue
		}
		stays := false
		for i, x := range chosen {
			if !kept[i] && x.class == s.m.routeClass[r] && s.follows(r, lists[i]) {
				kept[i], stays = true, true
				break
			}
		}
		if !stays {
			s.dismiss(r)
		}
	}
	for i, x := range chosen {
		if free := s.free[x.class]; !kept[i] {
			r := free[len(free)-1]
			p.route[r] = region
			s.employ(r, lists[i])
		}
	}
}
