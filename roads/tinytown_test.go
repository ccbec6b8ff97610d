package roads

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/geo"
)

var update = flag.Bool("update", false, "rewrite the files of testdata/tinytown that this package owns")

// The roads of the tiny town that every package's tests share. Seven avenues run
// north, six streets run east, 120 m apart; a river lies between the third and
// the fourth street, with a bridge on the second and the sixth avenue. Streets
// are one-way in turn, avenues are two-way. A road of the fast class leads from
// the south-west corner to the depot on the edge of the town.
const (
	townAvenues = 7
	townStreets = 6
	townBlock   = 120.0 // meters
	townRoad    = 4     // nodes of the road to the depot
)

var townCorner = geo.LatLon{Lat: -34.9, Lon: -62.5} // south-west; invented, in the open pampa

// townPlaces are a depot and a dozen stops: name, avenue, street, and how many
// meters east and north of that corner. The depot's avenue is -1: the end of its
// road.
var townPlaces = []struct {
	name        string
	avenue      int
	street      int
	east, north float64
}{
	{"Depósito Central", -1, 0, -8, 5},
	{"Panadería La Espiga", 0, 1, 6, 6},
	{"Farmacia San Martín", 1, 2, -7, 4},
	{"Mercado del Puente", 1, 3, 9, -6},
	{"Hospital Santa Clara", 3, 0, 5, -9},
	{"Escuela Normal", 4, 2, -6, 7},
	{"Plaza Mayor", 3, 1, 12, 12},
	{"Ferretería El Tornillo", 5, 1, 8, -5},
	{"Librería Cervantes", 6, 0, -5, 8},
	{"Estación de Tren", 6, 3, 7, 7},
	{"Club Atlético", 4, 5, -9, 6},
	{"Cervecería del Río", 5, 2, 10, 8},
	{"Biblioteca Sarmiento", 2, 4, -8, -8},
}

func townNode(avenue, street int) Node { return Node(street*townAvenues + avenue) }

func townNodePlaces() []geo.LatLon {
	var places []geo.LatLon
	at := func(east, north float64) geo.LatLon {
		p := geo.Offset(geo.Offset(townCorner, 0, north), 90, east)
		return geo.LatLon{Lat: math.Round(p.Lat*1e6) / 1e6, Lon: math.Round(p.Lon*1e6) / 1e6}
	}
	for street := range townStreets {
		for avenue := range townAvenues {
			places = append(places, at(float64(avenue)*townBlock, float64(street)*townBlock))
		}
	}
	for i := range townRoad {
		places = append(places, at(-300*float64(i+1), -40*float64(i+1)))
	}
	return places
}

// townArcs lists the arcs with the speed class of each, 0.4 for streets, 0.6 for
// avenues, 1.0 for the road.
func townArcs(places []geo.LatLon) []ArcSpec {
	var arcs []ArcSpec
	oneWay := func(from, to Node, class float64) {
		distance := math.Round(geo.Meters(places[from], places[to]) * 10)
		arcs = append(arcs, ArcSpec{Tail: from, Head: to, Duration: uint32(math.Round(distance / class)), Distance: uint32(distance)})
	}
	twoWay := func(a, b Node, class float64) { oneWay(a, b, class); oneWay(b, a, class) }
	for street := range townStreets {
		for avenue := range townAvenues - 1 {
			west, east := townNode(avenue, street), townNode(avenue+1, street)
			switch {
			case street == 0 || street == townStreets-1:
				twoWay(west, east, 0.4)
			case street%2 == 1:
				oneWay(west, east, 0.4)
			default:
				oneWay(east, west, 0.4)
			}
		}
	}
	for avenue := range townAvenues {
		for street := range townStreets - 1 {
			if river := street == 2; !river || avenue == 1 || avenue == 5 {
				twoWay(townNode(avenue, street), townNode(avenue, street+1), 0.6)
			}
		}
	}
	last := townNode(0, 0)
	for i := range townRoad {
		next := Node(townAvenues*townStreets + i)
		twoWay(last, next, 1)
		last = next
	}
	return arcs
}

