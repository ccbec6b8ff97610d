package vrp

import "slices"

// relations checks relations and locks.
func (v *validator) relations() {
	for i, r := range v.p.Relations {
		if r.Kind > InSequence {
			v.fail("unknown", "Relations[%d].Kind", i)
		}
		v.visits(r.Visits, "Relations[%d].Visits", i)
		if r.Kind == DifferentVehicles {
			v.halves(r.Visits, i)
		}
	}
	seen, headed := map[Visit]bool{}, map[int32]bool{}
	for i, l := range v.p.Locks {
		if l.Kind > LockHead {
			v.fail("unknown", "Locks[%d].Kind", i)
		}
		if l.Vehicle < 0 || int(l.Vehicle) >= len(v.p.Vehicles) || v.p.Vehicles[l.Vehicle].Number() != 1 {
			v.fail("must name a vehicle with a Count of 1", "Locks[%d].Vehicle", i)
		}
		if l.Kind == LockHead {
			if headed[l.Vehicle] {
				v.fail("the vehicle has a head already", "Locks[%d].Vehicle", i)
			}
			headed[l.Vehicle] = true
		}
		v.visits(l.Visits, "Locks[%d].Visits", i)
		for _, x := range l.Visits {
			if seen[x] {
				v.fail("a visit is locked twice", "Locks[%d].Visits", i)
			}
			seen[x] = true
		}
	}
}

func (v *validator) visits(list []Visit, path string, args ...any) {
	for k, x := range list {
		n := 0
		switch x.Kind {
		case KindJob:
			n = len(v.p.Jobs)
		case KindPickup, KindDelivery:
			n = len(v.p.Shipments)
		}
		if x.Index < 0 || int(x.Index) >= n {
			v.fail("must be a job, a pickup or a delivery of the problem", path, args...)
			return
		}
		if slices.Contains(list[:k], x) {
			v.fail("a visit appears twice", path, args...)
			return
		}
	}
}

// halves refuses to part the halves of a shipment.
func (v *validator) halves(list []Visit, i int) {
	seen := map[int32]bool{}
	for _, x := range list {
		if x.Kind != KindPickup && x.Kind != KindDelivery {
			continue
		}
		if seen[x.Index] {
			v.fail("both halves of a shipment ride on one vehicle", "Relations[%d].Visits", i)
			return
		}
		seen[x.Index] = true
	}
}
