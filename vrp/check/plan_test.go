package check_test

import (
	"math/rand/v2"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/check"
)

// line is a problem of places on a line, one time unit apart, and one vehicle from place 0.
func line(n int) *vrp.Problem {
	table := make([]int32, n*n)
	p := &vrp.Problem{Dimensions: 1}
	for a := range n {
		p.Places = append(p.Places, vrp.Place{X: float64(a)})
		for b := range n {
			table[a*n+b] = int32(max(a-b, b-a))
		}
	}
	p.Profiles = []vrp.Profile{{Distance: table, Duration: table}}
	p.Vehicles = []vrp.Vehicle{{PerDistance: 1, Capacity: []int64{5}, Shift: vrp.TimeWindow{Open: 0, Close: 100}}}
	return p
}

func jobAt(place int32, service int64, windows ...vrp.TimeWindow) vrp.Job {
	return vrp.Job{Site: vrp.Site{Place: place, Service: service, Windows: windows}}
}

func steps(kinds ...vrp.Visit) []check.Step {
	var out []check.Step
	for _, x := range kinds {
		out = append(out, check.Step{Visit: x})
	}
	return out
}

func TestPlanNamesWhatIsMissed(t *testing.T) {
	j, w := func(i int32) vrp.Visit { return vrp.Visit{Kind: vrp.KindJob, Index: i} }, func(a, b int64) vrp.TimeWindow { return vrp.TimeWindow{Open: a, Close: b} }
	type missed struct {
		rule check.Rule
		stop int
		size int64
	}
	cases := []struct {
		name  string
		build func(p *vrp.Problem) []check.Step
		want  []missed
	}{
		{"nothing", func(p *vrp.Problem) []check.Step {
			p.Jobs = []vrp.Job{jobAt(1, 2, w(5, 6)), jobAt(2, 1)}
			return steps(j(0), j(1))
		}, nil},
		{"late", func(p *vrp.Problem) []check.Step {
			p.Jobs = []vrp.Job{jobAt(1, 2), jobAt(3, 0, w(0, 2))}
			return steps(j(0), j(1))
		}, []missed{{check.RuleWindow, 2, 3}}},
		{"one start too early rather than two too late", func(p *vrp.Problem) []check.Step {
			p.Jobs = []vrp.Job{jobAt(1, 0, w(6, 9)), jobAt(2, 0, w(2, 3)), jobAt(3, 0, w(3, 4))}
			return steps(j(0), j(1), j(2))
		}, []missed{{check.RuleWindow, 1, -4}}},
		{"its own bound comes first", func(p *vrp.Problem) []check.Step {
			p.Jobs = []vrp.Job{jobAt(1, 0, w(6, 9)), jobAt(2, 0, w(2, 3)), jobAt(3, 0, w(3, 4))}
			s := steps(j(0), j(1), j(2))
			s[0].Within = &vrp.TimeWindow{Open: 7, Close: 7}
			return s
		}, []missed{{check.RuleWindow, 2, 5}, {check.RuleWindow, 3, 5}}},
		{"a bound out of reach", func(p *vrp.Problem) []check.Step {
			p.Jobs = []vrp.Job{jobAt(3, 0), jobAt(4, 0)}
			p.Vehicles[0].Shift.Open = 10
			s := steps(j(0), j(1))
			s[0].Within = &vrp.TimeWindow{Open: 1, Close: 2}
			return s
		}, []missed{{check.RuleShift, 0, -11}}},
		{"skills, load, stops and distance", func(p *vrp.Problem) []check.Step {
			p.Jobs = []vrp.Job{jobAt(2, 0), jobAt(1, 0)}
			p.Jobs[0].Delivery, p.Jobs[1].Skills = []int64{9}, []int32{3}
			p.Vehicles[0].MaxStops, p.Vehicles[0].MaxDistance = 1, 3
			return steps(j(0), j(1))
		}, []missed{{check.RuleSkill, 2, 0}, {check.RuleCapacity, 0, 4}, {check.RuleDistance, -1, 1}, {check.RuleStops, -1, 1}}},
		{"half a shipment, no break", func(p *vrp.Problem) []check.Step {
			p.Shipments = []vrp.Shipment{{Pickup: vrp.Site{Place: 1}, Delivery: vrp.Site{Place: 2}}}
			p.Vehicles[0].Breaks = []vrp.Break{{Duration: 3}}
			return steps(vrp.Visit{Kind: vrp.KindDelivery})
		}, []missed{{check.RulePair, 1, 0}, {check.RuleBreak, -1, 0}, {check.RulePair, -1, 0}}},
		{"a break too late and too heavy", func(p *vrp.Problem) []check.Step {
			p.Jobs = []vrp.Job{jobAt(1, 5), jobAt(2, 0)}
			p.Jobs[1].Delivery = []int64{4}
			p.Vehicles[0].Breaks = []vrp.Break{{Duration: 3, MaxLoad: []int64{1}, Windows: []vrp.TimeWindow{w(2, 4)}}}
			return steps(j(0), vrp.Visit{Kind: vrp.KindBreak}, j(1))
		}, []missed{{check.RuleWindow, 2, 2}, {check.RuleBreak, 2, 3}}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := line(6)
			s := c.build(p)
			if err := p.Validate(); err != nil {
				t.Fatal(err)
			}
			_, r, err := check.Plan(p, []check.Sequence{{Steps: s}})
			if err != nil {
				t.Fatal(err)
			}
			var got []missed
			for _, v := range r.Violations {
				got = append(got, missed{v.Rule, v.Stop, v.Size})
			}
			if len(got) != len(c.want) {
				t.Fatalf("got %v, want %v: %v", got, c.want, r.Violations)
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("got %v, want %v", r.Violations[i], c.want[i])
				}
			}
		})
	}
}

