package vrplib

import (
	"math"
	"strings"
)

// section reads one section of the cvrplib format. Its rows end where a line does not
// begin with a number, or with -1.
func (k *keywords) section(key string) {
	switch key {
	case "EDGE_WEIGHT_SECTION":
		k.table()
	case "NODE_COORD_SECTION":
		k.rows(3, func(x *Node) { x.X, x.Y = k.float(1, "x"), k.float(2, "y") })
	case "DEMAND_SECTION":
		k.rows(2, func(x *Node) { x.Demand = k.amount(1, "demand") })
	case "BACKHAUL_SECTION":
		k.rows(2, func(x *Node) { x.Backhaul = k.amount(1, "backhaul") })
	case "SERVICE_TIME_SECTION":
		k.rows(2, func(x *Node) { x.Service = k.span(1, "service time") })
	case "RELEASE_TIME_SECTION":
		k.rows(2, func(x *Node) { x.Release = k.span(1, "release time") })
	case "PRIZE_SECTION":
		k.rows(2, func(x *Node) { x.Prize = k.span(1, "prize") })
	case "TIME_WINDOW_SECTION":
		k.in.Windowed = true
		k.rows(3, func(x *Node) { x.Open, x.Close = k.span(1, "window open"), k.span(2, "window close") })
	case "PICKUP_AND_DELIVERY_SECTION":
		k.in.Windowed = true
		k.rows(7, k.pairNode)
	case "DEPOT_SECTION":
		k.depotSection()
	case "MUTUALLY_EXCLUSIVE_GROUP_SECTION":
		k.groupSection()
	case "VEHICLES_DEPOT_SECTION", "VEHICLES_RELOAD_DEPOT_SECTION":
		k.vehicleDepots(key)
	default:
		p := k.fleet.property(strings.TrimSuffix(key, "_SECTION"))
		if p == nil {
			k.fail("%s is not supported", shorten(key))
			return
		}
		for k.row(2) {
			k.vehicleNumber(len(p.each))
			p.each = append(p.each, k.span(1, key))
		}
	}
}

// row moves to the next row of a section; false at its end.
func (k *keywords) row(columns int) bool {
	if !k.next() {
		return false
	}
	if c := k.fields[0][0]; c != '-' && c != '.' && c != '+' && (c < '0' || c > '9') {
		k.hold()
		return false
	}
	if k.fields[0] == "-1" && len(k.fields) == 1 {
		return false
	}
	if len(k.fields) < columns {
		k.fail("this section needs %d columns, found %d", columns, len(k.fields))
		return false
	}
	return true
}

// rows reads a section that has exactly one row for each node, in any order.
func (k *keywords) rows(columns int, set func(*Node)) {
	seen := 0
	for k.row(columns) && k.err == nil {
		if len(k.fields) > columns {
			k.fail("this section has %d columns, found %d", columns, len(k.fields))
		}
		set(k.node())
		seen++
	}
	if k.err == nil && seen != k.dimension {
		k.fail("the section ends after %d of %d nodes", seen, k.dimension)
	}
}

// pairNode reads demand, window, service time, and the node number of the pickup or of the
// delivery, 0 for none.
func (k *keywords) pairNode(x *Node) {
	x.Demand = k.whole(1, "demand", -maxAmount, maxAmount)
	x.Open, x.Close = k.span(2, "window open"), k.span(3, "window close")
	x.Service = k.span(4, "service time")
	k.pair(x, 5)
	if x.Partner > 0 {
		x.Partner-- // nodes count from 1 here
	}
}

func (k *keywords) depotSection() {
	listed := map[int32]bool{}
	for k.row(1) && k.err == nil {
		if len(k.in.Nodes) == 0 {
			k.fail("DEPOT_SECTION before the nodes")
			return
		}
		d := int32(k.whole(0, "depot", 1, int64(len(k.in.Nodes)))) - 1
		if listed[d] {
			k.fail("depot %d is listed twice", d+1)
		}
		listed[d] = true
		k.in.Depots = append(k.in.Depots, d)
	}
}

// groupSection reads rows of a group number and its members. A group of one binds nothing.
func (k *keywords) groupSection() {
	grouped := map[int32]bool{}
	for k.row(2) && k.err == nil {
		var members []int32
		for c := 1; c < len(k.fields) && k.err == nil; c++ {
			m := int32(k.whole(c, "member", 1, int64(max(1, len(k.in.Nodes))))) - 1
			if grouped[m] {
				k.fail("node %d is in two groups", m+1)
			}
			grouped[m] = true
			members = append(members, m)
		}
		k.in.Groups = append(k.in.Groups, members)
	}
}

// table reads EDGE_WEIGHT_SECTION in any of the row formats that TSPLIB knows.
func (k *keywords) table() {
	n := k.dimension
	switch {
	case n == 0:
		k.fail("EDGE_WEIGHT_SECTION before DIMENSION")
		return
	case n > maxTable:
		k.fail("a table of %d nodes is more than the %d that are supported", n, maxTable)
		return
	}
	want, at := k.triangle(n)
	if k.err != nil {
		return
	}
	var flat []int32
	for len(flat) < want && k.next() {
		for c := range k.fields {
			d := int32(k.whole(c, "distance", 0, math.MaxInt32))
			if k.err != nil {
				return
			}
			flat = append(flat, d)
		}
	}
	if len(flat) != want {
		k.fail("EDGE_WEIGHT_SECTION needs %d numbers, found %d", want, len(flat))
		return
	}
	k.in.Table = at(flat)
	for len(k.in.Nodes) < n { // a table names its nodes without listing them
		k.in.Nodes = append(k.in.Nodes, Node{ID: int32(len(k.in.Nodes)), Partner: -1})
		k.seen = append(k.seen, 0)
	}
}

// triangle says how many numbers EDGE_WEIGHT_FORMAT has, and how they make a full table.
func (k *keywords) triangle(n int) (int, func([]int32) []int32) {
	fill := func(first func(i int) (int, int)) func([]int32) []int32 {
		return func(flat []int32) []int32 {
			full := make([]int32, n*n)
			next := 0
			for i := range n {
				lo, hi := first(i)
				for j := lo; j < hi; j++ {
					full[i*n+j], full[j*n+i] = flat[next], flat[next]
					next++
				}
			}
			return full
		}
	}
	// A column-wise triangle is the row-wise one of the other side.
	switch k.weight {
	case "FULL_MATRIX":
		return n * n, func(flat []int32) []int32 { return flat }
	case "LOWER_ROW", "UPPER_COL":
		return n * (n - 1) / 2, fill(func(i int) (int, int) { return 0, i })
	case "LOWER_DIAG_ROW", "UPPER_DIAG_COL":
		return n * (n + 1) / 2, fill(func(i int) (int, int) { return 0, i + 1 })
	case "UPPER_ROW", "LOWER_COL":
		return n * (n - 1) / 2, fill(func(i int) (int, int) { return i + 1, n })
	case "UPPER_DIAG_ROW", "LOWER_DIAG_COL":
		return n * (n + 1) / 2, fill(func(i int) (int, int) { return i, n })
	}
	k.fail("the edge weight format %q is not supported", shorten(k.weight))
	return 0, nil
}
