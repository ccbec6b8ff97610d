package vrplib

import "strings"

// noRange is how the files say that routes may have any length.
const noRange = 999999

// readHVRP reads comments; customers, vehicle types, range, service time, and two bounds
// that are not needed; for each type number, capacity, fixed cost and cost per distance; the
// depot's x and y; for each customer x, y and demand.
func readHVRP(l *lines, in *Instance) {
	in.Type = "HVRP"
	for l.next() && strings.HasPrefix(l.text, "//") {
		continue
	}
	l.hold()
	if !l.need(4, "customers, vehicle types, range and service time") {
		return
	}
	customers := int(l.whole(0, "customers", 0, maxNodes))
	types := int(l.whole(1, "vehicle types", 1, maxNodes))
	longest, service := l.span(2, "range"), l.span(3, "service time")
	if longest >= noRange {
		longest = 0
	}
	for len(in.Classes) < types && l.err == nil && l.need(4, "number, capacity, fixed and unit cost") {
		in.Classes = append(in.Classes, Class{
			Count:       int32(l.whole(0, "number of vehicles", 1, maxNodes)),
			Capacity:    l.amount(1, "capacity"),
			Fixed:       l.span(2, "fixed cost"),
			Unit:        l.span(3, "unit cost"),
			MaxDistance: longest,
		})
	}
	if l.err == nil && l.need(2, "the depot") {
		in.Nodes = append(in.Nodes, Node{X: l.float(0, "x"), Y: l.float(1, "y"), Partner: -1})
	}
	for len(in.Nodes) <= customers && l.err == nil && l.need(3, "a customer") {
		in.Nodes = append(in.Nodes, Node{ID: int32(len(in.Nodes)), X: l.float(0, "x"), Y: l.float(1, "y"),
			Demand: l.amount(2, "demand"), Service: service, Partner: -1})
	}
	if l.next() {
		l.fail("more rows than the %d customers stated", customers)
	}
	in.Depots = []int32{0}
}
