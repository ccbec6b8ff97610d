package vrplib

import "slices"

// cvrplib writes keywords, then a section for everything that is not its default.
func (b *writer) cvrplib() {
	in := b.in
	b.line("NAME : %s", in.Name)
	if in.Comment != "" {
		b.line("COMMENT : %s", in.Comment)
	}
	if in.Type != "" {
		b.line("TYPE : %s", in.Type)
	}
	b.line("DIMENSION : %d", len(in.Nodes))
	b.line("EDGE_WEIGHT_TYPE : %s", [...]string{"EUC_2D", "FLOOR_2D", "CEIL_2D", "EXPLICIT"}[in.Weight])
	vehicles := b.vehicleKeywords()
	if in.Weight == Explicit {
		b.line("EDGE_WEIGHT_FORMAT : FULL_MATRIX\nEDGE_WEIGHT_SECTION")
		b.table()
	}
	b.nodeSection("NODE_COORD_SECTION", in.Weight != Explicit, func(x *Node) (bool, string) {
		return x.X != 0 || x.Y != 0, num(x.X) + " " + num(x.Y)
	})
	if slices.ContainsFunc(in.Nodes, func(x Node) bool { return x.Partner >= 0 }) {
		b.pairSection()
	} else {
		b.stopSections()
	}
	b.nodeSection("BACKHAUL_SECTION", false, func(x *Node) (bool, string) { return x.Backhaul != 0, itoa(x.Backhaul) })
	b.nodeSection("RELEASE_TIME_SECTION", false, func(x *Node) (bool, string) { return x.Release != 0, num(x.Release) })
	b.nodeSection("PRIZE_SECTION", false, func(x *Node) (bool, string) { return x.Prize != 0, num(x.Prize) })
	if len(in.Groups) > 0 {
		b.line("MUTUALLY_EXCLUSIVE_GROUP_SECTION")
		for g, members := range in.Groups {
			b.line("%d%s", g+1, nodeList(members))
		}
	}
	b.vehicleSections(vehicles)
	b.line("DEPOT_SECTION")
	for _, d := range in.Depots {
		b.line("%d", d+1)
	}
	b.line("-1\nEOF")
}

// stopSections write what a PICKUP_AND_DELIVERY_SECTION would hold.
func (b *writer) stopSections() {
	windowed := b.in.Windowed
	b.nodeSection("DEMAND_SECTION", true, func(x *Node) (bool, string) { return true, itoa(x.Demand) })
	b.nodeSection("SERVICE_TIME_SECTION", false, func(x *Node) (bool, string) { return x.Service != 0, num(x.Service) })
	b.nodeSection("TIME_WINDOW_SECTION", windowed, func(x *Node) (bool, string) { return windowed, num(x.Open) + " " + num(x.Close) })
}

func (b *writer) pairSection() {
	b.line("PICKUP_AND_DELIVERY_SECTION")
	for i := range b.in.Nodes {
		x := &b.in.Nodes[i]
		pickup, delivery := int32(0), int32(0)
		if x.Partner >= 0 && x.Pickup {
			delivery = x.Partner + 1
		} else if x.Partner >= 0 {
			pickup = x.Partner + 1
		}
		b.line("%d %d %s %s %s %d %d", i+1, x.Demand, num(x.Open), num(x.Close), num(x.Service), pickup, delivery)
	}
}

// nodeSection writes one row a node if it must, or if any node has something to say.
func (b *writer) nodeSection(name string, must bool, row func(*Node) (bool, string)) {
	for i := range b.in.Nodes {
		if must {
			break
		}
		must, _ = row(&b.in.Nodes[i])
	}
	if !must {
		return
	}
	b.line("%s", name)
	for i := range b.in.Nodes {
		_, text := row(&b.in.Nodes[i])
		b.line("%d %s", i+1, text)
	}
}

// vehicleNumbers are the properties of a class that the format has keywords for.
func vehicleNumbers(c *Class) []struct {
	key          string
	value, usual float64
} {
	return []struct {
		key          string
		value, usual float64
	}{
		{"CAPACITY", float64(c.Capacity), -1},
		{"VEHICLES_FIXED_COST", c.Fixed, 0},
		{"VEHICLES_UNIT_DISTANCE_COST", c.Unit, 1},
		{"VEHICLES_MAX_DISTANCE", c.MaxDistance, 0},
		{"VEHICLES_MAX_DURATION", c.MaxDuration, 0},
		{"VEHICLES_MAX_RELOADS", float64(c.MaxReloads), 0},
	}
}

// listed reports whether vehicles must be listed one by one.
func (in *Instance) listed() bool {
	return len(in.Classes) > 1 || len(in.Depots) > 1 || in.Classes[0].Reloads != nil
}

// vehicleKeywords writes what all vehicles share and returns the class of each vehicle if
// they have to be listed.
func (b *writer) vehicleKeywords() []int32 {
	in := b.in
	if !in.listed() {
		if c := &in.Classes[0]; c.Count > 0 {
			b.line("VEHICLES : %d", c.Count)
		}
		for _, p := range vehicleNumbers(&in.Classes[0]) {
			if p.value != p.usual {
				b.line("%s : %s", p.key, num(p.value))
			}
		}
		return nil
	}
	list := in.Ordinal
	if list == nil {
		for i := range in.Classes {
			for range max(1, in.Classes[i].Count) {
				list = append(list, int32(i))
			}
		}
	}
	b.line("VEHICLES : %d", len(list))
	return list
}

// vehicleSections lists each vehicle's properties that are not usual for all.
func (b *writer) vehicleSections(list []int32) {
	if list == nil {
		return
	}
	in := b.in
	for k, p := range vehicleNumbers(&in.Classes[0]) {
		usual := func(c Class) bool { q := vehicleNumbers(&c)[k]; return q.value == q.usual }
		if !slices.ContainsFunc(in.Classes, func(c Class) bool { return !usual(c) }) {
			continue
		}
		b.line("%s_SECTION", p.key)
		for i, c := range list {
			b.line("%d %s", i+1, num(vehicleNumbers(&in.Classes[c])[k].value))
		}
	}
	b.line("VEHICLES_DEPOT_SECTION")
	for i, c := range list {
		b.line("%d %d", i+1, in.Classes[c].Depot+1)
	}
	if slices.ContainsFunc(in.Classes, func(c Class) bool { return len(c.Reloads) > 0 }) {
		b.line("VEHICLES_RELOAD_DEPOT_SECTION")
		for i, c := range list {
			b.line("%d%s", i+1, nodeList(in.Classes[c].Reloads))
		}
	}
}

func nodeList(nodes []int32) string {
	text := ""
	for _, i := range nodes {
		text += " " + itoa(int64(i)+1)
	}
	return text
}
