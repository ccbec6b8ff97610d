package flow

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
)

// Automations are the installation's rules: the document, and the watch over what is late.
// What ends is seen by the transaction that ends it.
type Automations struct {
	Store  store.Store
	Clock  func() time.Time
	Policy webhook.Policy
	// RunID is the ID that the run of a schedule's time has or will have.
	RunID func(schedule string, at time.Time) (string, error)
	Log   *slog.Logger
}

// Automations is the document; it has no rules until one is put.
func (a *Automations) Automations(ctx context.Context) (rumbo.AutomationsDocument, error) {
	return automations(ctx, a.Store)
}

// SetAutomations replaces the document. Invalid with every fault.
func (a *Automations) SetAutomations(ctx context.Context, document rumbo.AutomationsDocument) error {
	faults := document.Validate()
	for i, url := range document.Endpoints {
		faults = append(faults, a.Policy.ValidateURL(fmt.Sprintf("/endpoints/%d", i), url)...)
	}
	for i, rule := range document.Rules {
		if rule.When != rumbo.WhenStartLate || rule.Schedule == "" {
			continue
		}
		if _, err := a.Store.Schedule(ctx, rule.Schedule); rumbo.CodeOf(err) == rumbo.NotFound {
			faults = append(faults, rumbo.FieldError{Pointer: fmt.Sprintf("/rules/%d/schedule", i), Code: rumbo.UnknownReference, Value: rule.Schedule})
		} else if err != nil {
			return err
		}
	}
	if err := rumbo.InvalidFields("flow.SetAutomations", faults); err != nil {
		return err
	}
	return a.Store.InTx(ctx, func(tx store.Tx) error { return store.SetDocument(ctx, tx, store.SettingAutomations, document) })
}

// watchEvery is the time between two looks at what may be late.
const watchEvery = time.Second

// Watch fires the rules about lateness until ctx ends. Any number of processes may watch.
func (a *Automations) Watch(ctx context.Context) {
	look := time.NewTicker(watchEvery)
	defer look.Stop()
	for {
		if err := a.Look(ctx); err != nil && ctx.Err() == nil {
			a.Log.WarnContext(ctx, "look for what is late", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
	}
}

// Look fires the rules about what is late now. O(runs under way) for such rules, one small
// read without.
func (a *Automations) Look(ctx context.Context) error {
	document, err := a.Automations(ctx)
	if err != nil {
		return err
	}
	for _, rule := range document.Rules {
		switch rule.When {
		case rumbo.WhenRunLate:
			err = a.lookAtRuns(ctx, document, rule, store.RunQuery{Flow: rule.Flow, State: rumbo.RunRunning})
		case rumbo.WhenStartLate:
			err = a.lookAtSchedule(ctx, document, rule)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lookAtRuns fires a rule on those of some runs that are late.
func (a *Automations) lookAtRuns(ctx context.Context, document rumbo.AutomationsDocument, rule rumbo.Automation, q store.RunQuery) error {
	for after, more := "", true; more; more = after != "" {
		page, err := a.Store.Runs(ctx, q, after, store.MaxLimit)
		if err != nil {
			return err
		}
		for _, run := range page.Items {
			if _, fires := late(rule, run, a.Clock()); !fires {
				continue
			}
			if err := a.fireOn(ctx, document, rule, run.ID); err != nil {
				return err
			}
		}
		after = page.Next
	}
	return nil
}

// fireOn fires a rule on a run that seemed late, if it has not ended meanwhile: then the
// transaction that ended it has fired.
func (a *Automations) fireOn(ctx context.Context, document rumbo.AutomationsDocument, rule rumbo.Automation, id string) error {
	return a.Store.InTx(ctx, func(tx store.Tx) error {
		run, err := tx.Run(ctx, id)
		if err != nil || run.Ended() {
			return err
		}
		now := a.Clock()
		event, fires := late(rule, run, now)
		if !fires {
			return nil
		}
		return (&firing{document, event, now}).fire(ctx, tx, id)
	})
}

// lookAtSchedule fires a rule on the time of a schedule that is overdue, and on its runs that
// wait.
func (a *Automations) lookAtSchedule(ctx context.Context, document rumbo.AutomationsDocument, rule rumbo.Automation) error {
	s, err := a.Store.Schedule(ctx, rule.Schedule)
	if rumbo.CodeOf(err) == rumbo.NotFound {
		return nil // deleted since
	}
	if err != nil {
		return err
	}
	now := a.Clock()
	if !s.Paused && now.Sub(s.NextAt) > time.Duration(rule.AfterS)*time.Second {
		id, err := a.RunID(s.Name, s.NextAt)
		if err != nil {
			return err
		}
		if err := a.Store.InTx(ctx, func(tx store.Tx) error {
			if _, err := tx.Run(ctx, id); rumbo.CodeOf(err) != rumbo.NotFound {
				return err // it is there: then it waits, or has begun
			}
			return (&firing{document, startLate(rule, s.NextAt, nil), now}).fire(ctx, tx, id)
		}); err != nil {
			return err
		}
	}
	return a.lookAtRuns(ctx, document, rule, store.RunQuery{Flow: s.Flow, State: rumbo.RunQueued})
}
