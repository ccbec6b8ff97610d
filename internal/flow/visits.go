package flow

import (
	"context"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/track"
)

// Visits are the stays of a vehicle that began in a time, from included and until excluded, as
// the events loaded so far tell of them: they are found anew each time, so that late events
// correct them. TooLarge when the vehicle tells too much to be one.
func (l *Learn) Visits(ctx context.Context, vehicleID string, from, until time.Time) ([]rumbo.Visit, error) {
	q := store.EventQuery{VehicleID: vehicleID, From: from.Add(-trackBefore), Until: until.Add(trackBeyond)}
	events, complete, err := gatherEvents(ctx, l.Store, q)
	if err != nil {
		return nil, err
	}
	if !complete {
		return nil, rumbo.Fault(rumbo.TooLarge, "flow.Visits", "the vehicle tells too many events of this time to be one vehicle", nil)
	}
	newest, err := watermark(ctx, l.Store, rumbo.KindEvents)
	if err != nil {
		return nil, err
	}
	var out []rumbo.Visit
	for _, v := range track.Find(events, earlier(newest.At, q.Until), track.DefaultOptions()).Visits {
		if v.ArriveAt.Before(from) || !v.ArriveAt.Before(until) {
			continue
		}
		out = append(out, rumbo.Visit{VehicleID: v.VehicleID, Location: v.Place, ArriveAt: v.ArriveAt, DepartAt: v.DepartAt,
			ServiceS: v.ServiceS(), OrderIDs: v.Orders, Whole: v.Whole})
	}
	return out, nil
}

// gatherEvents reads the events of a vehicle, unless they are more than one vehicle's.
func gatherEvents(ctx context.Context, s store.RecordReader, q store.EventQuery) (events []rumbo.VehicleEvent, complete bool, err error) {
	for e, err := range s.Events(ctx, q) {
		if err != nil {
			return nil, false, err
		}
		if events = append(events, e); len(events) > maxDayEvents {
			return nil, false, nil
		}
	}
	return events, true, nil
}

func earlier(a, b time.Time) time.Time {
	if a.Before(b) {
		return a
	}
	return b
}
