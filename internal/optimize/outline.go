package optimize

import (
	"context"
	"math"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/vrp"
	"github.com/logistica-inteligente/rumbo/vrp/solver"
)

// Crow says how roads differ from straight lines, on the average of a day's places.
type Crow struct {
	Detour  float64 `json:"detour"`    // road meters for each meter of the straight line
	SecPerM float64 `json:"sec_per_m"` // seconds for each meter of the straight line
}

// Measure compares the tables of some places, row-major, with straight lines; pairs without
// a way, and places at one spot, tell nothing. O(places^2).
func Measure(places []rumbo.Point, meters, seconds []int32) Crow {
	var line, road, drive float64
	for i, a := range places {
		for j, b := range places {
			k := i*len(places) + j
			if meters[k] == vrp.Unreachable || seconds[k] == vrp.Unreachable {
				continue
			}
			line += geo.Meters(geo.LatLon(a), geo.LatLon(b))
			road += float64(meters[k])
			drive += float64(seconds[k])
		}
	}
	if line == 0 {
		return Crow{Detour: 1.3, SecPerM: 0.15}
	}
	return Crow{Detour: road / line, SecPerM: drive / line}
}

// plane lays the places on a plane in meters that touches the earth in their middle: a straight
// line there costs a tenth of one on a sphere, and differs from it by less than roads do.
func (d *Day) plane() []vrp.Place {
	const meters = 6371008.8 * math.Pi / 180 // a degree
	first, n := d.places[0], float64(len(d.places))
	var lat, lon float64
	for _, at := range d.places {
		lat += at.Lat / n
		lon += math.Remainder(at.Lon-first.Lon, 360) / n // also where the day lies across the 180th meridian
	}
	out := make([]vrp.Place, len(d.places))
	for i, at := range d.places {
		out[i] = vrp.Place{X: (math.Remainder(at.Lon-first.Lon, 360) - lon) * meters * math.Cos(lat*math.Pi/180), Y: (at.Lat - lat) * meters}
	}
	return out
}

// Outline plans a day too large for a table by the straight line alone: routes to divide
// the day by, not to drive. Canceled when ctx ends first.
func (d *Day) Outline(ctx context.Context, c Crow, o Options) ([]Sketch, error) {
	p, err := d.problem(vrp.Profile{Metric: vrp.Metric{Kind: vrp.Euclid, DistanceFactor: c.Detour, DurationFactor: c.SecPerM}}, d.plane())
	if err != nil {
		return nil, err
	}
	found, _, err := solver.Run(ctx, p, d.options(p, o))
	if err != nil {
		return nil, rumbo.Fault(rumbo.Internal, "optimize.Outline", "the search failed", err)
	}
	if ctx.Err() != nil {
		return nil, rumbo.Fault(rumbo.Canceled, "optimize.Outline", "", context.Cause(ctx))
	}
	out, drivers := make([]Sketch, len(found.Routes)), d.drivers(found.Routes, nil)
	for i, r := range found.Routes {
		out[i].Vehicle = drivers[i].ID
		for _, s := range r.Stops {
			if s.Kind == vrp.KindJob {
				out[i].Orders = append(out[i].Orders, d.Orders[s.Index].ID)
			}
		}
	}
	return out, nil
}
