package search

import (
	"math/rand/v2"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// sample is a problem of n jobs in the plane; windows and shipments on demand.
func sample(n int, windows, pairs bool) *vrp.Problem {
	r := rand.New(rand.NewPCG(1, 2))
	p := &vrp.Problem{Dimensions: 1}
	for range 2*n + 1 {
		p.Places = append(p.Places, vrp.Place{X: float64(r.IntN(1000)), Y: float64(r.IntN(1000))})
	}
	site := func(k int) vrp.Site {
		s := vrp.Site{Place: int32(k), Service: 10}
		if windows {
			open := int64(r.IntN(4000))
			s.Windows = []vrp.TimeWindow{{Open: open, Close: open + 1500}}
		}
		return s
	}
	for i := range n {
		amount := []int64{int64(1 + r.IntN(20))}
		if pairs {
			a, b := site(2*i+1), site(2*i+2)
			a.Windows = nil
			p.Shipments = append(p.Shipments, vrp.Shipment{Pickup: a, Delivery: b, Amount: amount})
		} else {
			p.Jobs = append(p.Jobs, vrp.Job{Site: site(i + 1), Delivery: amount})
		}
	}
	p.Profiles = []vrp.Profile{{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: 1, DurationFactor: 1}}}
	p.Vehicles = []vrp.Vehicle{{Count: int32(n), Capacity: []int64{150}, PerDistance: 1,
		Shift: vrp.TimeWindow{Open: 0, Close: 20000}}}
	return p
}

// variants are problems that take different paths through the insertion.
func variants(n int) map[string]*vrp.Problem {
	paid := sample(n, true, false)
	paid.Vehicles[0].PerDuration = 1
	mixed := sample(n, false, false)
	for i := range mixed.Jobs {
		if i%2 == 0 {
			mixed.Jobs[i].Pickup, mixed.Jobs[i].Delivery = mixed.Jobs[i].Delivery, nil
		}
	}
	return map[string]*vrp.Problem{
		"capacity": sample(n, false, false), "windows": sample(n, true, false), "shipments": sample(n/2, true, true),
		"duration": paid, "mixed": mixed,
	}
}

// An iteration allocates nothing once the scratch has grown.
func TestStepAllocatesNothing(t *testing.T) {
	for name, p := range variants(200) {
		s := New(Compile(p), 1)
		s.Construct()
		scale := s.Scale()
		for range 2000 {
			s.Step(scale)
		}
		if got := testing.AllocsPerRun(500, func() { s.Step(scale) }); got != 0 {
			t.Errorf("%s: %v allocations an iteration", name, got)
		}
	}
}

// Undo brings back cost, links and state.
func TestUndoBringsEverythingBack(t *testing.T) {
	for name, p := range variants(80) {
		s := New(Compile(p), 1)
		s.Construct()
		for range 200 {
			before := snapshot(s)
			s.begin()
			s.ruin.out = s.ruin.out[:0]
			s.ruin.strings()
			s.ruin.tidy()
			s.recreate(s.ruin.out, true)
			s.undo()
			if after := snapshot(s); !equalNodes(before, after) {
				t.Fatalf("%s: undo left a trace", name)
			}
			s.Step(s.Scale())
		}
	}
}

func snapshot(s *Search) []node {
	return append([]node{{in: s.cost, leave: int64(len(s.bank))}}, s.nodes...)
}

func equalNodes(a, b []node) bool {
	for i := range a {
		x, y := a[i], b[i]
		if x.route == none && y.route == none {
			continue // what a node held when it was last served says nothing
		}
		if x != y {
			return false
		}
	}
	return true
}

// The specialized kernel finds what the general one finds.
func TestPlainKernelAgrees(t *testing.T) {
	for name, p := range map[string]*vrp.Problem{
		"capacity": sample(150, false, false), "windows": sample(150, true, false), "shipments": sample(75, true, true)} {
		plain, general := New(Compile(p), 1), New(Compile(p), 1)
		if !plain.m.plain && !plain.m.swift {
			t.Fatal("not a plain fleet")
		}
		general.m.plain, general.m.swift, general.m.local, plain.m.local = false, false, false, false
		for _, s := range []*Search{plain, general} {
			s.Construct()
			for range 2000 {
				s.Step(s.Scale() / 2)
			}
		}
		if plain.BestCost() != general.BestCost() || plain.Cost() != general.Cost() {
			t.Errorf("%s: plain %d, general %d", name, plain.BestCost(), general.BestCost())
		}
	}
}

