package vrplib

import (
	"errors"
	"fmt"
	"math"
	"strconv"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// ErrInexpressible says that an instance is well formed, but has something that a
// vrp.Problem, or the format to write, has no words for.
var ErrInexpressible = errors.New("vrplib: cannot be expressed")

// Model is an instance under a convention.
type Model struct {
	Instance   *Instance
	Convention Convention
	Problem    *vrp.Problem
	Unit       float64 // problem cost in one unit of the stated cost

	money  float64     // factor that makes all prices whole
	visits []vrp.Visit // by node index, KindStart for a depot
	job    []int32     // node index by job
	ship   []int32     // node index of the pickup, by shipment
}

// Model translates the instance to a problem under a convention. Places are the nodes, in
// their order; the problem passes vrp's Validate. Errors: ErrInexpressible, vrp.ErrInvalid
// for numbers beyond the engine's limits. O(nodes), or O(nodes^2) with a table under a
// factor.
func (in *Instance) Model(c Convention) (*Model, error) {
	c = in.fit(c)
	m := &Model{Instance: in, Convention: c, Problem: &vrp.Problem{Dimensions: 1, Objective: c.Objective}}
	if err := m.prices(); err != nil {
		return nil, err
	}
	m.Unit = m.money * c.Stated
	m.places()
	if err := m.vehicles(); err != nil {
		return nil, err
	}
	if err := m.work(); err != nil {
		return nil, err
	}
	if err := m.groups(); err != nil {
		return nil, err
	}
	if err := m.Problem.Validate(); err != nil {
		return nil, err
	}
	return m, nil
}

// Stated is a cost of the problem in the convention's own unit. VehiclesFirst states the
// cost only; the vehicles are told beside it.
func (m *Model) Stated(cost int64) float64 { return float64(cost) / m.Unit }

// Format is the stated cost with the convention's decimals, nearest. Formatting loses what
// the literature does not state either.
func (m *Model) Format(cost int64) string {
	decimals := m.Convention.Decimals
	if decimals == 0 && m.Unit != 1 {
		decimals = 2
	}
	return strconv.FormatFloat(m.Stated(cost), 'f', decimals, 64)
}

// prices finds the smallest power of ten that makes all fixed and unit costs whole.
func (m *Model) prices() error {
	for m.money = 1; m.money <= 1e6; m.money *= 10 {
		whole := true
		for i := range m.Instance.Classes {
			c := &m.Instance.Classes[i]
			for _, x := range [...]float64{c.Fixed, c.Unit} {
				whole = whole && math.Abs(x*m.money-math.Round(x*m.money)) < 1e-6
			}
		}
		if whole {
			return nil
		}
	}
	return fmt.Errorf("%w: prices of vehicles with more than six decimals", ErrInexpressible)
}

// scaled is a length or time of the file in problem units.
func (m *Model) scaled(x float64) int64 {
	x *= m.Convention.Factor
	switch m.Convention.Round {
	case vrp.Down:
		return int64(math.Floor(x))
	case vrp.Up:
		return int64(math.Ceil(x))
	}
	return int64(math.Floor(x + 0.5))
}

func (m *Model) places() {
	in, p := m.Instance, m.Problem
	for i := range in.Nodes {
		p.Places = append(p.Places, vrp.Place{X: in.Nodes[i].X, Y: in.Nodes[i].Y})
	}
	if in.Weight == Explicit {
		table := in.Table
		if m.Convention.Factor != 1 {
			table = make([]int32, len(in.Table))
			for i, d := range in.Table {
				table[i] = int32(min(int64(d)*int64(m.Convention.Factor), vrp.Unreachable))
			}
		}
		p.Profiles = []vrp.Profile{{Distance: table, Duration: table}}
		return
	}
	metric := vrp.Metric{Kind: vrp.Euclid, Round: m.Convention.Round,
		DistanceFactor: m.Convention.Factor, DurationFactor: m.Convention.Factor}
	switch in.Weight {
	case Floor:
		metric.Round = vrp.Down
	case Ceil:
		metric.Round = vrp.Up
	}
	p.Profiles = []vrp.Profile{{Metric: metric}}
}

func (m *Model) vehicles() error {
	in := m.Instance
	for i := range in.Classes {
		c := &in.Classes[i]
		v := vrp.Vehicle{
			Count:       c.Count,
			Start:       c.Depot,
			End:         c.Depot,
			Capacity:    []int64{c.Capacity},
			Fixed:       int64(math.Round(c.Fixed * m.money * m.Convention.Factor)),
			PerDistance: int64(math.Round(c.Unit * m.money)),
			MaxDistance: m.scaled(c.MaxDistance),
			MaxDuration: m.scaled(c.MaxDuration),
		}
		if v.Count == 0 {
			v.Count = int32(max(1, in.Customers()))
		}
		windows, err := m.day(c.Depot)
		if err != nil {
			return err
		}
		if windows != nil {
			v.Shift = windows[0]
		}
		for _, d := range c.Reloads {
			if windows, err = m.day(d); err != nil {
				return err
			}
			v.Reloads = append(v.Reloads, vrp.Reload{Place: d, Windows: windows})
		}
		if c.MaxReloads > 0 {
			v.MaxTrips = c.MaxReloads + 1
		}
		if in.Type == "VRPB" {
			v.Backhaul = vrp.BackhaulAfterDelivery
		}
		m.Problem.Vehicles = append(m.Problem.Vehicles, v)
	}
	return nil
}

// day is the window of a depot.
func (m *Model) day(depot int32) ([]vrp.TimeWindow, error) {
	x := &m.Instance.Nodes[depot]
	if x.Service != 0 || x.Release != 0 {
		return nil, fmt.Errorf("%w: depot %d has a service or release time", ErrInexpressible, x.ID)
	}
	if !m.Instance.Windowed {
		return nil, nil
	}
	w := vrp.TimeWindow{Open: m.scaled(x.Open), Close: m.scaled(x.Close)}
	if w == (vrp.TimeWindow{}) {
		return nil, fmt.Errorf("%w: depot %d is open at the moment 0 only", ErrInexpressible, x.ID)
	}
	return []vrp.TimeWindow{w}, nil
}

// work makes jobs of single customers and shipments of pairs.
func (m *Model) work() error {
	in, p := m.Instance, m.Problem
	depot := in.isDepot()
	m.visits = make([]vrp.Visit, len(in.Nodes))
	for i := range in.Nodes {
		x := &in.Nodes[i]
		switch {
		case depot[i]:
			m.visits[i] = vrp.Visit{Kind: vrp.KindStart}
		case x.Partner < 0:
			m.visits[i] = vrp.Visit{Kind: vrp.KindJob, Index: int32(len(p.Jobs))}
			m.job = append(m.job, int32(i))
			p.Jobs = append(p.Jobs, vrp.Job{
				Site:     m.site(i),
				Delivery: []int64{x.Demand},
				Pickup:   []int64{x.Backhaul},
				Release:  m.scaled(x.Release),
				Terms:    m.terms(x),
			})
		case x.Pickup:
			y := &in.Nodes[x.Partner]
			if x.Backhaul != 0 || y.Backhaul != 0 || y.Prize != 0 || y.Release != 0 {
				return fmt.Errorf("%w: pair %d and %d has more than a demand", ErrInexpressible, x.ID, y.ID)
			}
			m.visits[i] = vrp.Visit{Kind: vrp.KindPickup, Index: int32(len(p.Shipments))}
			m.visits[x.Partner] = vrp.Visit{Kind: vrp.KindDelivery, Index: int32(len(p.Shipments))}
			m.ship = append(m.ship, int32(i))
			p.Shipments = append(p.Shipments, vrp.Shipment{
				Pickup:   m.site(i),
				Delivery: m.site(int(x.Partner)),
				Amount:   []int64{x.Demand},
				Release:  m.scaled(x.Release),
				Terms:    m.terms(x),
			})
		}
	}
	return nil
}

func (m *Model) site(i int) vrp.Site {
	x := &m.Instance.Nodes[i]
	s := vrp.Site{Place: int32(i), Service: m.scaled(x.Service)}
	if m.Instance.Windowed {
		s.Windows = []vrp.TimeWindow{{Open: m.scaled(x.Open), Close: m.scaled(x.Close)}}
	}
	return s
}

func (m *Model) terms(x *Node) vrp.Terms {
	return vrp.Terms{Optional: x.Prize > 0, Prize: m.scaled(x.Prize) * int64(m.money)}
}

func (m *Model) groups() error {
	for g, members := range m.Instance.Groups {
		for _, i := range members {
			v := m.visits[i]
			if v.Kind != vrp.KindJob {
				return fmt.Errorf("%w: node %d in a group is no single customer", ErrInexpressible, m.Instance.Nodes[i].ID)
			}
			m.Problem.Jobs[v.Index].Group = int32(g + 1)
		}
	}
	return nil
}
