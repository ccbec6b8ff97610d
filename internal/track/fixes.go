package track

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// fix is an event as a place and a time.
type fix struct {
	at      time.Time
	place   rumbo.Point
	kind    string
	vehicle string
	order   string
}

// rank puts events of one instant in order: leaving one order at a place comes before arriving
// for the next, and an engine stops last.
var rank = map[string]int{rumbo.VehicleDeparted: 0, rumbo.VehicleArrived: 1, rumbo.VehicleIgnitionOn: 2, rumbo.VehiclePosition: 3, rumbo.VehicleIgnitionOff: 4}

// fixes are the events that say where the vehicle was, in the order of time: one of a kind a
// second, so that what a vehicle can tell within a dwell is bounded, and one for each order that
// it arrives for or departs from.
func (f finder) fixes(events []rumbo.VehicleEvent) []fix {
	out := make([]fix, 0, len(events))
	for _, e := range events {
		if e.AccuracyM > f.RadiusM {
			f.left.Inaccurate++
			continue
		}
		out = append(out, fix{e.At.UTC().Truncate(time.Second), e.Location, e.Kind, e.VehicleID, e.OrderID})
	}
	slices.SortFunc(out, func(a, b fix) int {
		return cmp.Or(a.at.Compare(b.at), cmp.Compare(rank[a.kind], rank[b.kind]), strings.Compare(a.order, b.order),
			cmp.Compare(a.place.Lat, b.place.Lat), cmp.Compare(a.place.Lon, b.place.Lon))
	})
	all := len(out)
	out = slices.CompactFunc(out, func(a, b fix) bool {
		stop := a.kind == rumbo.VehicleArrived || a.kind == rumbo.VehicleDeparted
		return a.at.Equal(b.at) && a.kind == b.kind && (!stop || a.order == b.order)
	})
	f.left.Doubled += all - len(out)
	return out
}

// settled is how many fixes in a row must agree with each other to outweigh the past.
const settled = 3

// pieces leaves jumps out and cuts where it is not known how the vehicle got on.
func (f finder) pieces(fixes []fix) (out [][]fix) {
	var piece, aside []fix // aside: out of reach, unless they turn out to be right
	cut := func(next []fix) {
		out, piece, aside = append(out, piece), next, nil
		f.left.Cuts++
	}
	for _, x := range fixes {
		switch {
		case len(piece) == 0:
			piece = append(piece, x)
		case f.reaches(piece[len(piece)-1], x):
			f.left.Jumps += len(aside)
			aside = nil
			if f.silent(piece[len(piece)-1], x) {
				cut([]fix{x})
				continue
			}
			piece = append(piece, x)
		case len(aside) > 0 && !f.reaches(aside[len(aside)-1], x):
			f.left.Jumps += len(aside)
			aside = []fix{x}
		default:
			if aside = append(aside, x); len(aside) == settled {
				cut(aside)
			}
		}
	}
	f.left.Jumps += len(aside)
	if len(piece) > 0 {
		out = append(out, piece)
	}
	return out
}

// reaches says whether a vehicle can get from one fix to the next. Within the radius of a stay
// it always can: receivers are that wrong at any moment.
func (f finder) reaches(a, b fix) bool {
	m := meters(a.place, b.place)
	return m <= f.RadiusM || m <= f.MaxSpeedKMH/3.6*b.at.Sub(a.at).Seconds()
}

// silent says whether it is unknown how the vehicle got from one fix to the next.
func (f finder) silent(a, b fix) bool {
	driven := (a.kind == rumbo.VehicleDeparted || a.kind == rumbo.VehicleIgnitionOn) && (b.kind == rumbo.VehicleArrived || b.kind == rumbo.VehicleIgnitionOff)
	return b.at.Sub(a.at) > f.Silence && !driven && meters(a.place, b.place) > f.RadiusM
}
