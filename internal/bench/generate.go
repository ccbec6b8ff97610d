package bench

import (
	"fmt"
	"math"
	"math/rand/v2"

	"github.com/logistica-inteligente/rumbo/vrp/vrplib"
)

// town is the family of generated instances, townSeed what they are generated from.
const (
	town     = "town"
	townSeed = 1
)

// Towns chooses generated instances of the given numbers of customers. Their line has no
// best known values.
func Towns(customers ...int) []Chosen {
	line := Line{"town", "VRPTW, generated", []string{town}, 1, math.MaxInt32, "dimacs", Targets{None, None, None}}
	var list []Chosen
	for _, n := range customers {
		name := fmt.Sprintf("town-%d-%d", n, townSeed)
		list = append(list, Chosen{line, Record{Instance: name, Family: town, Customers: n, Convention: line.Convention, File: name}})
	}
	return list
}

// Town generates a VRPTW of n customers from a seed: the documented large instance. A square
// of side 100*sqrt(n) holds n/500+1 clusters; four customers of five lie around a cluster
// (normal, deviation 300), the others anywhere. The depot is in the middle. Demand 1 to 20,
// capacity 200, service 100. The day is long enough to go to the farthest corner and back
// and serve 25 customers; a customer's window is 1/10 to 1/2 of the day wide and can be
// reached from the depot. Coordinates and times are whole. Generator: PCG of math/rand/v2
// with the seed and its complement. O(n).
func Town(n int, seed uint64) *vrplib.Instance {
	const service, perTrip = 100.0, 25
	random := rand.New(rand.NewPCG(seed, ^seed))
	side := math.Ceil(100 * math.Sqrt(float64(n)))
	inside := func(x float64) float64 { return math.Round(min(max(x, 0), side)) }
	type spot struct{ x, y float64 }
	clusters := make([]spot, n/500+1)
	for i := range clusters {
		clusters[i] = spot{random.Float64() * side, random.Float64() * side}
	}
	middle := math.Round(side / 2)
	far := math.Ceil(math.Hypot(middle+1, middle+1))
	day := 2*far + perTrip*(service+100)
	nodes := make([]vrplib.Node, 1, n+1)
	nodes[0] = vrplib.Node{X: middle, Y: middle, Close: day, Partner: -1}
	for i := range n {
		at := spot{random.Float64() * side, random.Float64() * side}
		if random.IntN(5) > 0 {
			c := clusters[random.IntN(len(clusters))]
			at = spot{c.x + 300*random.NormFloat64(), c.y + 300*random.NormFloat64()}
		}
		x := vrplib.Node{ID: int32(i + 1), X: inside(at.x), Y: inside(at.y),
			Demand: 1 + random.Int64N(20), Service: service, Partner: -1}
		out := math.Ceil(math.Hypot(x.X-middle, x.Y-middle))
		wide := math.Round(day * (0.1 + 0.4*random.Float64()))
		last := day - out - service // to be back in time
		x.Close = math.Round(out + (last-out)*random.Float64())
		x.Open = max(0, x.Close-wide)
		nodes = append(nodes, x)
	}
	return &vrplib.Instance{Format: vrplib.CVRPLIB, Type: "VRPTW", Name: fmt.Sprintf("town-%d-%d", n, seed),
		Comment: "generated", Nodes: nodes, Depots: []int32{0}, Windowed: true,
		Classes: []vrplib.Class{{Capacity: 200, Unit: 1}}}
}
