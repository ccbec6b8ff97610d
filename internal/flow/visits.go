package flow

import (
	"context"
	"slices"
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
	visits := track.Find(events, earlier(newest.At, q.Until), track.DefaultOptions()).Visits
	plan, stops, err := l.planned(ctx, vehicleID, from, until)
	if err != nil {
		return nil, err
	}
	made := track.Match(visits, stops)
	var out []rumbo.Visit
	for i, v := range visits {
		if v.ArriveAt.Before(from) || !v.ArriveAt.Before(until) {
			continue
		}
		x := rumbo.Visit{VehicleID: v.VehicleID, Location: v.Place, ArriveAt: v.ArriveAt, DepartAt: v.DepartAt,
			ServiceS: v.ServiceS(), OrderIDs: v.Orders, Whole: v.Whole}
		for _, k := range made[i] {
			x.Planned = append(x.Planned, rumbo.PlannedStop{PlanID: plan[k], OrderID: stops[k].OrderID, ArriveAt: stops[k].ArriveAt,
				LateS: v.ArriveAt.Sub(stops[k].ArriveAt).Seconds()})
		}
		out = append(out, x)
	}
	return out, nil
}

// newestPlans is how many plans of a day are looked through for a vehicle.
const newestPlans = 20

// planned are the stops that the latest plan of each day has for a vehicle, and whose they
// are. A day of a time zone may begin in the UTC day before, or end in the one after.
func (l *Learn) planned(ctx context.Context, vehicleID string, from, until time.Time) (plan []string, stops []track.Planned, err error) {
	for day := from.UTC().Add(-wholeDay); day.Before(until.UTC().Add(2 * wholeDay)); day = day.Add(wholeDay) {
		done, err := l.Store.Plans(ctx, store.PlanQuery{Day: day.Format(time.DateOnly), State: rumbo.PlanDone}, "", newestPlans)
		if err != nil {
			return nil, nil, err
		}
		for _, head := range done.Items {
			whole, err := l.Store.Plan(ctx, head.ID)
			if err != nil {
				return nil, nil, err
			}
			i := slices.IndexFunc(whole.Routes, func(r rumbo.Route) bool { return r.VehicleID == vehicleID })
			if i < 0 {
				continue
			}
			for _, s := range whole.Routes[i].Stops {
				plan, stops = append(plan, head.ID), append(stops, track.Planned{OrderID: s.OrderID, Place: s.Location, ArriveAt: s.ArriveAt})
			}
			break
		}
	}
	return plan, stops, nil
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
