package vrplib

import (
	"fmt"
	"math"
	"strings"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Convention says how real lengths and times become the integers of a problem, what is
// minimized, and in which unit a cost is stated. Results under different conventions are
// not comparable.
type Convention struct {
	Name      string
	Meaning   string        // one line for people
	Factor    float64       // problem units of distance and time in one unit of the file
	Round     vrp.Rounding  // of lengths and times, after multiplying
	Objective vrp.Objective // what is minimized
	Stated    float64       // problem units of distance in one unit of the stated cost
	Decimals  int           // of the stated cost
}

// exactFactor keeps four decimals of double precision lengths: over a thousand legs the
// rounding errors stay below the second decimal, in which these results are stated. Times
// that fit to the last bit may miss by as little.
const exactFactor = 10000

// Conventions lists all there are, in the order of their documentation.
func Conventions() []Convention {
	return []Convention{
		{"cvrplib", "distance rounded to the nearest whole number for each leg; least cost, fleet free or as in the file",
			1, vrp.Nearest, vrp.MinimizeCost, 1, 0},
		{"dimacs", "distance and time cut to one decimal (12th DIMACS challenge); least distance, vehicles do not count",
			10, vrp.Down, vrp.MinimizeCost, 10, 1},
		{"dimacs-x10", "as dimacs, but stated in tenths, with prizes and costs in tenths too",
			10, vrp.Down, vrp.MinimizeCost, 1, 0},
		{"vehicles-first", "fewest vehicles, then least distance; double precision, two decimals (SINTEF tables)",
			exactFactor, vrp.Nearest, vrp.VehiclesFirst, exactFactor, 2},
		{"exact", "least cost in double precision, two decimals; vehicles do not count",
			exactFactor, vrp.Nearest, vrp.MinimizeCost, exactFactor, 2},
		{"exact-x1000", "distance and time rounded to three decimals, stated in thousandths",
			1000, vrp.Nearest, vrp.MinimizeCost, 1, 0},
		{"hundredths", "distance to three decimals; the fixed and unit costs of the file are hundredths, the stated cost is not",
			1000, vrp.Nearest, vrp.MinimizeCost, 100_000, 2},
	}
}

// ParseConvention finds a convention by name.
func ParseConvention(name string) (Convention, error) {
	var names []string
	for _, c := range Conventions() {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return Convention{}, fmt.Errorf("vrplib: no convention %q, there are %s", name, strings.Join(names, ", "))
}

// DefaultConvention is the one under which the best known values of such instances are
// usually stated.
func (in *Instance) DefaultConvention() Convention {
	name := "cvrplib"
	switch in.Format {
	case Solomon:
		name = "dimacs"
	case LiLim, Sartori:
		name = "vehicles-first"
	case Cordeau, HVRP:
		name = "exact"
	case CVRPLIB:
		switch in.Type {
		case "MDVRPTW":
			name = "exact-x1000"
		case "MTVRPTWR", "PCVRPTW":
			name = "dimacs-x10"
		case "HFVRP":
			name = "hundredths"
		}
	}
	c, err := ParseConvention(name)
	if err != nil {
		panic(err) // the names above are all in the list
	}
	return c
}

// fit lowers the factor of a double precision convention where it is not needed (a table
// of whole numbers and whole times) or would overflow (a map of hundreds of thousands of
// units, or a day of millions).
func (in *Instance) fit(c Convention) Convention {
	if c.Factor != exactFactor {
		return c
	}
	if in.Weight == Explicit && in.wholeTimes() {
		c.Factor, c.Stated = 1, 1
		return c
	}
	lo, hi := in.box()
	size := math.Hypot(hi.X-lo.X, hi.Y-lo.Y)
	for _, d := range in.Table {
		size = max(size, float64(d))
	}
	latest := 0.0
	for i := range in.Nodes {
		latest = max(latest, in.Nodes[i].Close, in.Nodes[i].Release)
	}
	for c.Factor > 1 && (size*c.Factor > 1<<30 || latest*c.Factor > 1<<35) {
		c.Factor /= 10
		c.Stated /= 10
	}
	return c
}

func (in *Instance) wholeTimes() bool {
	for i := range in.Nodes {
		x := &in.Nodes[i]
		for _, t := range [...]float64{x.Open, x.Close, x.Service, x.Release} {
			if t != math.Trunc(t) {
				return false
			}
		}
	}
	return true
}

func (in *Instance) box() (lo, hi vrp.Place) {
	for i := range in.Nodes {
		x := &in.Nodes[i]
		if i == 0 {
			lo = vrp.Place{X: x.X, Y: x.Y}
			hi = lo
		}
		lo.X, hi.X = min(lo.X, x.X), max(hi.X, x.X)
		lo.Y, hi.Y = min(lo.Y, x.Y), max(hi.Y, x.Y)
	}
	return lo, hi
}
