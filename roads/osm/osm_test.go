package osm

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/roads"
)

// place is node number id of a grid of 0.001 degrees, ten to a row, off the
// coast of Brazil.
func place(id int64, tags ...string) Node {
	return Node{ID: id, Lat: -30e9 + id/10*1e6, Lon: -51e9 + id%10*1e6, Tags: tags}
}

func street(id int64, nodes []int64, tags ...string) Way {
	return Way{ID: id, Nodes: nodes, Tags: append(Tags{"highway", "residential"}, tags...)}
}

// crossing is a plus of four two-way streets around node 11: 1 south of it, 10
// west, 12 east, 21 north; a ring of two streets around keeps it connected.
func crossing() *extract {
	e := &extract{}
	for _, id := range []int64{1, 10, 11, 12, 21} {
		e.nodes = append(e.nodes, place(id))
	}
	e.ways = []Way{
		street(100, []int64{1, 11}), street(101, []int64{10, 11}), street(102, []int64{11, 12}), street(103, []int64{11, 21}),
		street(104, []int64{1, 10, 21}), street(105, []int64{1, 12, 21}),
	}
	return e
}

func turn(kind string, from, via, to int64) Relation {
	return Relation{ID: 9, Tags: Tags{"type", "restriction", "restriction", kind}, Members: []Member{
		{WayMember, from, "from"}, {NodeMember, via, "via"}, {WayMember, to, "to"},
	}}
}