func TestPlanRefusesWhatDoesNotExist(t *testing.T) {
	p := line(3)
	p.Jobs = []vrp.Job{jobAt(1, 0)}
	x := vrp.Visit{Kind: vrp.KindJob}
	for _, q := range []check.Sequence{
		{Vehicle: 1}, {Steps: steps(vrp.Visit{Kind: vrp.KindJob, Index: 1})}, {Steps: steps(x, x)},
		{Steps: steps(x, vrp.Visit{Kind: vrp.KindStart})}, {Steps: steps(vrp.Visit{Kind: vrp.KindBreak})},
	} {
		if _, _, err := check.Plan(p, []check.Sequence{q}); err == nil {
			t.Errorf("%+v is accepted", q)
		}
	}
	s, r, err := check.Plan(p, nil)
	if err != nil || len(s.Unassigned) != 1 || s.Unassigned[0].Reason != vrp.ReasonNotPlanned || r.Missing != 1 {
		t.Errorf("got %+v %+v %v", s, r, err)
	}
}

// missSum is what all windows, shifts and breaks of a plan are missed by.
func missSum(r *check.Report) int64 {
	sum := int64(0)
	for _, v := range r.Violations {
		if v.Rule == check.RuleWindow || v.Rule == check.RuleShift {
			sum += max(v.Size, -v.Size)
		}
	}
	return sum
}

// Random sequences with several windows and breaks miss no more than the best of all ways to
// choose their times.
func TestPlanMissesTheLeast(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 400 {
		p := line(5)
		n := 1 + rng.IntN(3)
		var list []vrp.Visit
		for i := range n {
			a := int64(rng.IntN(10))
			x := jobAt(int32(rng.IntN(5)), int64(rng.IntN(3)), vrp.TimeWindow{Open: a, Close: a + int64(rng.IntN(3))})
			if rng.IntN(2) == 0 {
				b := x.Windows[0].Close + 2 + int64(rng.IntN(3))
				x.Windows = append(x.Windows, vrp.TimeWindow{Open: b, Close: b})
			}
			p.Jobs = append(p.Jobs, x)
			list = append(list, vrp.Visit{Kind: vrp.KindJob, Index: int32(i)})
		}
		open := 1 + int64(rng.IntN(4))
		p.Vehicles[0].Shift = vrp.TimeWindow{Open: open, Close: open + int64(rng.IntN(12))}
		for k := range rng.IntN(3) {
			a := int64(rng.IntN(9))
			p.Vehicles[0].Breaks = append(p.Vehicles[0].Breaks, vrp.Break{Duration: int64(rng.IntN(3)), Windows: []vrp.TimeWindow{{Open: a, Close: a + 1}}})
			at := len(list)
			for at > 0 && list[at-1].Kind != vrp.KindBreak && rng.IntN(2) == 0 {
				at--
			}
			list = append(list[:at], append([]vrp.Visit{{Kind: vrp.KindBreak, Index: int32(k)}}, list[at:]...)...)
		}
		_, r, err := check.Plan(p, []check.Sequence{{Steps: steps(list...)}})
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range r.Violations {
			if v.Rule != check.RuleWindow && v.Rule != check.RuleShift {
				t.Fatalf("%v in %+v", v, p)
			}
		}
		if got, want := missSum(&r), leastMiss(p, list); got != want {
			t.Fatalf("missed %d, least is %d: %+v %v: %v", got, want, p, list, r.Violations)
		}
	}
}

// leastMiss tries all times.
func leastMiss(p *vrp.Problem, list []vrp.Visit) int64 {
	v := &p.Vehicles[0]
	off := func(w []vrp.TimeWindow, t int64) int64 {
		best := int64(1 << 40)
		for _, x := range w {
			best = min(best, max(x.Open-t, t-x.Close, 0))
		}
		return best
	}
	best := int64(1 << 40)
	var walk func(i int, clock, rest, sum int64, place int32)
	walk = func(i int, clock, rest, sum int64, place int32) {
		if sum >= best {
			return
		}
		to := int32(0)
		if i < len(list) && list[i].Kind == vrp.KindJob {
			to = p.Jobs[list[i].Index].Place
		}
		if rest < 0 { // a leg begins: to the next stop that is no break
			next := int32(0)
			for k := i; k < len(list); k++ {
				if list[k].Kind == vrp.KindJob {
					next = p.Jobs[list[k].Index].Place
					break
				}
			}
			rest = int64(max(place-next, next-place))
		}
		switch {
		case i == len(list):
			best = min(best, sum+max(0, clock+rest-v.Shift.Close))
		case list[i].Kind == vrp.KindBreak:
			b := &v.Breaks[list[i].Index]
			for at := clock; at < clock+25; at++ {
				walk(i+1, at+b.Duration, max(0, rest-(at-clock)), sum+off(b.Windows, at), place)
			}
		default:
			j := &p.Jobs[list[i].Index]
			for at := clock + rest; at < clock+rest+25; at++ {
				walk(i+1, at+j.Service, -1, sum+off(j.Windows, at), to)
			}
		}
	}
	for start := int64(-15); start < 20; start++ {
		walk(0, start, -1, max(0, v.Shift.Open-start), 0)
	}
	return best
}
