package osm

import (
	"cmp"
	"slices"
	"strings"
)

// restriction is a relation that forbids turns: from any of the from ways, over
// the via node or the via ways in turn, into any of the to ways ("no"); or into
// any other than those ("only").
type restriction struct {
	from, to []int64
	viaNode  int64
	viaWays  []int64
	only     bool
	uTurn    bool
}

// addRelation keeps the restrictions that apply to the profile.
func (n *network) addRelation(r *Relation) error {
	kind := r.Tags.Value("type")
	if kind != "restriction" && !strings.HasPrefix(kind, "restriction:") || len(n.profile.Turns) == 0 {
		return nil
	}
	value := ""
	for _, key := range n.profile.Turns {
		if value = r.Tags.Value(key); value != "" {
			break
		}
	}
	if value == "" {
		if n.hasConditional(r.Tags) {
			n.report.Conditional++
		}
		return nil
	}
	for _, freed := range strings.Split(r.Tags.Value("except"), ";") {
		if slices.Contains(n.profile.Exempt, strings.TrimSpace(freed)) {
			return nil
		}
	}
	n.report.Restrictions++
	x, ok := readRestriction(r, value)
	if !ok {
		n.report.Broken++
		return nil
	}
	n.relations = append(n.relations, x)
	return nil
}

// hasConditional says whether a restriction holds for the profile at some hours.
func (n *network) hasConditional(t Tags) bool {
	for _, key := range n.profile.Turns {
		if t.Value(key+":conditional") != "" {
			return true
		}
	}
	return false
}

// turnKinds are the values of a restriction that have a meaning. What matters is
// only whether they begin with "no" or "only" and whether they are U-turns; the
// geometry of the ways says where they lead.
var turnKinds = []string{
	"no_left_turn", "no_right_turn", "no_straight_on", "no_u_turn", "no_entry", "no_exit",
	"only_left_turn", "only_right_turn", "only_straight_on", "only_u_turn",
}

// readRestriction reads the members; ok is false when they make no turn.
func readRestriction(r *Relation, value string) (x restriction, ok bool) {
	x = restriction{only: strings.HasPrefix(value, "only_"), uTurn: value == "no_u_turn"}
	vias := 0
	for _, m := range r.Members {
		switch {
		case m.Role == "from" && m.Kind == WayMember:
			x.from = append(x.from, m.ID)
		case m.Role == "to" && m.Kind == WayMember:
			x.to = append(x.to, m.ID)
		case m.Role == "via" && m.Kind == WayMember:
			x.viaWays = append(x.viaWays, m.ID)
		case m.Role == "via" && m.Kind == NodeMember:
			x.viaNode = m.ID
			vias++
		}
	}
	known := slices.Contains(turnKinds, value)
	oneVia := vias == 1 && len(x.viaWays) == 0 || vias == 0 && len(x.viaWays) > 0
	return x, known && oneVia && len(x.from) > 0 && len(x.to) > 0 && (!x.only || len(x.to) == 1)
}

func compareArcs(a, b arc) int {
	return cmp.Or(cmp.Compare(a.tail, b.tail), cmp.Compare(a.head, b.head), cmp.Compare(a.wayNumber(), b.wayNumber()))
}

// restrict collects the forbidden sequences of arcs.
func (n *network) restrict() *turns {
	t := newTurns(n)
	number := make(map[int64]uint32, len(n.ways))
	for i, w := range n.ways {
		number[w.id] = uint32(i)
	}
	for _, x := range n.relations {
		if n.forbid(t, x, number) {
			n.report.Applied++
		} else {
			n.report.Moot++
		}
	}
	t.finish()
	return t
}

// forbid adds the sequences of one restriction; it says whether there are any.
func (n *network) forbid(t *turns, x restriction, number map[int64]uint32) bool {
	find := func(ids []int64) (list []uint32) {
		for _, id := range ids {
			if i, ok := number[id]; ok {
				list = append(list, i)
			}
		}
		return list
	}
	from, to, via := find(x.from), find(x.to), find(x.viaWays)
	if len(from) == 0 || len(via) != len(x.viaWays) || x.only && len(to) == 0 {
		return false
	}
	added := false
	for _, f := range from {
		for _, chain := range n.chains(f, x, via, to) {
			added = n.forbidAfter(t, chain, f, x, to) || added
		}
	}
	return added
}

