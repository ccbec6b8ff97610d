package vrplib

import "strings"

// readSolomon reads name, VEHICLE with number and capacity, CUSTOMER with rows of
// number, x, y, demand, ready time, due date and service time; the first row is the depot.
func readSolomon(l *lines, in *Instance) {
	in.Type, in.Windowed = "VRPTW", true
	if !l.need(1, "the name") {
		return
	}
	in.Name = l.text
	if !l.need(1, "VEHICLE") || !l.word("VEHICLE") ||
		!l.need(2, "NUMBER CAPACITY") || !l.word("NUMBER") || !l.need(2, "number and capacity") {
		return
	}
	in.Classes = []Class{{
		Count:    int32(l.whole(0, "number of vehicles", 1, maxNodes)),
		Capacity: l.amount(1, "capacity"),
		Unit:     1,
	}}
	if !l.need(1, "CUSTOMER") || !l.word("CUSTOMER") || !l.need(1, "column names") || !l.word("CUST") {
		return
	}
	for l.next() && l.err == nil {
		if len(l.fields) != 7 {
			l.fail("a customer has 7 columns, found %d", len(l.fields))
			return
		}
		x := l.windowed()
		switch {
		case int(x.ID) != len(in.Nodes):
			l.fail("node %d where node %d should be", x.ID, len(in.Nodes))
		case x.Demand < 0:
			l.fail("node %d has a negative demand", x.ID)
		}
		in.Nodes = append(in.Nodes, x)
	}
	in.Depots = []int32{0}
	l.numbered(in)
}

// word checks the first word of a line.
func (l *lines) word(want string) bool {
	if !strings.EqualFold(l.fields[0], want) {
		l.fail("%q where %s should be", shorten(l.fields[0]), want)
	}
	return l.err == nil
}

// windowed is the node of a row that begins with number, x, y, demand, open, close, service.
func (l *lines) windowed() Node {
	return Node{
		ID:      int32(l.whole(0, "node number", 0, maxNodes)),
		X:       l.float(1, "x"),
		Y:       l.float(2, "y"),
		Demand:  l.whole(3, "demand", -maxAmount, maxAmount),
		Open:    l.span(4, "window open"),
		Close:   l.span(5, "window close"),
		Service: l.span(6, "service time"),
		Partner: -1,
	}
}

// numbered checks that nodes are numbered from 0 in order, and demands not negative where
// there are no pairs.
func (l *lines) numbered(in *Instance) {
	for i := range in.Nodes {
		x := &in.Nodes[i]
		if int(x.ID) != i && l.err == nil {
			l.err = &SyntaxError{Reason: "node " + itoa(int64(x.ID)) + " where node " + itoa(int64(i)) + " should be"}
		}
		if x.Demand < 0 && x.Partner < 0 && l.err == nil {
			l.err = &SyntaxError{Reason: "node " + itoa(int64(x.ID)) + " has a negative demand"}
		}
	}
}
