package vrplib

// readLiLim reads vehicles, capacity and speed, then rows of number, x, y, demand, ready
// time, due date, service time, pickup and delivery: a pickup names its delivery, a delivery
// its pickup, the depot in the first row neither.
func readLiLim(l *lines, in *Instance) {
	in.Type, in.Windowed = "PDPTW", true
	if !l.need(3, "vehicles, capacity and speed") {
		return
	}
	in.Classes = []Class{{
		Count:    int32(l.whole(0, "number of vehicles", 1, maxNodes)),
		Capacity: l.amount(1, "capacity"),
		Unit:     1,
	}}
	// The published files say 1 or 0, and everybody drives at 1.
	l.whole(2, "speed", 0, 1)
	for l.next() && l.err == nil {
		if len(l.fields) != 9 {
			l.fail("a stop has 9 columns, found %d", len(l.fields))
			return
		}
		x := l.windowed()
		l.pair(&x, 7)
		in.Nodes = append(in.Nodes, x)
	}
	in.Depots = []int32{0}
	l.paired(in)
}

// pair reads the columns of pickup and delivery, where 0 stands for none.
func (l *lines) pair(x *Node, column int) {
	pickup := int32(l.whole(column, "pickup", 0, maxNodes))
	delivery := int32(l.whole(column+1, "delivery", 0, maxNodes))
	switch {
	case pickup != 0 && delivery != 0:
		l.fail("a stop is a pickup or a delivery, not both")
	case pickup != 0:
		if x.Partner = pickup; x.Demand > 0 {
			l.fail("a delivery has the positive demand %d", x.Demand)
		}
	case delivery != 0:
		if x.Partner, x.Pickup = delivery, true; x.Demand < 0 {
			l.fail("a pickup has the negative demand %d", x.Demand)
		}
	}
}

// paired checks that all but the depot have a partner.
func (l *lines) paired(in *Instance) {
	l.numbered(in)
	for i := range in.Nodes {
		if in.Nodes[i].Partner < 0 && i > 0 && l.err == nil {
			l.err = &SyntaxError{Reason: "node " + itoa(int64(i)) + " is neither a pickup nor a delivery"}
		}
	}
}