// forbidAfter forbids what may not follow a chain of arcs: an arrival on way f,
// then the via ways.
func (n *network) forbidAfter(t *turns, chain []uint32, f uint32, x restriction, to []uint32) bool {
	last := n.arcs[chain[len(chain)-1]]
	arrival := n.arcs[chain[0]]
	var follow []uint32
	onTarget := false
	for k := range n.out(last.head) {
		a := n.first[last.head] + uint32(k)
		out := n.arcs[a]
		back := out.head == arrival.tail && len(chain) == 1
		target := slices.Contains(to, out.wayNumber())
		if target && out.wayNumber() == f && len(chain) == 1 {
			// From a way into itself: a U-turn goes back, any other turn goes on.
			target = back == x.uTurn
		}
		onTarget = onTarget || target
		if target != x.only {
			follow = append(follow, a)
		}
	}
	if x.only && !onTarget { // nothing would be left: the data is wrong
		return false
	}
	for _, a := range follow {
		t.add(append(slices.Clone(chain), a))
	}
	return len(follow) > 0
}

// chains lists the sequences of arcs that lead from way f to where the turn is:
// the arc that arrives at the via node, or that followed by the arcs of the via
// ways.
func (n *network) chains(f uint32, x restriction, via, to []uint32) (chains [][]uint32) {
	if len(via) == 0 {
		v, ok := slices.BinarySearch(n.ids, x.viaNode)
		if !ok {
			return nil
		}
		for _, a := range n.arrivals(f, uint32(v)) {
			chains = append(chains, []uint32{a})
		}
		return chains
	}
	nodes := n.nodesOf(via[0])
	for i, v := range nodes {
		for _, a := range n.arrivals(f, v) {
			chain := []uint32{a}
			at, ok := i, true
			for k, w := range via {
				next := to
				if k+1 < len(via) {
					next = via[k+1 : k+2]
				}
				if chain, at, ok = n.follow(chain, w, at, next); !ok {
					break
				}
			}
			if ok {
				chains = append(chains, chain)
			}
		}
	}
	return chains
}

// follow extends a chain along way w, from the node at place at of its nodes to
// one that it shares with a next way; at becomes the place of that node in the
// next way. Where both directions lead there, the first of the way's order wins.
func (n *network) follow(chain []uint32, w uint32, at int, next []uint32) ([]uint32, int, bool) {
	nodes := n.nodesOf(w)
	for _, step := range [2]int{1, -1} {
		longer := slices.Clone(chain)
		for i := at; i+step >= 0 && i+step < len(nodes); i += step {
			a, ok := n.arcOn(nodes[i], nodes[i+step], w)
			if !ok {
				break
			}
			longer = append(longer, a)
			for _, other := range next {
				if k := slices.Index(n.nodesOf(other), nodes[i+step]); k >= 0 {
					return longer, k, true
				}
			}
		}
	}
	return nil, 0, false
}

func (n *network) nodesOf(w uint32) []uint32 {
	var nodes []uint32
	for _, id := range n.refs[n.ways[w].first:n.ways[w].end] {
		nodes = append(nodes, n.number(id))
	}
	return nodes
}

// arrivals lists the arcs of a way that lead to a node.
func (n *network) arrivals(w, v uint32) (list []uint32) {
	nodes := n.nodesOf(w)
	for i, u := range nodes {
		if u != v {
			continue
		}
		for _, k := range [2]int{i - 1, i + 1} {
			if k >= 0 && k < len(nodes) {
				if a, ok := n.arcOn(nodes[k], v, w); ok && !slices.Contains(list, a) {
					list = append(list, a)
				}
			}
		}
	}
	return list
}

// arcOn is the arc of a way between two nodes.
func (n *network) arcOn(from, to, w uint32) (uint32, bool) {
	k, ok := slices.BinarySearchFunc(n.out(from), arc{tail: from, head: to, way: w}, compareArcs)
	return n.first[from] + uint32(k), ok
}