func importOf(t *testing.T, e *extract, p Profile) (*roads.Graph, Report) {
	t.Helper()
	g, report, err := Import(context.Background(), e.write(), p, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return g, report
}

// nodesPassed drives from one node of the file to another and lists the nodes of
// the file on the way.
func nodesPassed(t *testing.T, g *roads.Graph, from, to int64) []int64 {
	t.Helper()
	at := func(id int64) roads.Location {
		for v := range g.NodeCount() {
			if g.NodeID(roads.Node(v)) == id {
				return g.At(roads.Node(v))
			}
		}
		t.Fatalf("node %d is not in the network", id)
		return roads.Location{}
	}
	r, err := roads.NewDijkstra(g).Route(context.Background(), at(from), at(to), roads.RouteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	var ids []int64
	for _, v := range r.Nodes {
		ids = append(ids, g.NodeID(v))
	}
	return ids
}

func TestScanReadsBothFormsAlike(t *testing.T) {
	for _, plain := range []bool{false, true} {
		e := crossing()
		e.plain = plain
		e.nodes[0].Tags = Tags{"barrier", "gate", "name", "Portón"}
		e.relations = []Relation{turn("no_left_turn", 100, 11, 101)}
		var nodes []Node
		var ways []Way
		var relations []Relation
		err := Scan(context.Background(), e.write(), Visitor{
			Node: func(n *Node) error {
				c := *n
				c.Tags = slices.Clone(n.Tags)
				nodes = append(nodes, c)
				return nil
			},
			Way: func(w *Way) error {
				ways = append(ways, Way{w.ID, slices.Clone(w.Nodes), slices.Clone(w.Tags)})
				return nil
			},
			Relation: func(r *Relation) error {
				relations = append(relations, Relation{r.ID, slices.Clone(r.Members), slices.Clone(r.Tags)})
				return nil
			},
		})
		if err != nil {
			t.Fatal(err)
		}
		if fmt.Sprint(nodes, ways, relations) != fmt.Sprint(e.nodes, e.ways, e.relations) {
			t.Errorf("plain %v: read\n%v\nwrote\n%v", plain, fmt.Sprint(nodes, ways, relations), fmt.Sprint(e.nodes, e.ways, e.relations))
		}
	}
}

func TestEveryKindOfRestriction(t *testing.T) {
	viaWay := Relation{ID: 9, Tags: Tags{"type", "restriction", "restriction", "no_u_turn"}, Members: []Member{
		{WayMember, 100, "from"}, {WayMember, 103, "via"}, {WayMember, 104, "to"},
	}}
	for _, tt := range []struct {
		name     string
		relation Relation
		from, to int64
		want     []int64
		applied  int
	}{
		{"none", turn("no_such_thing", 100, 11, 102), 10, 12, []int64{10, 11, 12}, 0},
		{"no_straight_on", turn("no_straight_on", 101, 11, 102), 10, 12, nil, 1},
		{"no_left_turn", turn("no_left_turn", 101, 11, 102), 10, 12, nil, 1},
		{"no_right_turn", turn("no_right_turn", 101, 11, 102), 10, 12, nil, 1},
		{"no_entry", turn("no_entry", 101, 11, 102), 10, 12, nil, 1},
		{"no_exit", turn("no_exit", 101, 11, 102), 10, 12, nil, 1},
		{"only_right_turn", turn("only_right_turn", 101, 11, 100), 10, 12, nil, 1},
		{"only_straight_on the same way", turn("only_straight_on", 101, 11, 102), 10, 12, []int64{10, 11, 12}, 1},
		{"from another way", turn("no_left_turn", 100, 11, 102), 10, 12, []int64{10, 11, 12}, 1},
		{"over a way", viaWay, 10, 12, []int64{10, 11, 12}, 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := crossing()
			e.relations = []Relation{tt.relation}
			g, report := importOf(t, e, Car())
			if report.Applied != tt.applied {
				t.Errorf("report %+v, want %d applied", report, tt.applied)
			}
			got := nodesPassed(t, g, tt.from, tt.to)
			if tt.want == nil && strings.Contains(fmt.Sprint(got), "10 11 12") {
				t.Errorf("drives the forbidden turn: %v", got)
			}
			if tt.want != nil && !slices.Equal(got, tt.want) {
				t.Errorf("drives %v, want %v", got, tt.want)
			}
		})
	}
}

func TestRestrictionsThatDoNotApply(t *testing.T) {
	except := turn("no_straight_on", 101, 11, 102)
	except.Tags = append(except.Tags, "except", "bicycle; motorcar")
	conditional := turn("no_straight_on", 101, 11, 102)
	conditional.Tags = Tags{"type", "restriction", "restriction:conditional", "no_straight_on @ (07:00-09:00)"}
	broken := turn("no_straight_on", 101, 11, 102)
	broken.Members = broken.Members[:2]
	for _, tt := range []struct {
		name     string
		relation Relation
		profile  Profile
		want     Report
	}{
		{"except", except, Car(), Report{}},
		{"on foot", turn("no_straight_on", 101, 11, 102), Foot(), Report{}},
		{"at some hours", conditional, Car(), Report{Conditional: 1}},
		{"broken", broken, Car(), Report{Restrictions: 1, Broken: 1}},
		{"a way that is not there", turn("no_straight_on", 999, 11, 102), Car(), Report{Restrictions: 1, Moot: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := crossing()
			e.relations = []Relation{tt.relation}
			g, report := importOf(t, e, tt.profile)
			got := Report{Restrictions: report.Restrictions, Applied: report.Applied, Conditional: report.Conditional, Broken: report.Broken, Moot: report.Moot}
			if got != tt.want {
				t.Errorf("report %+v, want %+v", got, tt.want)
			}
			if passed := nodesPassed(t, g, 10, 12); !slices.Equal(passed, []int64{10, 11, 12}) {
				t.Errorf("drives %v", passed)
			}
		})
	}
}

// TestTruckAvoidsALowBridge is the promise of a height limit.
func TestTruckAvoidsALowBridge(t *testing.T) {
	for _, tt := range []struct {
		profile Profile
		limit   string
		direct  bool
	}{
		{Car(), "3.5", true}, {Truck(4, 18), "3.5", false}, {Truck(3.4, 18), "3.5 m", true}, {Truck(4, 18), "11'6\"", false},
		{Truck(4, 18), "default", true}, {Van(), "2.2", false},
	} {
		e := crossing()
		e.ways[1].Tags = append(e.ways[1].Tags, "maxheight", tt.limit)
		g, _ := importOf(t, e, tt.profile)
		if direct := len(nodesPassed(t, g, 10, 11)) == 2; direct != tt.direct {
			t.Errorf("%s under %s: direct %v", tt.profile.Name, tt.limit, direct)
		}
	}
}

func TestWayUse(t *testing.T) {
	for _, tt := range []struct {
		profile       Profile
		tags          Tags
		forward, back float64
	}{
		{Car(), Tags{"highway", "residential"}, 26, 26},
		{Car(), Tags{"highway", "residential", "oneway", "yes"}, 26, 0},
		{Car(), Tags{"highway", "residential", "oneway", "-1"}, 0, 26},
		{Car(), Tags{"highway", "motorway"}, 95, 0},
		{Car(), Tags{"highway", "motorway", "oneway", "no"}, 95, 95},
		{Car(), Tags{"highway", "tertiary", "junction", "roundabout"}, 40, 0},
		{Car(), Tags{"highway", "residential", "maxspeed", "50"}, 40, 40},
		{Car(), Tags{"highway", "residential", "maxspeed", "30 mph"}, 0.8 * 30 * 1.609344, 0.8 * 30 * 1.609344},
		{Car(), Tags{"highway", "residential", "maxspeed", "AR:urban"}, 26, 26},
		{Car(), Tags{"highway", "residential", "access", "private"}, 0, 0},
		{Car(), Tags{"highway", "residential", "access", "no", "motor_vehicle", "yes"}, 26, 26},
		{Car(), Tags{"highway", "track", "motorcar", "yes", "tracktype", "grade3"}, 15 * 0.6, 15 * 0.6},
		{Car(), Tags{"highway", "footway", "access", "yes"}, 0, 0},
		{Car(), Tags{"highway", "construction", "motorcar", "yes"}, 0, 0},
		{Car(), Tags{"route", "ferry"}, 12, 12},
		{Car(), Tags{"route", "ferry", "motor_vehicle", "no"}, 0, 0},
		{Car(), Tags{"building", "yes"}, 0, 0},
		{Truck(4, 18), Tags{"highway", "residential", "hgv", "no"}, 0, 0},
		{Truck(4, 18), Tags{"highway", "residential", "maxweight", "7.5"}, 0, 0},
		{Motorcycle(), Tags{"highway", "residential", "motorcycle", "no"}, 0, 0},
		{Bicycle(), Tags{"highway", "residential", "oneway", "yes", "oneway:bicycle", "no"}, 16, 16},
		{Bicycle(), Tags{"highway", "motorway"}, 0, 0},
		{Foot(), Tags{"highway", "steps", "oneway", "yes"}, 2.5, 2.5},
	} {
		u := tt.profile.wayUse(tt.tags)
		if d := u.forward - tt.forward; d > 1e-9 || d < -1e-9 || u.back-tt.back > 1e-9 || u.back-tt.back < -1e-9 {
			t.Errorf("%s on %v: %v km/h and %v back, want %v and %v", tt.profile.Name, tt.tags, u.forward, u.back, tt.forward, tt.back)
		}
	}
}

func TestBarriers(t *testing.T) {
	for _, tt := range []struct {
		tags  Tags
		route []int64
	}{
		{Tags{"barrier", "gate"}, []int64{10, 11, 12}},
		{Tags{"barrier", "gate", "access", "private"}, nil},
		{Tags{"barrier", "bollard"}, nil},
		{Tags{"barrier", "bollard", "motor_vehicle", "yes"}, []int64{10, 11, 12}},
		{Tags{"barrier", "height_restrictor", "maxheight", "2"}, []int64{10, 11, 12}},
	} {
		e := crossing()
		e.nodes[2].Tags = tt.tags
		g, report := importOf(t, e, Car())
		got := nodesPassed(t, g, 10, 12)
		if tt.route == nil && (slices.Contains(got, 11) || report.Barred != 1) || tt.route != nil && !slices.Equal(got, tt.route) {
			t.Errorf("%v: drives %v, %d barred", tt.tags, got, report.Barred)
		}
	}
}

func TestTimesAndDistances(t *testing.T) {
	g, _ := importOf(t, crossing(), Car())
	s, err := roads.NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	at := func(lat, lon float64) roads.Location {
		l, err := s.Snap(geo.LatLon{Lat: lat, Lon: lon}, 30)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	// From the middle of the west street to the middle of the east street.
	r, err := roads.NewDijkstra(g).Route(context.Background(), at(-29.999, -50.9995), at(-29.999, -50.9985), roads.RouteOptions{})
	want := geo.Meters(geo.LatLon{Lat: -29.999, Lon: -50.9995}, geo.LatLon{Lat: -29.999, Lon: -50.9985})
	if err != nil || r.Meters < want-1 || r.Meters > want+1 || r.Seconds < want/26*3.6-0.1 || r.Seconds > want/26*3.6+0.1 {
		t.Errorf("%v m in %v s, want %v m, %v", r.Meters, r.Seconds, want, err)
	}
}

func TestNamesAndKinds(t *testing.T) {
	e := crossing()
	e.ways[1].Tags = Tags{"highway", "primary_link", "name", "Rua do Arvoredo", "junction", "roundabout", "oneway", "no"}
	e.ways[2].Tags = Tags{"highway", "trunk", "ref", "BR-116"}
	g, _ := importOf(t, e, Car())
	found := make(map[string]roads.Kind)
	for a := range roads.Arc(g.ArcCount()) {
		found[g.NameOf(a)] = g.KindOf(a)
	}
	want := map[string]roads.Kind{"": roads.Local, "Rua do Arvoredo": roads.Primary | roads.Link | roads.Roundabout, "BR-116": roads.Trunk}
	if !maps.Equal(found, want) {
		t.Errorf("streets %v, want %v", found, want)
	}
}

func TestImportRefuses(t *testing.T) {
	good := crossing().write()
	foreign := (&extract{plain: true}).blob(nil, "OSMHeader", putField(nil, 4, []byte("LocationsOnWays")))
	for name, data := range map[string][]byte{
		"nothing": nil, "text": []byte("<osm version='0.6'>"), "cut": good[:len(good)-3], "cut early": good[:20],
		"no header":         good[len((&extract{}).blob(nil, "OSMHeader", putField(nil, 4, []byte("OsmSchema-V0.6")))):],
		"a feature we lack": foreign,
	} {
		if _, _, err := Import(context.Background(), data, Car(), Options{}); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
	water := &extract{nodes: []Node{place(1), place(2)}, ways: []Way{{ID: 1, Nodes: []int64{1, 2}, Tags: Tags{"waterway", "river"}}}}
	if _, report, err := Import(context.Background(), water.write(), Car(), Options{}); !errors.Is(err, ErrNoRoads) || report.Ways != 0 {
		t.Errorf("a map without roads: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, _, err := Import(ctx, good, Car(), Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context: %v", err)
	}
}

func TestMissingNodesAreLeftOutAndCounted(t *testing.T) {
	e := crossing()
	e.ways = append(e.ways, street(106, []int64{12, 13, 14}))
	g, report := importOf(t, e, Car())
	if report.Missing != 2 || g.NodeCount() != 5 {
		t.Errorf("%d nodes, report %+v", g.NodeCount(), report)
	}
}

func FuzzImport(f *testing.F) {
	e := crossing()
	e.relations = []Relation{turn("only_right_turn", 101, 11, 100), turn("no_u_turn", 100, 11, 100)}
	f.Add(e.write())
	e.plain = true
	f.Add(e.write())
	f.Add([]byte{0, 0, 0, 1, 0})
	f.Fuzz(func(t *testing.T, data []byte) {
		g, _, err := Import(context.Background(), data, Car(), Options{})
		if err != nil {
			if !errors.Is(err, ErrFormat) && !errors.Is(err, ErrNoRoads) && !errors.Is(err, roads.ErrGraph) {
				t.Fatal(err)
			}
			return
		}
		if err := g.Check(); err != nil {
			t.Fatal(err)
		}
	})
}
