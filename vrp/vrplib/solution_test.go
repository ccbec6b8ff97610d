package vrplib_test

import (
	"bytes"
	"math"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
)

func TestSolutionReadsBack(t *testing.T) {
	for _, x := range tiny {
		m := model(t, x.file)
		sol := strings.TrimSuffix(x.file, filepath.Ext(x.file)) + ".sol"
		s, _, err := m.ReadSolution(bytes.NewReader(open(t, sol)))
		if err != nil {
			t.Fatal(err)
		}
		if err := check.Complete(m.Problem, s); err != nil {
			t.Fatal(err)
		}
		var file bytes.Buffer
		if err := m.WriteSolution(&file, s); err != nil {
			t.Fatal(err)
		}
		again, stated, err := m.ReadSolution(&file)
		if err != nil {
			t.Fatal(err)
		}
		if err := check.Complete(m.Problem, again); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(s, again) {
			t.Errorf("%s: %+v, was %+v", x.file, again, s)
		}
		if math.Abs(stated.Cost-m.Stated(s.Cost.Total())) > 0.005 {
			t.Errorf("%s: states %v, costs %v", x.file, stated.Cost, m.Stated(s.Cost.Total()))
		}
	}
}

// Routes of a mixed fleet are numbered by vehicle, whatever the order in the solution.
func TestSolutionNumbersVehicles(t *testing.T) {
	m := model(t, "mixed.vrp")
	route := func(class, job int32) vrp.Route {
		return vrp.Route{Vehicle: class, Stops: []vrp.Stop{
			{Visit: vrp.Visit{Kind: vrp.KindStart}},
			{Visit: vrp.Visit{Kind: vrp.KindJob, Index: job}},
			{Visit: vrp.Visit{Kind: vrp.KindEnd}},
		}}
	}
	s := vrp.Solution{Routes: []vrp.Route{route(1, 0), route(0, 1), route(0, 2)}}
	var file strings.Builder
	if err := m.WriteSolution(&file, &s); err != nil {
		t.Fatal(err)
	}
	want := "Route #1: 2\nRoute #2: 1\nRoute #3: 3\nCost 0.00\n"
	if file.String() != want {
		t.Errorf("got\n%swant\n%s", file.String(), want)
	}
}

func TestSolutionSaysWhatIsMissing(t *testing.T) {
	for file, want := range map[string][]vrp.Reason{
		"square.vrp": {vrp.ReasonNoVehicleLeft, vrp.ReasonNoVehicleLeft},
		"prizes.vrp": {vrp.ReasonNoVehicleLeft, vrp.ReasonPrize},
		"groups.vrp": {vrp.ReasonAlternative, vrp.ReasonNoVehicleLeft, vrp.ReasonNoVehicleLeft},
	} {
		m := model(t, file)
		text := "Route 1: 1"
		if file == "square.vrp" {
			text = "Remark\nRoute 1: 0 1 2 0\nRoute 2:\nRoute 3: 3 4 5 6\n"
		}
		s, stated, err := m.ReadSolution(strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		var got []vrp.Reason
		for _, u := range s.Unassigned {
			got = append(got, u.Reason)
		}
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %v, want %v", file, got, want)
		}
		if !math.IsNaN(stated.Cost) {
			t.Errorf("%s: cost %v out of nowhere", file, stated.Cost)
		}
	}
}
