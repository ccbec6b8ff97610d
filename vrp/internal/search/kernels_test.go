package search

import (
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// allVariants are the variants and one problem of n stops for each rule beside them.
func allVariants(n int) map[string]*vrp.Problem {
	out := variants(n)
	add := func(name string, change func(p *vrp.Problem)) {
		p := sample(n, true, false)
		change(p)
		out[name] = p
	}
	job := func(i int) vrp.Visit { return vrp.Visit{Kind: vrp.KindJob, Index: int32(i)} }
	add("relations", func(p *vrp.Problem) {
		for i := 0; i+2 < n; i += 10 {
			p.Relations = append(p.Relations, vrp.Relation{Kind: vrp.RelationKind(i / 10 % 4), Visits: []vrp.Visit{job(i), job(i + 1), job(i + 2)}})
		}
	})
	add("types", func(p *vrp.Problem) {
		for i := range p.Jobs {
			p.Jobs[i].ByType = []vrp.TypeTimes{{Type: 1, Service: int64(i % 30)}}
		}
		p.Vehicles = append(p.Vehicles, p.Vehicles[0])
		p.Vehicles[1].Type, p.Vehicles[1].PerService = 1, 1
	})
	add("fleet", func(p *vrp.Problem) {
		small := p.Vehicles[0]
		small.Capacity, small.Fixed = []int64{60}, 100
		p.Vehicles[0].Fixed = 200
		p.Vehicles = append(p.Vehicles, small)
	})
	add("windows in the plural", func(p *vrp.Problem) {
		for i := range p.Jobs {
			w := p.Jobs[i].Windows[0]
			p.Jobs[i].Windows = append(p.Jobs[i].Windows, vrp.TimeWindow{Open: w.Close + 500, Close: w.Close + 900})
			p.Jobs[i].Setup = 20
		}
	})
	add("breaks", func(p *vrp.Problem) {
		p.Vehicles[0].Breaks = []vrp.Break{{Windows: []vrp.TimeWindow{{Open: 1000, Close: 2500}}, Duration: 300}}
	})
	add("reloads", func(p *vrp.Problem) {
		p.Vehicles[0].Reloads, p.Vehicles[0].Count = []vrp.Reload{{Place: 0, Service: 60}}, int32(n/8)
		for i := range p.Jobs {
			p.Jobs[i].Release = int64(i % 500)
		}
	})
	add("slices", func(p *vrp.Problem) {
		places := len(p.Places)
		table := make([]int32, places*places)
		for a := range places {
			for b := range places {
				table[a*places+b] = p.DurationBetween(0, int32(a), int32(b), 0)
			}
		}
		slow := make([]int32, len(table))
		for i, d := range table {
			slow[i] = d * 3 / 2
		}
		p.Profiles[0].Slices = []vrp.Slice{{Start: 0, Duration: table}, {Start: 2000, Duration: slow}, {Start: 6000, Duration: table}}
		p.Vehicles[0].PerDriving = 1
	})
	add("prizes and groups", func(p *vrp.Problem) {
		for i := range p.Jobs {
			p.Jobs[i].Optional, p.Jobs[i].Prize = i%3 == 0, 300
			if i%3 != 0 && i%7 == 0 {
				p.Jobs[i].Group = int32(1 + i/20)
			}
		}
	})
	add("backhauls", func(p *vrp.Problem) {
		for i := range p.Jobs {
			if i%3 == 0 {
				p.Jobs[i].Pickup, p.Jobs[i].Delivery = p.Jobs[i].Delivery, nil
			}
		}
		p.Vehicles[0].Backhaul = vrp.BackhaulLast
	})
	add("vehicles first", func(p *vrp.Problem) { p.Objective = vrp.VehiclesFirst })
	rides := sample(n/2, true, true)
	for i := range rides.Shipments {
		rides.Shipments[i].MaxRide = 1500
	}
	out["rides"] = rides
	return out
}

// kernels are the parts of an iteration, each of which takes back what it changes.
func kernels(s *Search, temper float64) map[string]func() {
	v := int32(s.m.Stops / 2)
	for s.nodes[v].route == none {
		v++
	}
	r, u := s.nodes[v].route, s.m.unitOf[v]
	units := make([]int32, 0, 64)
	for x := v; len(units) < 10 && int(x) < s.m.Stops; x++ {
		units = append(units, s.m.unitOf[x])
	}
	takeOut := func() {
		s.begin()
		s.ruin.out = s.ruin.out[:0]
		s.ruin.remove(v)
		s.ruin.tidy()
	}
	return map[string]func(){
		"unlink and link": func() {
			s.begin()
			behind := s.nodes[v].prev
			s.unlink(v)
			s.link(v, behind)
			s.undo()
		},
		"renew": func() { s.renew(r) },
		"evaluate": func() {
			s.evaluate(s.class(r), s.sequence(r))
		},
		"insertion": func() {
			takeOut()
			if p, ok := s.find(u, never, false); ok {
				s.place(p)
			}
			s.undo()
		},
		"insertion everywhere": func() {
			takeOut()
			s.find(u, 1, true)
			s.undo()
		},
		"ruin": func() {
			s.begin()
			s.ruin.out = s.ruin.out[:0]
			s.drawRuin()
			s.ruin.tidy()
			s.undo()
		},
		"ruin and recreate": func() {
			s.begin()
			s.ruin.out = s.ruin.out[:0]
			s.drawRuin()
			s.ruin.tidy()
			s.recreate(s.ruin.out, false)
			s.undo()
		},
		"local search": func() {
			s.begin()
			if s.m.local {
				s.improve(units)
			}
			s.undo()
		},
		"refit": func() {
			s.begin()
			s.touch(r)
			s.refit()
			s.undo()
		},
		"step": func() { s.Step(temper) },
	}
}

// settled is a search of a problem after some iterations, and a low temperature for it.
func settled(p *vrp.Problem, iterations int) (*Search, float64) {
	s := New(Compile(p), 1)
	s.Construct()
	scale := s.Scale()
	for i := range iterations {
		s.Step(scale * (1 - float64(i)/float64(iterations)))
	}
	return s, scale / 50
}

// No part of an iteration allocates, whatever the problem.
func TestKernelsAllocateNothing(t *testing.T) {
	for name, p := range allVariants(200) {
		if err := p.Validate(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s, temper := settled(p, 1000)
		for part, run := range kernels(s, temper) {
			run()
			if got := testing.AllocsPerRun(100, run); got != 0 {
				t.Errorf("%s, %s: %v allocations", name, part, got)
			}
		}
		if s.m.fewer && s.CanShrink() {
			s.BeginShrink()
			if got := testing.AllocsPerRun(100, func() { s.ShrinkStep(temper) }); got != 0 {
				t.Errorf("%s, shrink: %v allocations", name, got)
			}
		}
	}
}

// go test -bench Kernels/windows/ ./vrp/internal/search
func BenchmarkKernels(b *testing.B) {
	for name, p := range allVariants(1000) {
		b.Run(name, func(b *testing.B) {
			for part, run := range kernels(settled(p, 5000)) {
				b.Run(part, func(b *testing.B) {
					b.ReportAllocs()
					for b.Loop() {
						run()
					}
				})
			}
		})
	}
}
