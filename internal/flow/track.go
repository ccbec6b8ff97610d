package flow

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/step"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// maxTracked is how many batches of events one run looks at; with more, another is started.
const maxTracked = 500

// tracked are the parameters of a track run: the batches of events that it looks at.
type tracked struct {
	Batches []string `json:"batches"`
}

// follow has a run look at a batch of events that becomes visible in this transaction: one that
// waits to begin, or a new one of a name that nobody else gives. However many small
// batches come, one run works while one waits.
func (l *Learn) follow(ctx context.Context, tx store.Tx, batch rumbo.Batch, runID string) error {
	waiting, err := tx.Runs(ctx, store.RunQuery{Flow: rumbo.FlowTrack, State: rumbo.RunQueued}, "", 1)
	if err != nil {
		return err
	}
	for _, run := range waiting.Items {
		joined, err := join(ctx, tx, run.ID, batch.ID)
		if err != nil || joined {
			return err
		}
	}
	run := runOf(rumbo.FlowTrack, batch.ID, l.Clock(), tracked{[]string{batch.ID}})
	run.ID = runID
	return addRun(ctx, tx, run)
}

// join adds a batch to a run, unless it has begun by now or is full. Reading it by ID holds it.
func join(ctx context.Context, tx store.Tx, id, batchID string) (bool, error) {
	run, err := tx.Run(ctx, id)
	if err != nil || run.State != rumbo.RunQueued {
		return false, err
	}
	var asked tracked
	if err := json.Unmarshal(run.Parameters, &asked); err != nil || len(asked.Batches) >= maxTracked {
		return false, err
	}
	if !slices.Contains(asked.Batches, batchID) {
		asked.Batches = append(asked.Batches, batchID)
	}
	if run.Parameters, err = json.Marshal(asked); err != nil {
		return false, err
	}
	return true, tx.SetRun(ctx, run)
}

// Track is the background half of batches of events: the days of vehicles that they tell of are
// looked at anew, and the drives in them that are not known yet, or not like this, become a
// batch of trips, which is cleaned, shown and learned from like any other.
//
// The batch does not go through Receive, which would record it in a transaction of its own and
// take the content of an earlier batch for the same: its payload is kept first, and the batch,
// its cleaning and the mark commit with the step, all once.
//
// A drive is named by its vehicle and departure, so that looking again finds the same
// trips. Where later events move a departure, the trip of the old one stays beside the new one: the
// store removes no records. See docs/decisions/0017-events.md.
func (l *Learn) Track(ctx context.Context, id string) error {
	return l.walk(ctx, rumbo.FlowTrack, id, func(ctx context.Context, run *step.Run) error {
		var asked tracked
		if err := run.Parameters(&asked); err != nil {
			return err
		}
		_, err := step.Do(ctx, run, "derive", asked, func(ctx context.Context, w *step.Work, asked tracked) (rumbo.TrackResult, error) {
			return l.derive(ctx, w, "batch_"+strings.TrimPrefix(run.ID(), "run_")+"_trips", asked)
		}, step.Tries(5), step.Last())
		return err
	})
}

// trackPause is how long a run waits for what it needs: earlier batches, or the end of another
// run.
const trackPause = time.Second

// derive finds the drives and keeps those that are news as the payload of a batch, which is
// recorded when the step commits.
func (l *Learn) derive(ctx context.Context, w *step.Work, batchID string, asked tracked) (out rumbo.TrackResult, err error) {
	mark, err := trackMark(ctx, l.Store) // before anything else is read
	if err != nil {
		return out, err
	}
	for _, id := range asked.Batches {
		settled, err := l.Store.Settled(ctx, id)
		if err == nil && !settled {
			err = task.RetryAfter(trackPause, nil) // what was told between may be in the others
		}
		if err != nil {
			return out, err
		}
	}
	d := &derivation{learn: l, work: w, out: &out}
	if d.known, err = l.settled(ctx, mark); err != nil {
		return out, err
	}
	if err = d.plan(ctx, asked.Batches); err != nil {
		return out, err
	}
	body, err := newTripLines(d.trips(ctx))
	if err != nil {
		return out, err
	}
	defer body.stop()
	if body.empty() {
		d.tell()
		return out, nil
	}
	batch, err := l.Inbox.Receive(ctx, batchID, l.Clock(), rumbo.Payload{Kind: rumbo.KindTrips, Format: rumbo.FormatNDJSON, Body: body})
	if err != nil {
		return out, err
	}
	out.BatchID = batch.ID
	d.tell()
	w.Commit(func(tx store.Tx) error { return commitTrips(ctx, tx, batch, mark) })
	return out, nil
}

// mark says how far tracking has come: how many batches of trips it has made, and the last
// of them.
type mark struct {
	Batches int64  `json:"batches"`
	Last    string `json:"last,omitempty"`
}

func trackMark(ctx context.Context, r store.SettingReader) (mark, error) {
	return store.Document(ctx, r, store.SettingTrack, mark{})
}

// settled says whether the trips of all earlier runs can be seen, so that what they know
// need not be said again.
func (l *Learn) settled(ctx context.Context, m mark) (bool, error) {
	if m.Last == "" {
		return true, nil
	}
	last, err := l.Store.Batch(ctx, m.Last)
	return err == nil && last.FinishedAt != nil, err
}

// commitTrips records a batch of trips with its cleaning, unless another run has made one since
// this one read its mark: it may have seen later events, and must not be overruled by
// what was read before. Adding the batch comes first, since it lets one such transaction wait for
// the other.
func commitTrips(ctx context.Context, tx store.Tx, batch rumbo.Batch, read mark) error {
	if err := tx.AddBatch(ctx, batch); err != nil {
		return err
	}
	now, err := trackMark(ctx, tx)
	if err != nil {
		return err
	}
	if now != read {
		return task.RetryAfter(trackPause, nil)
	}
	if err := store.SetDocument(ctx, tx, store.SettingTrack, mark{read.Batches + 1, batch.ID}); err != nil {
		return err
	}
	return addRun(ctx, tx, runOf(rumbo.FlowIngest, batch.ID, batch.ReceivedAt, nil))
}