// The kernel with a row of distances at hand finds what the general one finds, whatever else
// a vehicle is asked.
func TestRowKernelAgrees(t *testing.T) {
	tested := 0
	problems := allVariants(100)
	priced := sample(100, true, false)
	priced.Vehicles = append(priced.Vehicles, priced.Vehicles[0])
	priced.Vehicles[0].PerDistance, priced.Vehicles[1].PerDistance, priced.Vehicles[1].Fixed = 3, 2, 500
	problems["prices"] = priced
	for name, p := range problems {
		row, general := New(Compile(p), 1), New(Compile(p), 1)
		if !row.m.sameWay {
			continue
		}
		tested++
		general.m.sameWay = false
		for _, s := range []*Search{row, general} {
			s.Construct()
			for range 1000 {
				s.Step(s.Scale() / 2)
			}
		}
		if row.BestCost() != general.BestCost() || row.Cost() != general.Cost() {
			t.Errorf("%s: by row %d, general %d", name, row.BestCost(), general.BestCost())
		}
	}
	if tested < 8 {
		t.Errorf("only %d variants have rows", tested)
	}
}

// However long routes are, a ruin by strings takes no more stops than four times the mean of
// Christiaens & Vanden Berghe allow.
func TestStringsAreFew(t *testing.T) {
	for _, vehicles := range []int32{2, 4, 8, 40} {
		p := sample(160, true, false)
		for i := range p.Jobs {
			p.Jobs[i].Windows, p.Jobs[i].Service = nil, 0
		}
		p.Vehicles[0].Count, p.Vehicles[0].Capacity = vehicles, []int64{1 << 30}
		p.Vehicles[0].Shift = vrp.TimeWindow{Close: 1 << 40}
		s := New(Compile(p), 1)
		if !s.m.plain || !s.m.timed {
			t.Fatal("not a plain fleet with windows")
		}
		for v := range int32(s.m.Stops) { // routes as long as the vehicles are few
			s.link(v, s.nodes[s.last(v%vehicles)].prev)
		}
		for r := range vehicles {
			s.renew(r)
		}
		most := 0
		for range 3000 {
			s.begin()
			s.ruin.out = s.ruin.out[:0]
			s.ruin.strings()
			most = max(most, len(s.ruin.out))
			s.ruin.tidy()
			s.undo()
		}
		if most > 4*averageRemoved || most < 3 {
			t.Errorf("%d routes: %d stops taken out at once", vehicles, most)
		}
	}
}

// The load up to a stop is that of the walk from the start of its route, at any time.
func TestLoadUpTo(t *testing.T) {
	s := New(Compile(sample(120, false, false)), 1)
	s.Construct()
	for range 300 {
		s.Step(s.Scale())
		for v := range int32(s.m.Stops) {
			want := int64(0)
			for x := v; s.isStop(x); x = s.nodes[x].prev {
				want += s.m.deliver[x] + s.m.collect[x]
			}
			if got := s.loadUpTo(v); got != want && s.nodes[v].route != none {
				t.Fatalf("stop %d: %d, want %d", v, got, want)
			}
		}
	}
}

func BenchmarkStep(b *testing.B) {
	for _, name := range []string{"capacity", "windows", "shipments", "duration", "mixed"} {
		p := variants(1000)[name]
		b.Run(name, func(b *testing.B) {
			s := New(Compile(p), 1)
			s.Construct()
			scale := s.Scale()
			for i := range 20000 {
				s.Step(scale * (1 - float64(i)/20000))
			}
			b.ReportAllocs()
			for b.Loop() {
				s.Step(scale / 50)
			}
		})
	}
}