// townFiles writes the town in the forms that are committed.
func townFiles(t *testing.T) map[string][]byte {
	t.Helper()
	nodes := townNodePlaces()
	arcs := townArcs(nodes)
	var time, distance, co, places strings.Builder
	for _, f := range []*strings.Builder{&time, &distance} {
		fmt.Fprintf(f, "c The roads of an invented town, see roads/tinytown_test.go\np sp %d %d\n", len(nodes), len(arcs))
	}
	for _, a := range arcs {
		fmt.Fprintf(&time, "a %d %d %d\n", a.Tail+1, a.Head+1, a.Duration)
		fmt.Fprintf(&distance, "a %d %d %d\n", a.Tail+1, a.Head+1, a.Distance)
	}
	fmt.Fprintf(&co, "c The roads of an invented town, see roads/tinytown_test.go\np aux sp co %d\n", len(nodes))
	for v, p := range nodes {
		fmt.Fprintf(&co, "v %d %d %d\n", v+1, int(math.Round(p.Lon*1e6)), int(math.Round(p.Lat*1e6)))
	}
	places.WriteString("name,lat,lon\n")
	for _, p := range townPlaces {
		at := nodes[len(nodes)-1]
		if p.avenue >= 0 {
			at = nodes[townNode(p.avenue, p.street)]
		}
		at = geo.Offset(geo.Offset(at, 90, p.east), 0, p.north)
		fmt.Fprintf(&places, "%s,%.6f,%.6f\n", p.name, at.Lat, at.Lon)
	}
	files := map[string][]byte{
		"roads-time.gr": []byte(time.String()), "roads-distance.gr": []byte(distance.String()),
		"roads.co": []byte(co.String()), "places.csv": []byte(places.String()),
	}
	g, err := ReadDIMACS(DIMACS{
		Time: bytes.NewReader(files["roads-time.gr"]), Distance: bytes.NewReader(files["roads-distance.gr"]),
		Coordinates: bytes.NewReader(files["roads.co"]),
	})
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := g.WriteTo(&out); err != nil {
		t.Fatal(err)
	}
	files["roads.map"] = out.Bytes()
	return files
}

const townDir = "../testdata/tinytown"

func TestTinyTownFilesAreCurrent(t *testing.T) {
	for name, want := range townFiles(t) {
		path := filepath.Join(townDir, name)
		if *update {
			if err := os.WriteFile(path, want, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		got, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s differs from the town described here; run go test ./roads -update", path)
		}
	}
}

// loadTown is the map of the tiny town.
func loadTown(t testing.TB) *Graph {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(townDir, "roads.map"))
	if err != nil {
		t.Fatal(err)
	}
	g, err := Load(data)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestTinyTownIsConnectedAndItsPlacesSnap(t *testing.T) {
	g := loadTown(t)
	if _, count := Components(g); count != 1 {
		t.Errorf("%d components", count)
	}
	snapper, err := NewSnapper(g)
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(townDir, "places.csv"))
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")[1:]
	if len(lines) != len(townPlaces) {
		t.Fatalf("%d places, want %d", len(lines), len(townPlaces))
	}
	for i, line := range lines {
		var p geo.LatLon
		name, rest, _ := strings.Cut(line, ",")
		if _, err := fmt.Sscanf(rest, "%f,%f", &p.Lat, &p.Lon); err != nil {
			t.Fatal(err)
		}
		want := Node(g.NodeCount() - 1)
		if at := townPlaces[i]; at.avenue >= 0 {
			want = townNode(at.avenue, at.street)
		}
		l, err := snapper.Snap(p, 50)
		if err != nil || l.Node != want || name != townPlaces[i].name {
			t.Errorf("%s snaps to node %d (%v), want %d", name, l.Node, err, want)
		}
	}
}
