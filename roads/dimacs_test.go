package roads

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const (
	smallTime     = "c two streets\np sp 3 4\na 1 2 10\na 2 1 20\n\na 2 3 5\na 3 1 7\n"
	smallDistance = "p sp 3 4\na 1 2 100\na 2 1 200\na 2 3 50\na 3 1 70\n"
	smallPlaces   = "p aux sp co 3\nv 1 -58000000 -34000000\r\nv 3 -58000002 -34000000\nv 2 -58000001 -34000000\n"
)

// readSmall reads texts as the three files; an empty one is left out.
func readSmall(time, distance, places string) (*Graph, error) {
	in := DIMACS{Time: strings.NewReader(time)}
	if distance != "" {
		in.Distance = strings.NewReader(distance)
	}
	if places != "" {
		in.Coordinates = strings.NewReader(places)
	}
	return ReadDIMACS(in)
}

func TestReadDIMACS(t *testing.T) {
	g, err := readSmall(smallTime, smallDistance, smallPlaces)
	if err != nil {
		t.Fatal(err)
	}
	if g.NodeCount() != 3 || g.ArcCount() != 4 || g.Units != DefaultUnits() {
		t.Errorf("%d nodes, %d arcs, %+v", g.NodeCount(), g.ArcCount(), g.Units)
	}
	if a := g.FirstOut[1]; g.Head[a] != 0 || g.Duration[a] != 20 || g.Distance[a] != 200 {
		t.Errorf("arc 2 -> 1 is %d %d %d", g.Head[a], g.Duration[a], g.Distance[a])
	}
	if p := g.Place(2); p.Lat != -34 || p.Lon != -58.000002 {
		t.Errorf("node 3 at %v", p)
	}
}

func TestReadDIMACSWithoutCoordinatesKeepsTheNumbers(t *testing.T) {
	g, err := readSmall(smallTime, smallDistance, "")
	if err != nil || g.HasPlaces() || g.Units.SecondsPerUnit != 1 {
		t.Fatalf("%+v, %v", g, err)
	}
	if g, err := readSmall(smallTime, "", ""); err != nil || g.Distance[0] != 0 {
		t.Fatalf("without distances: %v", err)
	}
}

func TestReadDIMACSNamesFileLineAndReason(t *testing.T) {
	long := "a 1 2 " + strings.Repeat("1", 70_000) + "\n"
	for _, tt := range []struct{ name, time, distance, places, want string }{
		{"nothing", "", "", "", "time file: no problem line"},
		{"a cut file", "p sp 3 4\na 1 2 10\n", "", "", "time file: ends after 1 of 4 arcs"},
		{"an arc first", "a 1 2 3\n", "", "", "time file, line 1: an arc before the problem line"},
		{"an arc too many", "p sp 2 1\na 1 2 3\na 2 1 3\n", "", "", "line 3: more than the 1 arcs"},
		{"a node from 0", "p sp 2 1\na 0 2 3\n", "", "", "line 2: want a TAIL HEAD WEIGHT with nodes from 1 to 2"},
		{"a node too large", "p sp 2 1\na 1 3 3\n", "", "", "nodes from 1 to 2"},
		{"a negative weight", "p sp 2 1\na 1 2 -3\n", "", "", "whole weight from 0"},
		{"a fraction", "p sp 2 1\na 1 2 0.5\n", "", "", "whole weight from 0"},
		{"a huge weight", "p sp 2 1\na 1 2 99999999999\n", "", "", "whole weight from 0"},
		{"a word more", "p sp 2 1\na 1 2 3 4\n", "", "", "whole weight"},
		{"another kind of line", "p sp 2 1\nx 1 2 3\n", "", "", `line 2: starts with "x"`},
		{"a second problem line", "p sp 2 1\np sp 2 1\n", "", "", "line 2: a second problem line"},
		{"another problem", "p max 2 1\n", "", "", `problem "max"`},
		{"no sizes", "p sp two 1\n", "", "", "want p sp NODES ARCS"},
		{"billions of nodes", "p sp 2000000000 1\na 1 2 3\n", "", "", "2000000000 nodes, but 1 arcs"},
		{"a long line", "p sp 2 1\n" + long, "", "", "line 2: line too long"},
		{"binary", "\x1f\x8b\x08\x00", "", "", "line 1: starts with"},
		{"distances of another map", smallTime, "p sp 3 5\n", "", "distance file, line 1: 3 nodes and 5 arcs"},
		{"distances in another order", smallTime, "p sp 3 4\na 2 1 1\n", "", "distance file, line 2: arc 2 -> 1, but the time file has 1 -> 2"},
		{"places of another map", smallTime, "", "p aux sp co 4\n", "coordinates file, line 1: 4 nodes, but the time file has 3"},
		{"a missing place", smallTime, "", "p aux sp co 3\nv 1 0 0\n", "2 of 3 nodes have no place"},
		{"a place twice", smallTime, "", "p aux sp co 3\nv 1 0 0\nv 1 0 0\n", "line 3: node 1 a second time"},
		{"swapped coordinates", smallTime, "", "p aux sp co 3\nv 1 0 -100000000\n", "line 2: want v NODE LON LAT"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			g, err := readSmall(tt.time, tt.distance, tt.places)
			if !errors.Is(err, ErrDIMACS) || g != nil {
				t.Fatalf("graph %v, error %v", g, err)
			}
			if !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %q, want %q in it", err, tt.want)
			}
		})
	}
}

// failing is a reader that breaks.
type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

func TestReadDIMACSPassesReaderErrorsOn(t *testing.T) {
	_, err := ReadDIMACS(DIMACS{Time: io.MultiReader(strings.NewReader(smallTime), failing{})})
	if !errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, ErrDIMACS) {
		t.Errorf("error %v", err)
	}
}

func FuzzReadDIMACS(f *testing.F) {
	f.Add(smallTime, smallDistance, smallPlaces)
	f.Add(smallTime, "", "")
	f.Add("p sp 1 0\n", "p sp 1 0\n", "p aux sp co 1\nv 1 0 0")
	f.Add("p sp 2000000000 1\na 1 2 3\n", "", "c\n")
	if data, err := os.ReadFile(filepath.Join(townDir, "roads-time.gr")); err == nil {
		f.Add(string(data), string(data), "")
	}
	f.Fuzz(func(t *testing.T, time, distance, places string) {
		g, err := readSmall(time, distance, places)
		if err != nil {
			if !errors.Is(err, ErrDIMACS) && !errors.Is(err, ErrGraph) {
				t.Fatalf("error %v", err)
			}
			return
		}
		if err := g.Check(); err != nil {
			t.Fatalf("a graph that breaks its own promises: %v", err)
		}
	})
}
