package vrplib

import (
	"strings"
	"unicode"
)

// keywords is the reader of the cvrplib format: the state between its lines.
type keywords struct {
	*lines
	in        *Instance
	dimension int    // 0: not yet known
	vehicles  int    // 0: not said
	weight    string // EDGE_WEIGHT_FORMAT
	fleet     fleet
	done      map[string]bool // keywords and sections read
	seen      []int           // by node, len(done) of the last section that had a row for it
}

// readCVRPLIB reads keywords and sections up to EOF.
func readCVRPLIB(l *lines, in *Instance) {
	k := &keywords{lines: l, in: in, done: map[string]bool{}}
	for l.next() && l.text != "EOF" {
		key, value, found := strings.Cut(l.text, ":")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !found && len(l.fields) > 1 { // "CAPACITY 30", as some files write
			key, value = l.fields[0], strings.TrimSpace(strings.TrimPrefix(l.text, l.fields[0]))
		}
		if k.done[key] && key != "COMMENT" {
			l.fail("%s appears twice", shorten(key))
			return
		}
		k.done[key] = true
		if strings.HasSuffix(key, "_SECTION") {
			k.section(key)
		} else {
			k.keyword(key, value)
		}
	}
	if l.err == nil {
		k.finish()
	}
}

// keyword handles one "KEY : value".
func (k *keywords) keyword(key, value string) {
	switch key {
	case "NAME":
		k.in.Name = unquote(value)
		return
	case "COMMENT":
		if k.in.Comment != "" {
			value = k.in.Comment + "; " + value
		}
		k.in.Comment = unquote(value)
		return
	case "TYPE":
		k.in.Type = value
		return
	case "NODE_COORD_TYPE", "DISPLAY_DATA_TYPE", "BEST_KNOWN", "VEHICLES_ALLOWED":
		return // says nothing that the sections do not
	case "EDGE_WEIGHT_FORMAT":
		k.weight = value
		return
	case "EDGE_WEIGHT_TYPE":
		k.edgeWeight(value)
		return
	}
	k.fields = []string{value}
	if value == "" {
		k.fail("%s has no value, or is no keyword known here", shorten(key))
		return
	}
	k.scalar(key)
}

// unquote takes off what surrounds a text.
func unquote(s string) string {
	return strings.TrimFunc(s, func(r rune) bool { return r == '"' || unicode.IsSpace(r) })
}

// scalar handles the keywords with a number.
func (k *keywords) scalar(key string) {
	switch key {
	case "DIMENSION":
		k.dimension = int(k.whole(0, key, 1, maxNodes))
	case "VEHICLES":
		k.vehicles = int(k.whole(0, key, 1, maxNodes))
	case "SERVICE_TIME":
		k.fleet.service = k.span(0, key)
	default:
		if p := k.fleet.property(key); p != nil {
			p.all = k.span(0, key)
			p.set = true
			return
		}
		k.fail("the keyword %s is not supported", shorten(key))
	}
}

func (k *keywords) edgeWeight(value string) {
	switch value {
	case "EUC_2D":
		k.in.Weight = Euclid
	case "FLOOR_2D":
		k.in.Weight = Floor
	case "CEIL_2D":
		k.in.Weight = Ceil
	case "EXPLICIT":
		k.in.Weight = Explicit
	default:
		k.fail("the edge weight type %s is not supported", shorten(value))
	}
}

// node is the node that column 0 names. The first section that lists nodes creates them
// and must do so in order, so that nothing is allocated that the file does not hold.
func (k *keywords) node() *Node {
	if k.dimension == 0 {
		k.fail("a section before DIMENSION")
		return &Node{}
	}
	id := int(k.whole(0, "node number", 1, int64(k.dimension)))
	if id == len(k.in.Nodes)+1 {
		k.in.Nodes = append(k.in.Nodes, Node{ID: int32(id - 1), Partner: -1})
		k.seen = append(k.seen, 0)
	}
	switch {
	case k.err != nil:
		return &Node{}
	case id > len(k.in.Nodes):
		k.fail("node %d where node %d should be", id, len(k.in.Nodes)+1)
		return &Node{}
	case k.seen[id-1] == len(k.done):
		k.fail("node %d appears twice", id)
	}
	k.seen[id-1] = len(k.done)
	return &k.in.Nodes[id-1]
}

// finish fills what sections left out and builds the fleet.
func (k *keywords) finish() {
	in := k.in
	if k.dimension != len(in.Nodes) {
		k.fail("DIMENSION is %d, the sections hold %d nodes", k.dimension, len(in.Nodes))
		return
	}
	if pairs := k.done["PICKUP_AND_DELIVERY_SECTION"]; pairs && (k.done["DEMAND_SECTION"] || k.done["TIME_WINDOW_SECTION"]) {
		k.fail("PICKUP_AND_DELIVERY_SECTION holds demands and windows, another section does too")
	}
	if in.Weight == Explicit && !k.done["EDGE_WEIGHT_SECTION"] {
		k.fail("EXPLICIT without an EDGE_WEIGHT_SECTION")
	}
	if in.Weight != Explicit && !k.done["NODE_COORD_SECTION"] {
		k.fail("there is no NODE_COORD_SECTION")
	}
	if len(in.Depots) == 0 {
		k.fail("there is no DEPOT_SECTION with a depot")
		return
	}
	depot := in.isDepot()
	for i := range in.Nodes {
		x := &in.Nodes[i]
		if !depot[i] && !k.done["SERVICE_TIME_SECTION"] && !k.done["PICKUP_AND_DELIVERY_SECTION"] {
			x.Service = k.fleet.service
		}
		if x.Demand < 0 && x.Partner < 0 {
			k.fail("node %d has a negative demand and no pickup", i+1)
		}
	}
	k.classes()
}
