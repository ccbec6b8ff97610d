package vrp_test

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// small is a valid problem with one of everything.
func small() *vrp.Problem {
	table := []int32{0, 5, 5, 0}
	return &vrp.Problem{
		Places:     []vrp.Place{{X: 0}, {X: 5}},
		Profiles:   []vrp.Profile{{Distance: table, Duration: table}},
		Dimensions: 1,
		Jobs:       []vrp.Job{{Site: vrp.Site{Place: 1, Windows: []vrp.TimeWindow{{Open: 1, Close: 9}}}, Delivery: []int64{2}}},
		Shipments:  []vrp.Shipment{{Pickup: vrp.Site{Place: 1}, Amount: []int64{1}}},
		Vehicles:   []vrp.Vehicle{{Capacity: []int64{5}, PerDistance: 1}},
	}
}

func TestValidateNamesWhatIsWrong(t *testing.T) {
	if err := small().Validate(); err != nil {
		t.Fatalf("valid problem: %v", err)
	}
	cases := []struct {
		name, path string
		spoil      func(*vrp.Problem)
	}{
		{"place of a job", "Jobs[0].Place", func(p *vrp.Problem) { p.Jobs[0].Place = 2 }},
		{"window closes first", "Jobs[0].Windows", func(p *vrp.Problem) { p.Jobs[0].Windows[0].Close = 0 }},
		{"windows overlap", "Jobs[0].Windows", func(p *vrp.Problem) {
			p.Jobs[0].Windows = append(p.Jobs[0].Windows, vrp.TimeWindow{Open: 9, Close: 12})
		}},
		{"negative service", "Jobs[0].Service", func(p *vrp.Problem) { p.Jobs[0].Service = -1 }},
		{"time beyond the limit", "Shipments[0].MaxRide", func(p *vrp.Problem) { p.Shipments[0].MaxRide = math.MaxInt64 }},
		{"amount without dimension", "Jobs[0].Delivery", func(p *vrp.Problem) { p.Jobs[0].Delivery = []int64{1, 2} }},
		{"amounts beyond 64 bits", "Jobs", func(p *vrp.Problem) {
			p.Jobs = append(p.Jobs, p.Jobs[0], p.Jobs[0])
			for i := range p.Jobs {
				p.Jobs[i].Delivery = []int64{1 << 40}
			}
		}},
		{"unsorted skills", "Vehicles[0].Skills", func(p *vrp.Problem) { p.Vehicles[0].Skills = []int32{2, 1} }},
		{"profile", "Vehicles[0].Profile", func(p *vrp.Problem) { p.Vehicles[0].Profile = 1 }},
		{"short table", "Profiles[0].Distance", func(p *vrp.Problem) { p.Profiles[0].Distance = []int32{0} }},
		{"negative table", "Profiles[0].Distance", func(p *vrp.Problem) { p.Profiles[0].Distance = []int32{0, -1, 1, 0} }},
		{"no metric", "Profiles[0].Metric", func(p *vrp.Problem) { p.Profiles[0].Distance = nil }},
		{"not FIFO", "Profiles[0].Slices[1]", func(p *vrp.Problem) {
			p.Profiles[0].Slices = []vrp.Slice{
				{Start: 0, Duration: []int32{0, 50, 50, 0}}, {Start: 10, Duration: []int32{0, 30, 45, 0}}}
		}},
		{"cost beyond 64 bits", "Vehicles", func(p *vrp.Problem) { p.Vehicles[0].PerDistance = 1 << 60 }},
		{"mixed group", "Shipments[0].Optional", func(p *vrp.Problem) {
			p.Jobs[0].Group, p.Shipments[0].Group, p.Shipments[0].Optional = 1, 1, true
		}},
		{"lock on a class of two", "Locks[0].Vehicle", func(p *vrp.Problem) {
			p.Vehicles[0].Count = 2
			p.Locks = []vrp.Lock{{Visits: []vrp.Visit{{Kind: vrp.KindJob}}}}
		}},
		{"halves of a shipment on different vehicles", "Relations[0].Visits", func(p *vrp.Problem) {
			p.Relations = []vrp.Relation{{Kind: vrp.DifferentVehicles, Visits: []vrp.Visit{{Kind: vrp.KindPickup}, {Kind: vrp.KindDelivery}}}}
		}},
		{"two heads", "Locks[1].Vehicle", func(p *vrp.Problem) {
			p.Locks = []vrp.Lock{{Kind: vrp.LockHead, Visits: []vrp.Visit{{Kind: vrp.KindJob}}}, {Kind: vrp.LockHead, Visits: []vrp.Visit{{Kind: vrp.KindPickup}}}}
		}},
		{"locked twice", "Locks[1].Visits", func(p *vrp.Problem) {
			l := vrp.Lock{Visits: []vrp.Visit{{Kind: vrp.KindJob}}}
			p.Locks = []vrp.Lock{l, l}
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			p := small()
			c.spoil(p)
			err := p.Validate()
			if !errors.Is(err, vrp.ErrInvalid) || !strings.Contains(err.Error(), c.path) {
				t.Fatalf("got %v, want %s", err, c.path)
			}
		})
	}
}

// Who leaves later never arrives earlier, at every moment around and between slices.
func TestSlicedTravelIsFIFO(t *testing.T) {
	p := small()
	p.Profiles[0].Slices = []vrp.Slice{
		{Start: 0, Duration: []int32{0, 30, 7, 0}},
		{Start: 10, Duration: []int32{0, 41, 7, 0}},
		{Start: 37, Duration: []int32{0, 14, 20, 0}},
	}
	if err := p.Validate(); err != nil {
		t.Fatal(err)
	}
	for _, at := range []struct {
		leave int64
		want  int32
	}{{-5, 30}, {0, 30}, {5, 35}, {10, 41}, {24, 27}, {37, 14}, {99, 14}} {
		if got := p.DurationBetween(0, 0, 1, at.leave); got != at.want {
			t.Errorf("leaving at %d takes %d, want %d", at.leave, got, at.want)
		}
	}
	last := int64(math.MinInt64)
	for leave := int64(-3); leave < 60; leave++ {
		arrive := leave + int64(p.DurationBetween(0, 0, 1, leave))
		if arrive < last {
			t.Fatalf("leaving at %d arrives at %d, before %d", leave, arrive, last)
		}
		last = arrive
	}
}
