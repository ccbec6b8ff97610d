package vrplib_test

import (
	"bytes"
	"errors"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// tiny are the instances of testdata, each with a solution file beside it that states its
// cost under the default convention.
var tiny = []struct {
	file       string
	format     vrplib.Format
	kind       string
	customers  int
	classes    int
	convention string
}{
	{"square.vrp", vrplib.CVRPLIB, "CVRP", 8, 1, "cvrplib"},
	{"triangle.vrp", vrplib.CVRPLIB, "CVRP", 3, 1, "cvrplib"},
	{"mixed.vrp", vrplib.CVRPLIB, "HFVRP", 4, 2, "hundredths"},
	{"day.vrp", vrplib.CVRPLIB, "MTVRPTWR", 4, 2, "dimacs-x10"},
	{"prizes.vrp", vrplib.CVRPLIB, "PCVRPTW", 3, 1, "dimacs-x10"},
	{"groups.vrp", vrplib.CVRPLIB, "GVRP", 4, 1, "cvrplib"},
	{"backhaul.vrp", vrplib.CVRPLIB, "VRPB", 4, 1, "cvrplib"},
	{"solomon.txt", vrplib.Solomon, "VRPTW", 3, 1, "dimacs"},
	{"lilim.txt", vrplib.LiLim, "PDPTW", 4, 1, "vehicles-first"},
	{"pairs.vrp", vrplib.CVRPLIB, "PDPTW", 2, 1, "cvrplib"},
	{"sartori.txt", vrplib.Sartori, "PDPTW", 2, 1, "vehicles-first"},
	{"cordeau.txt", vrplib.Cordeau, "MDVRP", 3, 2, "exact"},
	{"hvrp.txt", vrplib.HVRP, "HVRP", 3, 2, "exact"},
}

func open(t *testing.T, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// model reads an instance of testdata under its default convention.
func model(t *testing.T, name string) *vrplib.Model {
	t.Helper()
	in, err := vrplib.Read(bytes.NewReader(open(t, name)), vrplib.Auto)
	if err != nil {
		t.Fatal(err)
	}
	m, err := in.Model(in.DefaultConvention())
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestReadEveryFormat(t *testing.T) {
	for _, x := range tiny {
		t.Run(x.file, func(t *testing.T) {
			m := model(t, x.file)
			in := m.Instance
			if in.Format != x.format || in.Type != x.kind || in.Customers() != x.customers || len(in.Classes) != x.classes {
				t.Errorf("read as %v %s with %d customers and %d classes", in.Format, in.Type, in.Customers(), len(in.Classes))
			}
			if m.Convention.Name != x.convention {
				t.Errorf("convention %s, want %s", m.Convention.Name, x.convention)
			}
			sol := strings.TrimSuffix(x.file, filepath.Ext(x.file)) + ".sol"
			s, stated, err := m.ReadSolution(bytes.NewReader(open(t, sol)))
			if err != nil {
				t.Fatal(err)
			}
			if err := check.Complete(m.Problem, s); err != nil {
				t.Fatal(err)
			}
			report := check.Solution(m.Problem, s)
			if report.Err() != nil || report.Missing != 0 {
				t.Errorf("missing %d, %v", report.Missing, report.Err())
			}
			if got := m.Stated(report.Cost.Total()); math.Abs(got-stated.Cost) > 0.005 {
				t.Errorf("cost %v, the file states %v", got, stated.Cost)
			}
		})
	}
}

func TestWriteReadsBack(t *testing.T) {
	for _, x := range tiny {
		in := model(t, x.file).Instance
		var file bytes.Buffer
		if err := vrplib.Write(&file, in); err != nil {
			t.Errorf("%s: %v", x.file, err)
			continue
		}
		text := file.String()
		again, err := vrplib.Read(&file, vrplib.Auto)
		if err != nil {
			t.Errorf("%s: %v in\n%s", x.file, err, text)
			continue
		}
		if !reflect.DeepEqual(in, again) {
			t.Errorf("%s: wrote\n%s\nread  %+v\nfirst %+v", x.file, text, again, in)
		}
	}
}

func TestWriteRefusesWhatTheFormatCannotHold(t *testing.T) {
	for file, to := range map[string]vrplib.Format{
		"groups.vrp": vrplib.Solomon, "mixed.vrp": vrplib.LiLim, "lilim.txt": vrplib.Solomon,
		"prizes.vrp": vrplib.Solomon, "sartori.txt": vrplib.LiLim, "cordeau.txt": vrplib.Solomon,
		"day.vrp": vrplib.Cordeau, "solomon.txt": vrplib.HVRP, "backhaul.vrp": vrplib.HVRP,
	} {
		in := model(t, file).Instance
		in.Format = to
		if err := vrplib.Write(&bytes.Buffer{}, in); !errors.Is(err, vrplib.ErrInexpressible) {
			t.Errorf("%s as %v: %v", file, to, err)
		}
	}
}

// The cvrplib format holds what the others do, tables and pairs included.
func TestConvert(t *testing.T) {
	for _, file := range []string{"solomon.txt", "lilim.txt", "sartori.txt", "hvrp.txt"} {
		in := model(t, file).Instance
		in.Format = vrplib.CVRPLIB
		var text bytes.Buffer
		if err := vrplib.Write(&text, in); err != nil {
			t.Fatal(err)
		}
		again, err := vrplib.Read(&text, vrplib.Auto)
		if err != nil {
			t.Fatal(err)
		}
		if again.Ordinal != nil { // the fleet listed one by one
			again.Ordinal, in.Ordinal = nil, nil
		}
		if !reflect.DeepEqual(in, again) {
			t.Errorf("%s: %+v\nbecame %+v", file, in, again)
		}
	}
}

func TestConventions(t *testing.T) {
	in := model(t, "solomon.txt").Instance // node 2 at (4, 5): 6.40312… from the depot
	for name, want := range map[string]struct {
		leg   int32
		close int64
		text  string // of that leg's cost
	}{
		"cvrplib":        {6, 50, "6"},
		"dimacs":         {64, 500, "6.4"},
		"dimacs-x10":     {64, 500, "64"},
		"vehicles-first": {64031, 500000, "6.40"},
		"exact":          {64031, 500000, "6.40"},
		"exact-x1000":    {6403, 50000, "6403"},
	} {
		c, err := vrplib.ParseConvention(name)
		if err != nil {
			t.Fatal(err)
		}
		m, err := in.Model(c)
		if err != nil {
			t.Fatal(err)
		}
		leg := m.Problem.DistanceBetween(0, 0, 2)
		if leg != want.leg || m.Problem.Jobs[1].Windows[0].Close != want.close || m.Format(int64(leg)) != want.text {
			t.Errorf("%s: leg %d, window %v, stated %s", name, leg, m.Problem.Jobs[1].Windows, m.Format(int64(leg)))
		}
		if first := name == "vehicles-first"; first != (m.Problem.Objective == vrp.VehiclesFirst) {
			t.Errorf("%s: objective %v", name, m.Problem.Objective)
		}
	}
	if _, err := vrplib.ParseConvention("best"); err == nil {
		t.Error("no error for an unknown convention")
	}
}

func TestProblemHoldsWhatTheFileSays(t *testing.T) {
	day := model(t, "day.vrp").Problem
	v := day.Vehicles[1]
	if v.Start != 1 || v.MaxDuration != 905 || v.MaxTrips != 2 || v.Reloads[0].Place != 1 || v.Shift != (vrp.TimeWindow{Close: 1000}) {
		t.Errorf("vehicle %+v", v)
	}
	if j := day.Jobs[1]; j.Release != 200 || j.Service != 20 || j.Windows[0] != (vrp.TimeWindow{Open: 400, Close: 900}) {
		t.Errorf("job %+v", j)
	}
	prizes := model(t, "prizes.vrp").Problem
	if j := prizes.Jobs[2]; !j.Optional || j.Prize != 125 {
		t.Errorf("prize %+v", j.Terms)
	}
	if j := prizes.Jobs[1]; j.Optional {
		t.Error("a customer without a prize must be served")
	}
	if g := model(t, "groups.vrp").Problem.Jobs; g[0].Group != g[1].Group || g[0].Group == g[2].Group || g[0].Optional {
		t.Errorf("groups %d %d %d", g[0].Group, g[1].Group, g[2].Group)
	}
	if b := model(t, "backhaul.vrp").Problem; b.Vehicles[0].Backhaul != vrp.BackhaulAfterDelivery || b.Jobs[2].Pickup[0] != 5 {
		t.Error("backhaul lost")
	}
	if h := model(t, "hvrp.txt").Problem.Vehicles[1]; h.Fixed != 3_500_000 || h.PerDistance != 11 || h.Count != 1 {
		t.Errorf("hvrp class %+v", h)
	}
	if s := model(t, "sartori.txt").Problem; s.DistanceBetween(0, 2, 0) != 6 || s.DistanceBetween(0, 0, 2) != 7 {
		t.Error("an asymmetric table was transposed")
	}
}
