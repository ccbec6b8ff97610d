package search

import (
	"slices"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// numbering lists all jobs, pickups and deliveries so that near places get near node
// numbers, which keeps the slabs of a neighborhood in few cache lines: the order of a
// Hilbert curve over the coordinates. O(n log n).
func numbering(p *vrp.Problem) []vrp.Visit {
	var order []vrp.Visit
	for i := range p.Jobs {
		order = append(order, vrp.Visit{Kind: vrp.KindJob, Index: int32(i)})
	}
	for i := range p.Shipments {
		order = append(order, vrp.Visit{Kind: vrp.KindPickup, Index: int32(i)},
			vrp.Visit{Kind: vrp.KindDelivery, Index: int32(i)})
	}
	if len(order) == 0 {
		return order
	}
	key := curve(p.Places)
	if key == nil {
		return order
	}
	at := func(x vrp.Visit) int32 {
		switch x.Kind {
		case vrp.KindJob:
			return p.Jobs[x.Index].Place
		case vrp.KindPickup:
			return p.Shipments[x.Index].Pickup.Place
		}
		return p.Shipments[x.Index].Delivery.Place
	}
	slices.SortStableFunc(order, func(a, b vrp.Visit) int {
		ka, kb := key[at(a)], key[at(b)]
		switch {
		case ka < kb:
			return -1
		case ka > kb:
			return 1
		}
		return 0
	})
	return order
}

// curve is the position of each place along the Hilbert curve through all of them, nil where
// all lie at one point. O(n).
func curve(places []vrp.Place) []uint64 {
	if len(places) == 0 {
		return nil
	}
	lo, hi := places[0], places[0]
	for _, c := range places {
		lo.X, hi.X = min(lo.X, c.X), max(hi.X, c.X)
		lo.Y, hi.Y = min(lo.Y, c.Y), max(hi.Y, c.Y)
	}
	side := max(hi.X-lo.X, hi.Y-lo.Y)
	if !(side > 0) {
		return nil
	}
	key := make([]uint64, len(places))
	for i, c := range places {
		key[i] = hilbert(uint32((c.X-lo.X)/side*65535), uint32((c.Y-lo.Y)/side*65535))
	}
	return key
}

// hilbert is the position of (x, y), 16 bits each, along the curve (Hilbert 1891, in the
// bitwise form of Warren's Hacker's Delight).
func hilbert(x, y uint32) uint64 {
	var d uint64
	for s := uint32(1 << 15); s > 0; s >>= 1 {
		var rx, ry uint32
		if x&s != 0 {
			rx = 1
		}
		if y&s != 0 {
			ry = 1
		}
		d += uint64(s) * uint64(s) * uint64((3*rx)^ry)
		x &= s - 1
		y &= s - 1
		if ry == 0 {
			if rx == 1 {
				x, y = s-1-x, s-1-y
			}
			x, y = y, x
		}
	}
	return d
}
