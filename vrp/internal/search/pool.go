package search

// pool remembers routes of accepted solutions: for each set of work and class the cheapest
// order met. It has two halves; when the younger is full the older is forgotten, so
// that memory is bounded and what was seen lately stays.
type pool struct {
	key   []uint64 // by unit: random, so that a set of units is known by the xor of its keys
	kinds []uint64 // by class
	young *half
	old   *half
	turn  int // accepted iterations until the next look
}

// half is a table of routes. Lists lie in one slab; slots is a hash table of open addressing.
type half struct {
	slots []int32
	list  []pooled
	slab  []int32
}

// pooled is a route: its stops in Draft's form, at from in the slab.
type pooled struct {
	hash        uint64
	cost        int64
	class       int32
	from, count int32
}

// Sizes of a half: routes, and stops in all of them by route.
const (
	pooledRoutes = 1 << 12
	pooledStops  = 24 << 12
	poolEvery    = 4 // accepted iterations from look to look
)

// newPool is empty. O(units + classes).
func newPool(m *Model) *pool {
	rng := newRandom(0x706f6f6c)
	p := &pool{key: make([]uint64, len(m.units)), kinds: make([]uint64, len(m.classes)), young: newHalf(), old: newHalf()}
	for i := range p.key {
		p.key[i] = rng.next()
	}
	for i := range p.kinds {
		p.kinds[i] = rng.next()
	}
	return p
}

func newHalf() *half {
	return &half{slots: make([]int32, 2*pooledRoutes), list: make([]pooled, 0, pooledRoutes), slab: make([]int32, 0, pooledStops)}
}

func (h *half) clear() {
	clear(h.slots)
	h.list, h.slab = h.list[:0], h.slab[:0]
}

// StartPool begins to remember routes, where a route can be judged by itself.
func (s *Search) StartPool() {
	if s.pool == nil && s.m.rel == nil && s.m.pinned == nil {
		s.pool = newPool(s.m)
	}
}

// notice remembers the routes that an accepted iteration touched, now and then. O(their stops).
func (s *Search) notice(best bool) {
	if s.pool.turn--; s.pool.turn > 0 && !best {
		return
	}
	s.pool.turn = poolEvery
	for _, t := range s.touched {
		s.remember(t.route)
	}
}

// remember puts route r into the pool unless it is there for as little.
func (s *Search) remember(r int32) {
	p := s.pool
	if s.size[r] == 0 {
		return
	}
	hash := p.kinds[s.m.routeClass[r]]
	cost, count := s.extra[r], int32(0)
	for v := s.nodes[s.first(r)].next; ; v = s.nodes[v].next {
		cost += s.nodes[v].in
		if s.isEnd(v) {
			break
		}
		count++
		if s.isStop(v) && s.m.alts[s.m.altOf[v]].a == v {
			hash ^= p.key[s.m.unitOf[v]]
		}
	}
	list := p.put(hash, cost, s.m.routeClass[r], count)
	if list == nil {
		return
	}
	i := 0
	for v := s.nodes[s.first(r)].next; !s.isEnd(v); v = s.nodes[v].next {
		list[i] = s.drafted(v, s.reloadKind)
		i++
	}
}

// put makes room for a route, to be filled in; nil where it is known for as little, or longer than
// any that is remembered.
func (p *pool) put(hash uint64, cost int64, class, count int32) []int32 {
	x := p.young.find(hash)
	if (x != nil && x.cost <= cost) || int(count) > pooledStops {
		return nil
	}
	if x == nil || x.count < count {
		if len(p.young.list) == pooledRoutes || len(p.young.slab)+int(count) > pooledStops {
			p.young, p.old = p.old, p.young
			p.young.clear()
		}
		x = p.young.add(hash, count)
	}
	x.cost, x.class, x.count = cost, class, count
	return p.young.slab[x.from:][:count]
}

// Absorb remembers what another search does. O(its pool).
func (s *Search) Absorb(other *Search) {
	if s.pool == nil || other.pool == nil {
		return
	}
	for _, h := range []*half{other.pool.old, other.pool.young} {
		for i := range h.list {
			x := &h.list[i]
			if list := s.pool.put(x.hash, x.cost, x.class, x.count); list != nil {
				copy(list, h.slab[x.from:][:x.count])
			}
		}
	}
}

// find is the route of a hash, nil without one.
func (h *half) find(hash uint64) *pooled {
	mask := uint64(len(h.slots) - 1)
	for i := hash & mask; h.slots[i] != 0; i = (i + 1) & mask {
		if x := &h.list[h.slots[i]-1]; x.hash == hash {
			return x
		}
	}
	return nil
}

// add makes room for a route of count stops under a hash, in place of one that is there.
func (h *half) add(hash uint64, count int32) *pooled {
	from := int32(len(h.slab))
	h.slab = h.slab[:int(from)+int(count)]
	if x := h.find(hash); x != nil {
		x.from = from
		return x
	}
	mask := uint64(len(h.slots) - 1)
	i := hash & mask
	for h.slots[i] != 0 {
		i = (i + 1) & mask
	}
	h.list = append(h.list, pooled{hash: hash, from: from})
	h.slots[i] = int32(len(h.list))
	return &h.list[len(h.list)-1]
}
