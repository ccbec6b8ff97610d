package schedule

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Limits of what a keeper does.
const (
	// Grace is how late a time may be fired under the rule "skip".
	Grace = time.Minute
	// MaxBackfill is the number of times that are fired at once at most.
	MaxBackfill = 100

	every = time.Second // between two looks at the schedules
)

// Due is a time of a schedule whose run is to be started.
type Due struct {
	Schedule rumbo.Schedule
	At       time.Time
	// Seed is the same whenever the same time of the same schedule is fired: the run is
	// named by it, and is there once however often it is started.
	Seed []byte
	// Past is true for a time that a backfill asked for: nobody waited for it.
	Past bool
}

// Start starts the run of a time.
type Start func(ctx context.Context, d Due) (rumbo.Run, error)

// Keeper fires what is due.
type Keeper struct {
	Store store.Store
	Start Start
	Clock func() time.Time
	Log   *slog.Logger
}

// Run looks after the schedules until ctx ends. Faults are logged; what could not be
// fired is tried again a second later.
func (k *Keeper) Run(ctx context.Context) {
	look := time.NewTicker(every)
	defer look.Stop()
	for {
		if err := k.Tick(ctx); err != nil && ctx.Err() == nil {
			k.Log.WarnContext(ctx, "look after the schedules", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// Tick fires what is due now. O(schedules).
func (k *Keeper) Tick(ctx context.Context) error {
	schedules, err := k.Store.Schedules(ctx)
	if err != nil {
		return err
	}
	now := k.Clock()
	for _, s := range schedules {
		if s.Paused || s.NextAt.After(now) {
			continue
		}
		if err := k.fire(ctx, s, now); err != nil && ctx.Err() == nil {
			k.Log.ErrorContext(ctx, "a schedule was not fired", "schedule", s.Name, "at", s.NextAt, "error", err)
		}
	}
	return nil
}

// fire starts the runs that a schedule's rule asks for and writes its next time down,
// unless another process has done so.
func (k *Keeper) fire(ctx context.Context, s rumbo.Schedule, now time.Time) error {
	times, faults := Parse(s.Cron, s.TimeZone, "")
	if err := rumbo.InvalidFields("schedule.fire", faults); err != nil {
		return err // zone data may have changed; it stays due
	}
	done := s
	for _, at := range chosen(times, s, now) {
		run, err := k.Start(ctx, Due{Schedule: s, At: at, Seed: Seed(s.Name, at)})
		if err != nil {
			return err
		}
		done.LastAt, done.LastRunID = &at, run.ID
		k.Log.InfoContext(ctx, "a schedule was fired", "schedule", s.Name, "at", at, "run", run.ID)
	}
	return k.Store.InTx(ctx, func(tx store.Tx) error {
		current, err := tx.Schedule(ctx, s.Name)
		if rumbo.CodeOf(err) == rumbo.NotFound || err == nil && !current.NextAt.Equal(s.NextAt) {
			return nil // deleted, changed, or fired by another
		}
		if err != nil {
			return err
		}
		current.NextAt, current.LastAt, current.LastRunID = times.Next(now), done.LastAt, done.LastRunID
		return tx.PutSchedule(ctx, current)
	})
}

// chosen are the due times that the rule for missed ones lets be fired.
func chosen(times Times, s rumbo.Schedule, now time.Time) (out []time.Time) {
	most := 1
	if s.Missed == rumbo.MissedAll {
		most = MaxBackfill
	}
	for at := range times.Between(s.NextAt, now.Add(time.Nanosecond)) {
		if s.Missed == rumbo.MissedSkip && now.Sub(at) > Grace {
			continue
		}
		if out = append(out, at); len(out) > most {
			out = out[1:]
		}
	}
	return out
}

// Seed names a time of a schedule.
func Seed(name string, at time.Time) []byte {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s\n%d", name, at.Unix()))
	return sum[:]
}

// Check is Check at the keeper's time.
func (k *Keeper) Check(s *rumbo.Schedule) []rumbo.FieldError { return Check(s, k.Clock()) }

// Backfill fires the times of a schedule from from on and before until; those that were
// fired already are found, not fired again. Errors: Invalid for more than MaxBackfill
// times or times in the future.
func (k *Keeper) Backfill(ctx context.Context, name string, from, until time.Time) ([]rumbo.Run, error) {
	const op = "schedule.Backfill"
	s, err := k.Store.Schedule(ctx, name)
	if err != nil {
		return nil, err
	}
	times, faults := Parse(s.Cron, s.TimeZone, "")
	if until.After(k.Clock()) {
		faults = append(faults, rumbo.FieldError{Pointer: "/until", Code: rumbo.OutOfRange, Value: until.Format(time.RFC3339), Limit: "no later than now"})
	}
	if err := rumbo.InvalidFields(op, faults); err != nil {
		return nil, err
	}
	var due []time.Time
	for at := range times.Between(from, until) {
		if due = append(due, at); len(due) > MaxBackfill {
			return nil, rumbo.InvalidFields(op, []rumbo.FieldError{{Pointer: "/from", Code: rumbo.OutOfRange,
				Value: from.Format(time.RFC3339), Limit: fmt.Sprintf("at most %d times", MaxBackfill)}})
		}
	}
	runs := []rumbo.Run{}
	for _, at := range due {
		run, err := k.Start(ctx, Due{Schedule: s, At: at, Seed: Seed(s.Name, at), Past: true})
		if err != nil {
			return runs, err
		}
		runs = append(runs, run)
	}
	return runs, nil
}
