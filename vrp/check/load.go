package check

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// trips calls visit with the half-open stop ranges (first, last) of each trip, where first
// is the start or reload that begins it.
func (w *tour) trips(visit func(first, last int)) int {
	n, first := 0, 0
	for i := 1; i < len(w.t.Stops); i++ {
		if k := w.t.Stops[i].Kind; k == vrp.KindReload || k == vrp.KindEnd {
			visit(first, i)
			first = i
			n++
		}
	}
	return n
}

// loads recomputes what is aboard, trip by trip.
func (w *tour) loads() {
	n := w.trips(w.tripLoads)
	if w.v.MaxTrips > 0 && n > int(w.v.MaxTrips) {
		w.missed(int64(n)-int64(w.v.MaxTrips), RuleTrips, w.r, -1, "%d trips exceed %d", n, w.v.MaxTrips)
	}
	last := &w.t.Stops[len(w.t.Stops)-1]
	if last.Load != nil && slices.ContainsFunc(last.Load, func(x int64) bool { return x != 0 }) {
		w.broken(RuleClaim, w.r, len(w.t.Stops)-1, "the end unloads everything")
	}
}

func (w *tour) tripLoads(first, last int) {
	load := make([]int64, w.p.Dimensions)
	for i := first + 1; i < last; i++ {
		if x := w.t.Stops[i].Visit; x.Kind == vrp.KindJob {
			add(load, w.p.Jobs[x.Index].Delivery, 1)
		}
	}
	w.aboard(first, load)
	for i := first + 1; i < last; i++ {
		switch x := w.t.Stops[i].Visit; x.Kind {
		case vrp.KindJob:
			add(load, w.p.Jobs[x.Index].Delivery, -1)
			add(load, w.p.Jobs[x.Index].Pickup, 1)
		case vrp.KindPickup:
			add(load, w.p.Shipments[x.Index].Amount, 1)
		case vrp.KindDelivery:
			add(load, w.p.Shipments[x.Index].Amount, -1)
		case vrp.KindBreak:
			if most := w.v.Breaks[x.Index].MaxLoad; most != nil && exceeds(load, most) {
				w.missed(excess(load, most), RuleBreak, w.r, i, "load %v during the break exceeds %v", load, most)
			}
		}
		w.aboard(i, load)
	}
}

// aboard compares the load after stop i with the capacity and with what is stated.
func (w *tour) aboard(i int, load []int64) {
	capacity := w.v.Capacity
	if capacity == nil {
		capacity = make([]int64, w.p.Dimensions)
	}
	if exceeds(load, capacity) {
		w.missed(excess(load, capacity), RuleCapacity, w.r, i, "load %v exceeds %v", load, capacity)
	}
	if stated := w.t.Stops[i].Load; stated != nil && !slices.Equal(stated, load) {
		w.broken(RuleClaim, w.r, i, "load stated %v, is %v", stated, load)
	}
}

func add(sum, amounts []int64, sign int64) {
	for d, a := range amounts {
		sum[d] += sign * a
	}
}

func exceeds(load, most []int64) bool { return excess(load, most) > 0 }

// excess is by how much the dimension that exceeds its limit most does so.
func excess(load, most []int64) int64 {
	x := int64(0)
	for d := range load {
		x = max(x, load[d]-most[d])
	}
	return x
}

// pairs checks that every shipment is picked up before it is delivered, in one trip, and
// its ride time.
func (w *tour) pairs() {
	trip := 0
	aboard := map[int32][2]int{} // shipment -> trip and stop of its pickup
	for i := range w.t.Stops {
		x := w.t.Stops[i].Visit
		switch x.Kind {
		case vrp.KindReload:
			trip++
		case vrp.KindPickup:
			aboard[x.Index] = [2]int{trip, i}
		case vrp.KindDelivery:
			from, ok := aboard[x.Index]
			if !ok || from[0] != trip {
				w.broken(RulePair, w.r, i, "shipment %d is not picked up before in this trip", x.Index)
				continue
			}
			most := w.p.Shipments[x.Index].MaxRide
			if ride := w.t.Stops[i].Start - w.t.Stops[from[1]].Depart; most > 0 && ride > most {
				w.missed(ride-most, RuleRide, w.r, i, "ride of %d exceeds %d", ride, most)
			}
		}
	}
}
