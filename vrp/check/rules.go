package check

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

func (w *tour) skills() {
	for i := range w.t.Stops {
		var need []int32
		switch x := w.t.Stops[i].Visit; x.Kind {
		case vrp.KindJob:
			need = w.p.Jobs[x.Index].Skills
		case vrp.KindPickup:
			need = w.p.Shipments[x.Index].Skills
		}
		for _, s := range need {
			if _, ok := slices.BinarySearch(w.v.Skills, s); !ok {
				w.broken(RuleSkill, w.r, i, "skill %d is missing", s)
			}
		}
	}
}

func (w *tour) releases() {
	w.trips(func(first, last int) {
		leaves := w.t.Stops[first].Depart
		for i := first + 1; i < last; i++ {
			release, bound := w.p.Release(w.t.Stops[i].Visit)
			if bound && leaves < release {
				w.missed(leaves-release, RuleRelease, w.r, i, "released at %d, its trip leaves at %d", release, leaves)
			}
		}
	})
}

func (w *tour) breaks() {
	next := int32(0)
	for i := range w.t.Stops {
		if x := w.t.Stops[i].Visit; x.Kind == vrp.KindBreak {
			if x.Index != next {
				w.broken(RuleBreak, w.r, i, "break %d, expected %d", x.Index, next)
			}
			next++
		}
	}
	if int(next) != len(w.v.Breaks) {
		w.broken(RuleBreak, w.r, -1, "%d of %d breaks taken", next, len(w.v.Breaks))
	}
}

func (w *tour) backhauls() {
	if w.v.Backhaul == vrp.BackhaulMixed {
		return
	}
	w.trips(func(first, last int) {
		deliveries, pickup := 0, -1
		for i := first + 1; i < last; i++ {
			x := w.t.Stops[i].Visit
			if x.Kind != vrp.KindJob {
				continue
			}
			j := &w.p.Jobs[x.Index]
			if some(j.Delivery) {
				deliveries++
				if pickup >= 0 {
					w.broken(RuleBackhaul, w.r, i, "a delivery after the pickup at stop %d", pickup)
				}
			} else if some(j.Pickup) {
				pickup = i
			}
		}
		if w.v.Backhaul == vrp.BackhaulAfterDelivery && pickup >= 0 && deliveries == 0 {
			w.broken(RuleBackhaul, w.r, pickup, "a trip with pickups and no delivery")
		}
	})
}

func some(amounts []int64) bool {
	return slices.ContainsFunc(amounts, func(a int64) bool { return a != 0 })
}

// where is the position of a visit, route -1 where it is not served.
func (c *referee) where(x vrp.Visit) place {
	switch x.Kind {
	case vrp.KindJob:
		return c.jobs[x.Index]
	case vrp.KindPickup:
		return c.ships[x.Index]
	}
	return c.ends[x.Index]
}

func (c *referee) relations() {
	for i, r := range c.p.Relations {
		last := place{-1, -1}
		vehicles := map[int32]bool{}
		for _, x := range r.Visits {
			at := c.where(x)
			if at.route < 0 {
				continue
			}
			if r.Kind == vrp.DifferentVehicles {
				if vehicles[at.route] {
					c.broken(RuleRelation, int(at.route), int(at.stop), "relation %d wants another vehicle", i)
				}
				vehicles[at.route] = true
				continue
			}
			if last.route >= 0 {
				c.follows(i, r.Kind, last, at)
			}
			last = at
		}
	}
}

func (c *referee) follows(i int, kind vrp.RelationKind, a, b place) {
	ok := a.route == b.route
	switch kind {
	case vrp.InOrder:
		ok = ok && a.stop < b.stop
	case vrp.InSequence:
		ok = ok && a.stop < b.stop
		for k := a.stop + 1; ok && k < b.stop; k++ {
			ok = c.s.Routes[a.route].Stops[k].Kind == vrp.KindBreak
		}
	}
	if !ok {
		c.broken(RuleRelation, int(b.route), int(b.stop), "relation %d is not kept", i)
	}
}

func (c *referee) locks() {
	for i, l := range c.p.Locks {
		last := int32(0)
		for k, x := range l.Visits {
			at := c.where(x)
			if at.route < 0 || c.s.Routes[at.route].Vehicle != l.Vehicle {
				c.broken(RuleLock, int(at.route), int(at.stop), "lock %d: %v %d is not on vehicle %d", i, x.Kind, x.Index, l.Vehicle)
				continue
			}
			ok := true
			switch l.Kind {
			case vrp.LockOrder:
				ok = at.stop > last
			case vrp.LockHead:
				ok = c.ordinal(at) == k
			}
			if !ok {
				c.broken(RuleLock, int(at.route), int(at.stop), "lock %d: %v %d is out of order", i, x.Kind, x.Index)
			}
			last = at.stop
		}
	}
}

// ordinal is how many jobs, pickups and deliveries come before a position in its route.
func (c *referee) ordinal(at place) int {
	n := 0
	for i := range at.stop {
		switch c.s.Routes[at.route].Stops[i].Kind {
		case vrp.KindJob, vrp.KindPickup, vrp.KindDelivery:
			n++
		}
	}
	return n
}
