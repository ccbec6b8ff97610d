package vrplib

import "fmt"

// Instance is what a file says, in the file's own numbers.
type Instance struct {
	Format  Format
	Name    string
	Comment string
	Type    string // as in the literature: CVRP, VRPTW, PDPTW, MDVRP, HVRP, VRPB, GVRP, …

	Nodes   []Node
	Depots  []int32   // indexes into Nodes, at least one
	Classes []Class   // vehicle classes, at least one
	Ordinal []int32   // class of the k-th vehicle where the file lists each; nil with one class
	Groups  [][]int32 // alternatives: of each, exactly one node is served

	Windowed bool    // nodes have time windows
	Weight   Weight  // how distances are given
	Table    []int32 // with Explicit, row-major len(Nodes)^2
}

// Weight is how a file gives distances.
type Weight uint8

// The edge weight types. All but Explicit leave Table nil.
const (
	Euclid   Weight = iota // EUC_2D: the convention says how to round
	Floor                  // FLOOR_2D: always rounded down
	Ceil                   // CEIL_2D: always rounded up
	Explicit               // a table of whole numbers
)

// Node is a depot or a customer.
type Node struct {
	ID          int32   // the number that solution files use
	X, Y        float64 // plane, or longitude and latitude in a sartori file
	Demand      int64   // delivered here; for one of a pair positive at the pickup, negative at the delivery
	Backhaul    int64   // picked up here
	Open, Close float64 // window for the start of service; for a depot the working day
	Service     float64 // time spent here
	Release     float64 // the trip that serves the node leaves no earlier
	Prize       float64 // lost when the node is not served; 0 means that it must be
	Partner     int32   // index of the other node of a pickup and delivery pair, or -1
	Pickup      bool    // of a pair: this is the pickup
}

// Class is a set of identical vehicles.
type Class struct {
	Count       int32 // 0: as many as there are customers
	Capacity    int64
	Depot       int32   // index into Nodes, where routes begin and end
	Reloads     []int32 // indexes into Nodes, depots where another trip can begin
	MaxReloads  int32   // 0 with Reloads: no limit
	Fixed       float64 // cost of using one
	Unit        float64 // cost per distance, usually 1
	MaxDistance float64 // 0: no limit
	MaxDuration float64 // 0: no limit
}

// Customers is the number of nodes that are not depots. O(1).
func (in *Instance) Customers() int { return len(in.Nodes) - len(in.Depots) }

// isDepot marks the depots by node index.
func (in *Instance) isDepot() []bool {
	list := make([]bool, len(in.Nodes))
	for _, d := range in.Depots {
		list[d] = true
	}
	return list
}

// check is for what all formats share and no single line shows.
func (in *Instance) check() error {
	whole := func(format string, args ...any) error {
		return &SyntaxError{Reason: fmt.Sprintf(format, args...)}
	}
	if len(in.Nodes) == 0 {
		return whole("there are no nodes")
	}
	if len(in.Depots) == 0 {
		return whole("there is no depot")
	}
	if len(in.Classes) == 0 {
		return whole("there are no vehicles")
	}
	if n := len(in.Nodes); in.Weight == Explicit && len(in.Table) != n*n {
		return whole("the table has %d entries, %d nodes need %d", len(in.Table), n, n*n)
	}
	depot := in.isDepot()
	for i := range in.Nodes {
		x := &in.Nodes[i]
		if in.Windowed && x.Close < x.Open {
			return whole("node %d closes at %g before it opens at %g", x.ID, x.Close, x.Open)
		}
		if depot[i] && (x.Demand != 0 || x.Backhaul != 0) {
			return whole("node %d is a depot and has a demand", x.ID)
		}
		if x.Demand < 0 && x.Partner < 0 {
			return whole("node %d has a negative demand and no pickup", x.ID)
		}
		if err := in.checkPair(i, depot); err != nil {
			return err
		}
	}
	return nil
}

// checkPair checks that pairs point at each other and carry one amount.
func (in *Instance) checkPair(i int, depot []bool) error {
	x := &in.Nodes[i]
	if x.Partner < 0 {
		return nil
	}
	if int(x.Partner) >= len(in.Nodes) || int(x.Partner) == i || depot[i] || depot[x.Partner] {
		return &SyntaxError{Reason: fmt.Sprintf("node %d is paired with no customer", x.ID)}
	}
	y := &in.Nodes[x.Partner]
	if int(y.Partner) != i || x.Pickup == y.Pickup || x.Demand != -y.Demand {
		return &SyntaxError{Reason: fmt.Sprintf("nodes %d and %d are not a pickup and its delivery", x.ID, y.ID)}
	}
	return nil
}

// byID finds node indexes by their numbers, refusing numbers that appear twice.
func (in *Instance) byID() (map[int32]int32, error) {
	index := make(map[int32]int32, len(in.Nodes))
	for i := range in.Nodes {
		if _, twice := index[in.Nodes[i].ID]; twice {
			return nil, &SyntaxError{Reason: fmt.Sprintf("node number %d appears twice", in.Nodes[i].ID)}
		}
		index[in.Nodes[i].ID] = int32(i)
	}
	return index, nil
}
