package demo

import (
	"encoding/csv"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/zone"
	"github.com/logistica-inteligente/rumbo/roads"
)

// Day is what the demo's company wants delivered on one day.
type Day struct {
	Day      string          `json:"day"`
	Depots   []rumbo.Depot   `json:"depots"`
	Vehicles []rumbo.Vehicle `json:"vehicles"`
	Orders   []rumbo.Order   `json:"orders"`
}

// City is what orders are drawn from.
type City struct {
	Zones *zone.Map
	Graph *roads.Graph
	// Dropoffs are the zones where held-out trips ended, one entry a trip.
	Dropoffs []int32

	nodes map[int32][]roads.Node // road nodes by zone
}

// Sizes of the demo's day.
const (
	dayOrders   = 160
	dayVehicles = 12
)

// NewDay makes up the orders and the fleet of a Tuesday after the bundled trips. The zone
// of an order is that of a random held-out drop-off, so that orders lie where people go;
// the place is a random road node inside the zone. Loads, windows and prizes are drawn
// too: nothing of them is real.
func (c *City) NewDay(seed uint64) (Day, error) {
	c.indexNodes()
	rng := rand.New(rand.NewPCG(seed, 0x0de0))
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		return Day{}, err
	}
	morning := time.Date(2022, 2, 1, 0, 0, 0, 0, newYork)
	day := Day{Day: morning.Format(time.DateOnly)}
	day.Depots = []rumbo.Depot{{
		ID: "maspeth", Name: "Depósito Maspeth", TimeZone: "America/New_York",
		Location: rumbo.Point{Lat: 40.7263, Lon: -73.9129},
		Open:     &rumbo.TimeWindow{Open: morning.Add(6 * time.Hour), Close: morning.Add(20 * time.Hour)},
	}}
	for k := range dayVehicles {
		day.Vehicles = append(day.Vehicles, van(k, morning))
	}
	for k := range dayOrders {
		o, err := c.order(k, morning, rng)
		if err != nil {
			return Day{}, err
		}
		day.Orders = append(day.Orders, o)
	}
	return day, nil
}

// van is one vehicle: every fourth is a smaller refrigerated one.
func van(k int, morning time.Time) rumbo.Vehicle {
	v := rumbo.Vehicle{
		ID: fmt.Sprintf("van-%02d", k+1), DepotID: "maspeth",
		Capacity: map[string]int64{"kg": 900, "parcels": 60},
		Shift:    rumbo.TimeWindow{Open: morning.Add(8 * time.Hour), Close: morning.Add(17 * time.Hour)},
		Costs:    rumbo.VehicleCosts{FixedCents: 9000, PerKmCents: 45, PerHourCents: 2800},
	}
	if k%4 == 3 {
		v.Name, v.Skills = "Refrigerated van", []string{"cold"}
		v.Capacity = map[string]int64{"kg": 600, "parcels": 40}
		v.Costs.PerKmCents = 60
	}
	return v
}

func (c *City) order(k int, morning time.Time, rng *rand.Rand) (rumbo.Order, error) {
	at, area, err := c.place(rng)
	if err != nil {
		return rumbo.Order{}, err
	}
	o := rumbo.Order{
		ID: fmt.Sprintf("order-%03d", k+1), Day: morning.Format(time.DateOnly), Location: at, Address: area,
		ServiceS: 120 + 30*rng.Int64N(9),
		Load:     map[string]int64{"kg": 2 + rng.Int64N(50), "parcels": 1 + rng.Int64N(4)},
	}
	switch draw := rng.Float64(); {
	case draw < 0.30:
		o.Windows = window(morning, 8, 12)
	case draw < 0.55:
		o.Windows = window(morning, 12, 16)
	case draw < 0.70:
		from := 9 + rng.IntN(6)
		o.Windows = window(morning, from, from+2)
	}
	if rng.Float64() < 0.08 {
		o.Skills = []string{"cold"}
	}
	if rng.Float64() < 0.06 {
		o.Optional, o.Prize = true, 200+100*rng.Int64N(12)
	}
	return o, nil
}

func window(morning time.Time, from, until int) []rumbo.TimeWindow {
	return []rumbo.TimeWindow{{Open: morning.Add(time.Duration(from) * time.Hour), Close: morning.Add(time.Duration(until) * time.Hour)}}
}

// place draws a road node in the zone of a random drop-off; zones without roads are drawn again.
func (c *City) place(rng *rand.Rand) (rumbo.Point, string, error) {
	for range 1000 {
		id := c.Dropoffs[rng.IntN(len(c.Dropoffs))]
		nodes := c.nodes[id]
		if len(nodes) == 0 {
			continue
		}
		z, _ := c.Zones.Zone(id)
		return rumbo.Point(c.Graph.Place(nodes[rng.IntN(len(nodes))])), z.Name, nil
	}
	return rumbo.Point{}, "", fmt.Errorf("demo: no road in any zone that trips ended in")
}

func (c *City) indexNodes() {
	if c.nodes != nil {
		return
	}
	c.nodes = map[int32][]roads.Node{}
	for v := range c.Graph.NodeCount() {
		if id := c.Zones.At(rumbo.Point(geo.LatLon(c.Graph.Place(roads.Node(v))))); id != 0 {
			c.nodes[id] = append(c.nodes[id], roads.Node(v))
		}
	}
}

// Dropoffs are the zones where the trips of a yellow TLC file ended that began at from or
// later, in the file's local time.
func Dropoffs(trips io.Reader, from time.Time) ([]int32, error) {
	rows := csv.NewReader(trips)
	head, err := rows.Read()
	if err != nil {
		return nil, err
	}
	pickup, zoneColumn := slices.Index(head, "tpep_pickup_datetime"), slices.Index(head, "DOLocationID")
	if pickup < 0 || zoneColumn < 0 {
		return nil, fmt.Errorf("demo: not a yellow TLC file")
	}
	var out []int32
	for {
		row, err := rows.Read()
		if err == io.EOF {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		at, err := time.ParseInLocation(time.DateTime, row[pickup], from.Location())
		var id int32
		if _, bad := fmt.Sscan(row[zoneColumn], &id); err == nil && bad == nil && !at.Before(from) {
			out = append(out, id)
		}
	}
}
