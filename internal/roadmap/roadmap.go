// Package roadmap puts the platform's questions to the installation's road map: the roads of
// many pairs of places for learning and prediction, and one table for the places of a day.
//
// Shared piece: stages 4 and 6 ask it through the interfaces they declare, internal/flow
// for plans. The mathematics is in package roads; here places become locations on the
// map, and places too far from any road are named, all of them.
//
// Seconds are the map's own, before calibration. Safe for concurrent use; reads no clock.
package roadmap

import (
	"context"
	"errors"
	"fmt"
	"math"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/roads"
)

// Map answers questions about the installation's roads. A nil Map is that of an
// installation without roads: it knows no road, and has no table.
type Map struct {
	Snapper *roads.Snapper
	Tabler  roads.Tabler
	// SnapMeters is how far from a road a place of an order may lie.
	SnapMeters float64
}

// farMeters is the limit for places of trips and queries, which may be the middle of a
// zone: beyond it no road is known rather than one from the map's edge.
const farMeters = 2000

// sourcesAtOnce bounds the table that answers pairs: its columns are the targets of so
// many sources only.
const sourcesAtOnce = 64

// RoadTimes answers pairs of places; places off the map and pairs without a way are unknown.
// Pairs that share a source are answered by one search.
func (r *Map) RoadTimes(ctx context.Context, pairs []feature.Pair) ([]feature.Road, error) {
	out := make([]feature.Road, len(pairs))
	if r == nil {
		for i := range out {
			out[i] = feature.NoRoad()
		}
		return out, nil
	}
	bySource := map[geo.LatLon][]int{}
	var sources []geo.LatLon
	for i, p := range pairs {
		out[i] = feature.NoRoad()
		if bySource[p.From] == nil {
			sources = append(sources, p.From)
		}
		bySource[p.From] = append(bySource[p.From], i)
	}
	for from := 0; from < len(sources); from += sourcesAtOnce {
		if err := r.answer(ctx, pairs, sources[from:min(from+sourcesAtOnce, len(sources))], bySource, out); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// answer fills in the roads of all pairs that begin at the given sources.
func (r *Map) answer(ctx context.Context, pairs []feature.Pair, sources []geo.LatLon, bySource map[geo.LatLon][]int, out []feature.Road) error {
	rows, columns := map[geo.LatLon]int{}, map[geo.LatLon]int{}
	var from, to []roads.Location
	place := func(p geo.LatLon, index map[geo.LatLon]int, list *[]roads.Location) {
		if _, seen := index[p]; seen {
			return
		}
		index[p] = -1
		if at, err := r.Snapper.Snap(p, farMeters); err == nil {
			index[p] = len(*list)
			*list = append(*list, at)
		}
	}
	for _, s := range sources {
		place(s, rows, &from)
		for _, i := range bySource[s] {
			place(pairs[i].To, columns, &to)
		}
	}
	table, err := r.Tabler.Table(ctx, from, to, roads.TableOptions{})
	if err != nil {
		return fmt.Errorf("roadmap.Map: %w", err)
	}
	for _, s := range sources {
		for _, i := range bySource[s] {
			row, column := rows[s], columns[pairs[i].To]
			if row < 0 || column < 0 {
				continue
			}
			if seconds, meters, ok := table.At(row, column); ok {
				out[i] = feature.Road{S: float64(seconds), M: float64(meters)}
			}
		}
	}
	return nil
}

// Table is seconds and meters between all places, row-major; every place that is too far
// from any road is named.
func (r *Map) Table(ctx context.Context, places []rumbo.Point) (roads.Table, error) {
	if r == nil {
		return roads.Table{}, rumbo.Fault(rumbo.NoRoads, "roadmap.Map", "a plan needs a road map", nil)
	}
	at := make([]roads.Location, len(places))
	var faults []rumbo.FieldError
	for i, p := range places {
		location, err := r.Snapper.Snap(geo.LatLon(p), r.SnapMeters)
		var far *roads.TooFarError
		if errors.As(err, &far) {
			faults = append(faults, rumbo.FieldError{Pointer: fmt.Sprintf("/places/%g,%g", p.Lat, p.Lon),
				Code: rumbo.FarFromRoads, Value: math.Round(far.Meters), Limit: r.SnapMeters})
		} else if err != nil {
			return roads.Table{}, fmt.Errorf("roadmap.Map: %w", err)
		}
		at[i] = location
	}
	if err := rumbo.InvalidFields("roadmap.Map", faults); err != nil {
		return roads.Table{}, err
	}
	return r.Tabler.Table(ctx, at, at, roads.TableOptions{})
}
