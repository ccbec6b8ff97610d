package osm

import (
	"context"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo/roads"
)

// drawStreets makes a random extract in which every way is one street between
// two nodes, and no two streets join the same nodes, with random restrictions
// over nodes and over single ways.
func drawStreets(t *rapid.T) *extract {
	e := &extract{}
	n := int64(rapid.IntRange(3, 9).Draw(t, "nodes"))
	for id := range n {
		e.nodes = append(e.nodes, place(id))
	}
	for id := int64(1); id < n; id++ { // a tree, and some streets more
		e.ways = append(e.ways, street(100+id, []int64{int64(rapid.IntRange(0, int(id)-1).Draw(t, "up")), id}))
	}
	for i := range int64(rapid.IntRange(0, 8).Draw(t, "more")) {
		a, b := int64(rapid.IntRange(0, int(n)-1).Draw(t, "a")), int64(rapid.IntRange(0, int(n)-1).Draw(t, "b"))
		joined := slices.ContainsFunc(e.ways, func(w Way) bool { return slices.Contains(w.Nodes, a) && slices.Contains(w.Nodes, b) })
		if a != b && !joined {
			e.ways = append(e.ways, street(200+i, []int64{a, b}))
		}
	}
	for range rapid.IntRange(0, 6).Draw(t, "restrictions") {
		e.relations = append(e.relations, drawRestriction(t, e))
	}
	return e
}

// drawRestriction mostly makes a restriction of ways that meet.
func drawRestriction(t *rapid.T, e *extract) Relation {
	kind := rapid.SampledFrom([]string{"no_left_turn", "no_entry", "only_straight_on"}).Draw(t, "kind")
	from := e.ways[rapid.IntRange(0, len(e.ways)-1).Draw(t, "from")]
	end := from.Nodes[rapid.IntRange(0, 1).Draw(t, "end")]
	via := Member{NodeMember, end, "via"}
	if rapid.Bool().Draw(t, "over a way") {
		over := drawWayAt(t, e, end)
		via = Member{WayMember, over.ID, "via"}
		end = over.Nodes[0] + over.Nodes[1] - end
	}
	to := drawWayAt(t, e, end)
	if rapid.IntRange(0, 9).Draw(t, "nonsense") == 0 {
		to = e.ways[0]
	}
	if from.ID == to.ID {
		kind = "no_u_turn"
	}
	r := turn(kind, from.ID, 0, to.ID)
	r.Members[1] = via
	return r
}

func drawWayAt(t *rapid.T, e *extract, node int64) Way {
	var at []Way
	for _, w := range e.ways {
		if slices.Contains(w.Nodes, node) {
			at = append(at, w)
		}
	}
	return rapid.SampledFrom(at).Draw(t, "way")
}

// drive is the last streets of a drive, each with the node where it ends; that is
// all that a restriction can ask for.
type drive struct{ ways, ends [3]int64 }

// allowed says whether a drive may go on into a way, by what each relation says.
func allowed(e *extract, d drive, next Way) bool {
	for _, r := range e.relations {
		from, via, to, kind := r.Members[0].ID, r.Members[1], r.Members[2].ID, r.Tags[3]
		matches := via.Kind == NodeMember && d.ways[2] == from && d.ends[2] == via.ID ||
			via.Kind == WayMember && d.ways[2] == via.ID && d.ways[1] == from
		if !matches || !possible(e, d.ends[2], to) {
			continue
		}
		if (kind == "only_straight_on") != (next.ID == to) {
			return false
		}
	}
	return true
}

// possible says whether a way can be entered at a node at all.
func possible(e *extract, node, way int64) bool {
	return slices.ContainsFunc(e.ways, func(w Way) bool { return w.ID == way && slices.Contains(w.Nodes, node) })
}

// bruteCosts finds the least number of streets from a node to each by following
// every drive that the relations allow.
func bruteCosts(e *extract, from int64) map[int64]int {
	least := map[int64]int{from: 0}
	start := drive{ends: [3]int64{-1, -1, from}, ways: [3]int64{-1, -1, -1}}
	seen := map[drive]bool{start: true}
	for level, queue := 1, []drive{start}; len(queue) > 0; level++ {
		var next []drive
		for _, d := range queue {
			for _, w := range e.ways {
				if !slices.Contains(w.Nodes, d.ends[2]) || !allowed(e, d, w) {
					continue
				}
				end := w.Nodes[0] + w.Nodes[1] - d.ends[2]
				after := drive{ways: [3]int64{d.ways[1], d.ways[2], w.ID}, ends: [3]int64{d.ends[1], d.ends[2], end}}
				if !seen[after] {
					seen[after] = true
					next = append(next, after)
					if _, ok := least[end]; !ok {
						least[end] = level
					}
				}
			}
		}
		queue = next
	}
	return least
}

// TestTurnsEqualBruteForce compares the network with copies to drives checked
// against the relations themselves. All streets cost 1.
func TestTurnsEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e := drawStreets(t)
		n := newNetwork(Car())
		v := Visitor{Way: n.addWay, Relation: n.addRelation}
		if err := Scan(context.Background(), e.write(), v); err != nil {
			t.Fatal(err)
		}
		n.listNodes()
		if err := Scan(context.Background(), e.write(), Visitor{Node: n.addNode}); err != nil {
			t.Fatal(err)
		}
		n.makeArcs()
		for i := range n.arcs {
			n.arcs[i].cm = 0 // so each takes one unit, a millisecond
		}
		g, err := n.build(n.restrict())
		if err != nil {
			t.Fatal(err)
		}
		var at []roads.Location
		for id := range e.nodes {
			// The junction itself, not its copies: no turn is behind the vehicle yet.
			at = append(at, roads.Location{Node: roads.Node(n.number(int64(id)))})
		}
		ends := make([]roads.Location, len(e.nodes))
		for id := range e.nodes {
			ends[id] = g.At(roads.Node(n.number(int64(id))))
		}
		table, err := roads.NewDijkstra(g).Table(context.Background(), at, ends, roads.TableOptions{TimeFactor: 1000})
		if err != nil {
			t.Fatal(err)
		}
		for i := range at {
			least := bruteCosts(e, int64(i))
			for j := range ends {
				want, ok := least[int64(j)]
				seconds, _, reached := table.At(i, j)
				if ok != reached || ok && int(seconds) != want {
					t.Fatalf("%d to %d: %d streets (%v), want %d (%v)", i, j, seconds, reached, want, ok)
				}
			}
		}
	})
}
