package flow

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/webhook"
)

// automations are the installation's rules, read at an instant; none by default.
func automations(ctx context.Context, r store.SettingReader) (rumbo.AutomationsDocument, error) {
	return store.Document(ctx, r, store.SettingAutomations, rumbo.AutomationsDocument{Endpoints: []string{}, Rules: []rumbo.Automation{}})
}

// ending lets the rules look at every run that ends, in the transaction that ends it. They
// are read before it: the row that they stand in would keep all runs that end waiting for
// each other.
func ending(s store.Store, clock func() time.Time) func(ctx context.Context) (func(tx store.Tx, run rumbo.Run) error, error) {
	return func(ctx context.Context) (func(tx store.Tx, run rumbo.Run) error, error) {
		document, err := automations(ctx, s)
		return func(tx store.Tx, run rumbo.Run) error {
			for _, rule := range document.Rules {
				event, fires, err := atEnd(ctx, tx, rule, run)
				if err == nil && fires {
					err = (&firing{document, event, clock()}).fire(ctx, tx, run.ID)
				}
				if err != nil {
					return err
				}
			}
			return nil
		}, err
	}
}

// automated begins the name of a delivery that an automation made. Rules do not look at
// their runs: an event that cannot be delivered would make another.
const automated = "dlv_auto_"

// atEnd says whether a rule fires on a run that has ended. What is late is seen here too, if
// nobody saw it while it lasted.
func atEnd(ctx context.Context, tx store.Tx, rule rumbo.Automation, run rumbo.Run) (event rumbo.AutomationEvent, fires bool, err error) {
	if strings.HasPrefix(run.Subject, automated) {
		return event, false, nil
	}
	event = rumbo.AutomationEvent{Rule: rule, Run: &run}
	switch rule.When {
	case rumbo.WhenRunFailed:
		event.Text = run.ID + " of flow " + run.Flow + " " + run.State + ": " + firstOf(run.Error, 500)
		return event, rule.Watches(run.Flow) && (run.State == rumbo.RunFailed || run.State == rumbo.RunCrashed), nil
	case rumbo.WhenRunLate, rumbo.WhenStartLate:
		event, fires = late(rule, run, *run.FinishedAt)
		return event, fires, nil
	case rumbo.WhenQuarantine:
		if run.Flow != rumbo.FlowIngest {
			return event, false, nil
		}
		batch, err := tx.Batch(ctx, run.Subject)
		if rumbo.CodeOf(err) == rumbo.NotFound { // a run of an older version, of a batch that is none
			return event, false, nil
		}
		event.Batch = &batch
		n := batch.Counts
		event.Text = fmt.Sprintf("%d of %d rows of %s were quarantined, more than a share of %.3g", n.Quarantined, n.Rows, batch.ID, rule.MaxShare)
		return event, err == nil && (rule.Kind == "" || rule.Kind == batch.Kind) && float64(n.Quarantined) > rule.MaxShare*float64(n.Rows), err
	}
	return event, false, nil
}

// late says whether a rule about lateness fires on a run as it is at an instant.
func late(rule rumbo.Automation, run rumbo.Run, at time.Time) (event rumbo.AutomationEvent, fires bool) {
	event = rumbo.AutomationEvent{Rule: rule, Run: &run}
	after := time.Duration(rule.AfterS) * time.Second
	switch {
	case rule.When == rumbo.WhenRunLate && rule.Watches(run.Flow) && run.StartedAt != nil && !strings.HasPrefix(run.Subject, automated):
		event.Text = fmt.Sprintf("%s of flow %s began at %s and runs longer than %s", run.ID, run.Flow, clockText(*run.StartedAt), after)
		return event, at.Sub(*run.StartedAt) > after
	case rule.When == rumbo.WhenStartLate && run.Schedule == rule.Schedule && run.DueAt != nil:
		began := at
		if run.StartedAt != nil {
			began = *run.StartedAt
		}
		return startLate(rule, *run.DueAt, &run), began.Sub(*run.DueAt) > after
	}
	return event, false
}

// startLate is the event of a schedule's time whose run has not begun; run is nil when
// nobody has asked for it yet.
func startLate(rule rumbo.Automation, due time.Time, run *rumbo.Run) rumbo.AutomationEvent {
	return rumbo.AutomationEvent{Rule: rule, Run: run, Schedule: rule.Schedule, DueAt: &due,
		Text: fmt.Sprintf("the run of schedule %s of %s had not begun %s later", rule.Schedule, clockText(due), time.Duration(rule.AfterS)*time.Second)}
}

// firstOf bounds a text that is told in many places.
func firstOf(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}

// firing is a rule that fires.
type firing struct {
	document rumbo.AutomationsDocument
	event    rumbo.AutomationEvent
	at       time.Time
}

// fire sends the event to every endpoint, in the given transaction, unless the rule has fired
// on the run before. The run says so too, if it is there.
func (f *firing) fire(ctx context.Context, tx store.Tx, runID string) error {
	rule := f.event.Rule
	if first, err := tx.AddFiring(ctx, runID, rule.Name, f.at); err != nil || !first {
		return err
	}
	if f.event.Run != nil {
		line := rumbo.LogLine{At: f.at, Level: rumbo.LogWarn, Text: fmt.Sprintf("automation %s fires: %s; %d events are sent", rule.Name, f.event.Text, len(f.document.Endpoints))}
		if err := tx.AddRunLog(ctx, runID, line); err != nil {
			return err
		}
		light := *f.event.Run
		light.Parameters, light.Result = nil, nil
		f.event.Run = &light
	}
	kind := map[string]string{rumbo.WhenRunFailed: rumbo.EventRunFailed, rumbo.WhenRunLate: rumbo.EventRunLate,
		rumbo.WhenStartLate: rumbo.EventStartLate, rumbo.WhenQuarantine: rumbo.EventQuarantine}[rule.When]
	body, err := webhook.Encode(kind, f.at, f.event)
	if err != nil {
		return err
	}
	var deliveries []rumbo.Delivery
	for _, url := range f.document.Endpoints {
		sum := sha256.Sum256([]byte(rule.Name + "\n" + url))
		deliveries = append(deliveries, rumbo.Delivery{ID: automated + strings.TrimPrefix(runID, "run_") + "-" + hex.EncodeToString(sum[:6]), Type: kind,
			Subject: runID, URL: url, State: rumbo.DeliveryPending, CreatedAt: f.at, Payload: body})
	}
	return addDeliveries(ctx, tx, deliveries)
}
