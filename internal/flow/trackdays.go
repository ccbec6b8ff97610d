package flow

import (
	"context"
	"iter"
	"maps"
	"slices"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/track"
)

// A vehicle's day is looked at with what came before, to see where the vehicle stood
// overnight, and with what came after, so that its last drive is whole: no drive is longer.
const (
	wholeDay    = 24 * time.Hour
	trackBefore = 12 * time.Hour
	trackBeyond = 3 * time.Hour
)

// maxDayEvents is how many events of one vehicle are looked at together, three a second: more
// are not one vehicle's.
const maxDayEvents = 400_000

// vehicleDay is a day (UTC) of a vehicle; it owns the drives that depart in it.
type vehicleDay struct {
	day     time.Time
	vehicle string
}

// derivation is one look at the days that batches of events tell of.
type derivation struct {
	learn *Learn
	work  *step.Work
	known bool      // what visible trips say need not be said again
	until time.Time // the newest event of any vehicle
	days  []vehicleDay
	out   *rumbo.TrackResult

	left    track.Left
	service []float64 // seconds
}

// plan finds the days that the batches' events matter for, in order.
func (d *derivation) plan(ctx context.Context, batches []string) error {
	days := map[vehicleDay]bool{}
	for _, id := range batches {
		told, err := d.learn.Store.EventDays(ctx, id)
		if err != nil {
			return err
		}
		for _, t := range told {
			days[vehicleDay{t.Day, t.VehicleID}] = true
			if t.First.Before(t.Day.Add(trackBeyond)) {
				days[vehicleDay{t.Day.Add(-wholeDay), t.VehicleID}] = true
			}
			if !t.Last.Before(t.Day.Add(wholeDay - trackBefore)) {
				days[vehicleDay{t.Day.Add(wholeDay), t.VehicleID}] = true
			}
		}
	}
	d.days = slices.SortedFunc(maps.Keys(days), func(a, b vehicleDay) int {
		if c := a.day.Compare(b.day); c != 0 {
			return c
		}
		return strings.Compare(a.vehicle, b.vehicle)
	})
	newest, err := watermark(ctx, d.learn.Store, rumbo.KindEvents)
	d.until = newest.At
	return err
}

// trips are the drives of the days that are news.
func (d *derivation) trips(ctx context.Context) iter.Seq2[rumbo.Trip, error] {
	return func(yield func(rumbo.Trip, error) bool) {
		for i, vd := range d.days {
			d.work.Progress(vd.vehicle+" on "+vd.day.Format(time.DateOnly), float64(i)/float64(len(d.days)))
			found, err := d.look(ctx, vd)
			if err != nil {
				yield(rumbo.Trip{}, err)
				return
			}
			d.visits(vd, found)
			for _, drive := range found.Drives {
				if !vd.owns(drive.DepartAt) {
					continue
				}
				d.out.Drives++
				trip := drive.Trip()
				told, err := d.told(ctx, trip)
				if told {
					continue
				}
				if err == nil {
					d.out.Trips++
				}
				if !yield(trip, err) || err != nil {
					return
				}
			}
		}
	}
}

func (vd vehicleDay) owns(at time.Time) bool {
	return !at.Before(vd.day) && at.Before(vd.day.Add(wholeDay))
}

// look finds the drives and visits around a day, none when the vehicle told nothing in it.
func (d *derivation) look(ctx context.Context, vd vehicleDay) (found track.Track, err error) {
	s, end := d.learn.Store, vd.day.Add(wholeDay)
	own, err := s.EventPage(ctx, store.EventQuery{VehicleID: vd.vehicle, From: vd.day, Until: end}, "", 1)
	if err != nil || len(own.Items) == 0 {
		return found, err
	}
	q := store.EventQuery{VehicleID: vd.vehicle, From: vd.day.Add(-trackBefore), Until: end.Add(trackBeyond), Settled: true}
	events, complete, err := gatherEvents(ctx, s, q)
	if err != nil {
		return found, err
	}
	if !complete {
		d.work.Log(rumbo.LogWarn, "%s told more than %d events around %s, which is not looked at", vd.vehicle, maxDayEvents, vd.day.Format(time.DateOnly))
		return found, nil
	}
	found = track.Find(events, earlier(d.until, q.Until), track.DefaultOptions())
	d.out.VehicleDays++
	d.out.Events += int64(len(events))
	d.left = d.left.Plus(found.Left)
	return found, nil
}

// visits counts the whole ones that began on the day, with how long they took.
func (d *derivation) visits(vd vehicleDay, found track.Track) {
	for _, v := range found.Visits {
		if v.Whole && vd.owns(v.ArriveAt) {
			d.out.Visits++
			d.service = append(d.service, v.ServiceS())
		}
	}
}

// told says whether the trip can be seen as it is.
func (d *derivation) told(ctx context.Context, trip rumbo.Trip) (bool, error) {
	if !d.known {
		return false, nil
	}
	seen, err := d.learn.Store.Trip(ctx, trip.ID)
	if rumbo.CodeOf(err) == rumbo.NotFound {
		return false, nil
	}
	return err == nil && seen.PickupAt.Equal(trip.PickupAt) && seen.DropoffAt.Equal(trip.DropoffAt) && seen.DistanceM == trip.DistanceM &&
		samePlace(seen.From, trip.From) && samePlace(seen.To, trip.To), err
}

func samePlace(a, b rumbo.Spot) bool { return a.Point != nil && b.Point != nil && *a.Point == *b.Point }

// tell leaves what was found beside the step.
func (d *derivation) tell() {
	d.work.Rows(d.out.Events, d.out.Trips)
	d.work.Figures("left_out", d.left)
	if n := len(d.service); n > 0 {
		slices.Sort(d.service)
		share := func(p float64) float64 { return d.service[int(p*float64(n-1))] }
		d.out.ServiceS = &rumbo.Quantiles{P10: share(0.1), P50: share(0.5), P90: share(0.9)}
	}
}
