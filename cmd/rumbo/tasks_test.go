package main

import (
	"testing"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres/pgtest"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

// TestTasksCommands pauses, looks, limits and resumes beside a running server.
func TestTasksCommands(t *testing.T) {
	pgtest.Need(t, server)
	s := settings{Data: t.TempDir(), Database: server.Database(t)}
	at := place{Database: s.Database}
	run := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	run((&tasksPause{ruleOf{place: at, Kind: "train"}}).Run(t.Context()))
	run((&tasksLimit{ruleOf{place: at, Kind: "train"}, 1}).Run(t.Context()))
	_, c, stop := startTownAs(t, s) // begins by the rules that it finds
	defer stop()
	sendFile(t, c, rumbo.KindTrips, "csv", "trips.csv")
	training, err := c.Train(t.Context(), rumbo.TrainRequest{Trees: 5, Leaves: 4})
	run(err)
	run(at.at(t.Context(), func(d task.Desk) error {
		items, _, err := d.Tasks(t.Context(), task.Query{Kind: "train"}, "", 10)
		if err == nil && (len(items) != 1 || items[0].State != task.Waiting || items[0].Priority != task.Low) {
			t.Errorf("a paused task %+v", items)
		}
		return err
	}))
	run((&tasksResume{ruleOf{place: at, Kind: "train"}}).Run(t.Context()))
	if training, err = c.WaitRun(t.Context(), training.ID); err != nil || training.State != rumbo.RunDone {
		t.Errorf("%+v, %v", training, err)
	}
	run((&tasksList{place: at, Limit: 10}).Run(t.Context()))
	run((&tasksRules{at}).Run(t.Context()))
	run((&tasksCancel{place: at, Kind: "train", Key: "run_nothing"}).Run(t.Context()))
	if err := (&tasksReplay{place: at, IDs: []int64{1, 999}}).Run(t.Context()); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("a done task was replayed: %v", err)
	}
	if err := (&tasksPause{ruleOf{place: at, Kind: "train", Class: "long"}}).Run(t.Context()); rumbo.CodeOf(err) != rumbo.Invalid {
		t.Errorf("both kind and class: %v", err)
	}
}
