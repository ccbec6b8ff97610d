package flow

import (
	"context"
	"fmt"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/internal/registry"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/train"
)

// Recalibrate is the background half of a recalibrate run: the latest trips that the
// champion has not learned from, the correction that fits them, and its place beside the
// version, which stays as it is.
func (l *Learn) Recalibrate(ctx context.Context, id string) error {
	return l.walk(ctx, rumbo.FlowRecalibrate, id, func(ctx context.Context, run *step.Run) error {
		var request rumbo.RecalibrateRequest
		if err := run.Parameters(&request); err != nil {
			return err
		}
		found, err := step.Do(ctx, run, "fit", request, l.refit)
		if err != nil {
			return err
		}
		_, err = step.Do(ctx, run, "keep", found, func(ctx context.Context, w *step.Work, c corrected) (rumbo.Recalibration, error) {
			return l.keepCorrection(ctx, w, run.ID(), c)
		}, step.Last())
		return err
	})
}

// corrected is a correction that is nobody's yet.
type corrected struct {
	Name       string           `json:"name"`
	Version    int              `json:"version"`
	Correction model.Correction `json:"correction"`
}

// refit fits the champion's correction to the trips of the last days.
func (l *Learn) refit(ctx context.Context, w *step.Work, r rumbo.RecalibrateRequest) (out corrected, err error) {
	champion, err := l.champion(ctx, r)
	if err != nil {
		return out, err
	}
	from, until, err := l.correctionSpan(ctx, champion, r.Days)
	if err != nil {
		return out, err
	}
	out.Name, out.Version = champion.Version.Name, champion.Version.Version
	w.Log(rumbo.LogInfo, "trips that departed from %s on and before %s; %s/%d learned from those before %s", clockText(from), clockText(until),
		out.Name, out.Version, clockText(champion.Version.Lineage.TrainUntil))
	out.Correction, err = train.Recalibrate(ctx, champion.Bundle, train.Source{
		Trips: l.Store.Trips(ctx, store.TripQuery{From: from, Until: until}), Resolver: l.Resolver, Roads: l.Roads}, from, until)
	if rumbo.CodeOf(err) == rumbo.NoData {
		return out, rumbo.Fault(rumbo.NoData, "flow.Recalibrate", fmt.Sprintf("of trips from %s to %s, which %s/%d has not learned from",
			clockText(from), clockText(until), out.Name, out.Version), err)
	}
	w.Rows(out.Correction.Rows, out.Correction.Rows)
	w.Figures("ratio", map[string]any{"before": champion.Bundle.Correction.Ratio, "after": out.Correction.Ratio})
	return out, err
}

// champion is the model that is to be corrected. One that stands in for a champion that
// cannot be loaded is none: it would be corrected in vain.
func (l *Learn) champion(ctx context.Context, r rumbo.RecalibrateRequest) (*registry.Loaded, error) {
	champion, err := l.Registry.Champion(ctx, rumbo.ModelOf(r.Features))
	if err == nil && champion.Stale != nil {
		err = champion.Stale
	}
	return champion, err
}

// correctionSpan are the departures that a correction looks at: up to the newest trip that
// was loaded, so that data that comes late or is old is met too, and none that the model
// has learned from.
func (l *Learn) correctionSpan(ctx context.Context, champion *registry.Loaded, days int) (from, until time.Time, err error) {
	newest, err := watermark(ctx, l.Store, rumbo.KindTrips)
	if err != nil {
		return from, until, err
	}
	if until = newest.At.Add(time.Microsecond); newest.At.IsZero() { // loaded by a version without watermarks
		until = l.Clock()
	}
	if days == 0 {
		days = rumbo.DefaultCorrectionDays
	}
	from = until.AddDate(0, 0, -days)
	if learned := champion.Version.Lineage.TrainUntil; learned.After(from) {
		from = learned
	}
	return from, until, nil
}

// keepCorrection puts the correction into use, once for this run, unless one that rests on
// later trips got there first.
func (l *Learn) keepCorrection(ctx context.Context, w *step.Work, key string, c corrected) (out rumbo.Recalibration, err error) {
	out = rumbo.Recalibration{Name: c.Name, Version: c.Version, Trips: c.Correction.Rows, From: c.Correction.From, Until: c.Correction.Until}
	now, err := l.Registry.Load(ctx, c.Name, c.Version)
	if err != nil {
		return out, err
	}
	if now.Correction > 0 && now.Bundle.Correction.Until.After(c.Correction.Until) {
		w.Refuse(fmt.Sprintf("correction %d of %s/%d rests on later trips, up to %s: it stays in use", now.Correction, c.Name, c.Version, clockText(now.Bundle.Correction.Until)))
		return out, nil
	}
	out.Correction, err = l.Registry.Correct(ctx, c.Name, c.Version, key, c.Correction)
	w.Rows(c.Correction.Rows, c.Correction.Rows)
	return out, err
}

func clockText(t time.Time) string { return t.UTC().Format(time.RFC3339) }
