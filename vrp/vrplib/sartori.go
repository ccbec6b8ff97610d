package vrplib

import (
	"math"
	"strings"
)

// readSartori reads keywords, NODES with rows of number, latitude, longitude, demand, open,
// close, service, pickup and delivery, and EDGES with the table of travel times.
func readSartori(l *lines, in *Instance) {
	in.Type, in.Windowed, in.Weight = "PDPTW", true, Explicit
	class := Class{Unit: 1, Capacity: -1}
	size := 0
	var notes []string
	for l.next() && l.text != "EOF" && l.err == nil {
		key, value, found := strings.Cut(l.text, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		l.fields = []string{value}
		switch {
		case key == "NODES":
			sartoriNodes(l, in, size)
		case key == "EDGES":
			sartoriTable(l, in)
		case !found:
			l.fail("%q is no keyword", shorten(key))
		case key == "NAME":
			in.Name = value
		case key == "COMMENT":
			in.Comment = value
		case key == "TYPE":
			if value != in.Type {
				l.fail("the type %s is not supported", shorten(value))
			}
		case key == "SIZE":
			size = int(l.whole(0, key, 1, maxTable))
		case key == "CAPACITY":
			class.Capacity = l.amount(0, key)
		default: // how the instance was made; ROUTE-TIME repeats the depot's window
			notes = append(notes, l.text)
		}
	}
	if l.err == nil && class.Capacity < 0 {
		l.fail("there is no CAPACITY")
	}
	in.Classes, in.Depots = []Class{class}, []int32{0}
	if len(notes) > 0 {
		in.Comment = strings.Join(append([]string{in.Comment}, notes...), "; ")
	}
	l.paired(in)
}

func sartoriNodes(l *lines, in *Instance, size int) {
	if size == 0 {
		l.fail("NODES before SIZE")
	}
	for len(in.Nodes) < size && l.need(9, "a stop") && l.err == nil {
		x := l.windowed()
		x.X, x.Y = x.Y, x.X // the file has latitude first
		l.pair(&x, 7)
		in.Nodes = append(in.Nodes, x)
	}
}

func sartoriTable(l *lines, in *Instance) {
	n := len(in.Nodes)
	for len(in.Table) < n*n && l.need(n, "a row of the table") && l.err == nil {
		for c := range l.fields {
			in.Table = append(in.Table, int32(l.whole(c, "travel time", 0, math.MaxInt32)))
		}
	}
}
