package vrplib

// cordeauTypes are the problems that the format can hold and that this package reads; the
// periodic and site-dependent ones are not among them.
var cordeauTypes = map[int64]string{0: "VRP", 2: "MDVRP", 4: "VRPTW", 6: "MDVRPTW"}

// readCordeau reads type, vehicles at each depot, customers and depots; for each depot the
// longest route duration and the capacity, 0 meaning no limit; rows of number, x, y,
// service time, demand, frequency, combinations and their list, and a window where the type
// has windows: the customers first, then the depots.
func readCordeau(l *lines, in *Instance) {
	if !l.need(4, "type, vehicles, customers and depots") {
		return
	}
	kind := l.whole(0, "type", 0, 7)
	vehicles := int32(l.whole(1, "vehicles", 1, maxNodes))
	customers := int(l.whole(2, "customers", 0, maxNodes))
	depots := int(l.whole(3, "depots", 1, maxNodes))
	if in.Type = cordeauTypes[kind]; in.Type == "" {
		l.fail("type %d is not supported", kind)
	}
	if kind%4 == 0 && depots != 1 {
		l.fail("type %d has one depot", kind)
	}
	in.Windowed = kind >= 4
	for d := 0; d < depots && l.err == nil && l.need(2, "duration and capacity of a depot"); d++ {
		c := Class{Count: vehicles, Depot: int32(customers + d), Unit: 1,
			MaxDuration: l.span(0, "duration"), Capacity: l.amount(1, "capacity")}
		if c.Capacity == 0 {
			c.Capacity = maxAmount
		}
		in.Classes = append(in.Classes, c)
	}
	// One depot or several, their rows come last; a single one may also come first, as 0.
	for l.err == nil && len(in.Nodes) < customers+depots && l.need(3, "a customer or depot") {
		in.Nodes = append(in.Nodes, cordeauNode(l, in.Windowed, len(in.Nodes) >= customers))
	}
	if l.next() {
		l.fail("more rows than the %d customers and depots stated", customers+depots)
	}
	for d := range in.Classes {
		in.Depots = append(in.Depots, int32(customers+d))
	}
	if kind%4 == 0 && l.err == nil && in.Nodes[0].ID == 0 {
		in.Depots[0], in.Classes[0].Depot = 0, 0
	}
	if l.err == nil {
		_, l.err = in.byID()
	}
}

// cordeauNode is one row; the list of combinations is skipped, a depot may end after x and y.
func cordeauNode(l *lines, windowed, depot bool) Node {
	x := Node{ID: int32(l.whole(0, "node number", 0, maxNodes)), X: l.float(1, "x"), Y: l.float(2, "y"), Partner: -1}
	if len(l.fields) < 7 && !depot && x.ID != 0 {
		l.fail("a customer has at least 7 columns, found %d", len(l.fields))
		return x
	}
	if len(l.fields) >= 7 {
		x.Service, x.Demand = l.span(3, "service time"), l.amount(4, "demand")
	}
	if !windowed {
		return x
	}
	// The window is the last two columns: a depot may have a 0 combinations column or none.
	n := len(l.fields)
	if n < 9 && (n < 5 || !depot && x.ID != 0) {
		l.fail("a row with a window has at least 9 columns, found %d", n)
		return x
	}
	x.Open, x.Close = l.span(n-2, "window open"), l.span(n-1, "window close")
	return x
}
