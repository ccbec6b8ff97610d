package search

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// relations are those of the problem over nodes; a lock of kind LockOrder is one in order.
// A model without any has none of this.
type relations struct {
	list     []relation
	of       [][]member // by stop node
	sequence bool       // some relation is in sequence
	// A party is the units that relations keep on one vehicle, directly or through others.
	party   []int32 // by unit, none without
	chain   []int32 // by unit: the sequence with which it comes back in one piece, or none
	parties []party
}

type relation struct {
	kind  vrp.RelationKind
	nodes []int32
}

// member is the place of a node in a relation.
type member struct{ relation, index int32 }

type party struct {
	units []int32
	fits  []uint64 // bitset of classes that can serve each required unit with one alternative
}

// compileRelations numbers the nodes of the relations and joins units to parties. O(members).
func (m *Model) compileRelations() {
	var list []relation
	add := func(kind vrp.RelationKind, visits []vrp.Visit) {
		if len(visits) < 2 {
			return
		}
		r := relation{kind: kind}
		for _, x := range visits {
			r.nodes = append(r.nodes, m.nodeOf[x])
		}
		list = append(list, r)
	}
	for _, r := range m.Problem.Relations {
		add(r.Kind, r.Visits)
	}
	for _, l := range m.Problem.Locks {
		if l.Kind == vrp.LockOrder {
			add(vrp.InOrder, l.Visits)
		}
	}
	if len(list) == 0 {
		return
	}
	x := &relations{list: list, of: make([][]member, m.Stops), party: make([]int32, len(m.units))}
	root := make([]int32, len(m.units))
	for u := range root {
		root[u], x.party[u] = int32(u), none
	}
	for i, r := range list {
		x.sequence = x.sequence || r.kind == vrp.InSequence
		first := rootOf(root, m.unitOf[r.nodes[0]])
		for k, v := range r.nodes {
			x.of[v] = append(x.of[v], member{int32(i), int32(k)})
			if r.kind != vrp.DifferentVehicles {
				root[rootOf(root, m.unitOf[v])] = first
			}
		}
	}
	m.rel = x
	m.gather(root)
	m.compileChains()
}

// rootOf is the root of u in a forest of parents, which it flattens.
func rootOf(root []int32, u int32) int32 {
	for root[u] != u {
		root[u] = root[root[u]]
		u = root[u]
	}
	return u
}

// gather makes the parties from the forest of units.
func (m *Model) gather(root []int32) {
	x := m.rel
	members := map[int32][]int32{}
	for u := range root {
		r := rootOf(root, int32(u))
		members[r] = append(members[r], int32(u))
	}
	for u := range root {
		list := members[int32(u)]
		if len(list) < 2 {
			continue
		}
		p := party{units: list, fits: slices.Repeat([]uint64{^uint64(0)}, m.fitWords)}
		for _, w := range list {
			x.party[w] = int32(len(x.parties))
			if y := &m.units[w]; y.required && y.count == 1 {
				for k := range p.fits {
					p.fits[k] &= m.fits[int(y.first)*m.fitWords+k]
				}
			}
		}
		x.parties = append(x.parties, p)
	}
}

// tied reports whether a relation binds node v: but for exchanges of ends (tailsKept), local
// moves leave such stops where they are.
func (m *Model) tied(v int32) bool {
	return m.rel != nil && int(v) < m.Stops && len(m.rel.of[v]) > 0
}

// indexIn is the place of node v in a relation, none if it has none there.
func (x *relations) indexIn(v, relation int32) int32 {
	for _, y := range x.of[v] {
		if y.relation == relation {
			return y.index
		}
	}
	return none
}

// glued reports whether nothing but a member may come between the neighbors v and w: they
// follow each other in a sequence of which x, to be put there, is no part. A reload is
// none of any: x is none. O(relations of v).
func (s *State) glued(v, w, x int32) bool {
	rel := s.m.rel
	if !rel.sequence || !s.isStop(v) || !s.isStop(w) || s.bond.loose {
		return false
	}
	for _, y := range rel.of[v] {
		if rel.list[y.relation].kind == vrp.InSequence && rel.indexIn(w, y.relation) != none &&
			(x == none || rel.indexIn(x, y.relation) == none) {
			return true
		}
	}
	return false
}
