package track

import (
	"math"
	"slices"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
)

// Planned is a stop that the vehicle was to make.
type Planned struct {
	OrderID  string
	Place    rumbo.Point
	ArriveAt time.Time
}

// How far from its place, and from its time, a planned stop is still taken to have been made:
// receivers and addresses are off, and vehicles park around the corner.
const (
	matchMeters = 150
	matchWithin = 6 * time.Hour
)

// Match says which planned stops each visit made, by index: the visit whose events name
// the order, or else, of the visits near the stop's place, the one nearest to its time. A
// visit may have made many (a building), a stop is made by one visit at most.
// O(visits * planned).
func Match(visits []Visit, planned []Planned) [][]int {
	out := make([][]int, len(visits))
	for k, p := range planned {
		if i := matching(visits, p); i >= 0 {
			out[i] = append(out[i], k)
		}
	}
	return out
}

// matching is the visit that made a stop, or -1.
func matching(visits []Visit, p Planned) int {
	best, least := -1, math.Inf(1)
	for i, v := range visits {
		off := math.Abs(v.ArriveAt.Sub(p.ArriveAt).Seconds())
		if slices.Contains(v.Orders, p.OrderID) {
			return i
		}
		if len(v.Orders) > 0 || off > matchWithin.Seconds() || geo.Meters(geo.LatLon(v.Place), geo.LatLon(p.Place)) > matchMeters {
			continue
		}
		if off < least {
			best, least = i, off
		}
	}
	return best
}
