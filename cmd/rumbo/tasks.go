package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"text/tabwriter"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
	"github.com/logistica-inteligente/rumbo/internal/task/rivertask"
)

// tasksCommand looks after background work.
type tasksCommand struct {
	List   tasksList   `cmd:"" help:"List tasks, newest first."`
	Replay tasksReplay `cmd:"" help:"Let dead, crashed or canceled tasks run again."`
	Cancel tasksCancel `cmd:"" help:"Cancel the unfinished tasks about one thing; the thing itself stays as it is."`
	Pause  tasksPause  `cmd:"" help:"Let no task of a kind, of a class, or at all, begin; what runs goes on."`
	Resume tasksResume `cmd:"" help:"Undo pause."`
	Limit  tasksLimit  `cmd:"" help:"Limit the tasks at a time over all processes."`
	Rules  tasksRules  `cmd:"" help:"List what is paused and limited."`
}

// openDesk opens the tasks of an installation; done closes them.
func (p place) openDesk(ctx context.Context) (desk task.Desk, done func() error, err error) {
	if p.Database != "" {
		db, err := postgres.Open(ctx, p.Database)
		if err != nil {
			return nil, nil, err
		}
		q, err := rivertask.OpenPostgres(ctx, db.Pool(), rivertask.Config{})
		if err != nil {
			db.Close()
			return nil, nil, err
		}
		return q, db.Close, nil
	}
	path, err := p.file()
	if err != nil {
		return nil, nil, err
	}
	db, err := sqlite.Open(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	q, err := rivertask.OpenSQLite(ctx, db.Writer(), rivertask.Config{})
	if err != nil {
		db.Close()
		return nil, nil, err
	}
	return q, db.Close, nil
}

// at calls do with the desk of the installation.
func (p place) at(ctx context.Context, do func(task.Desk) error) error {
	desk, done, err := p.openDesk(ctx)
	if err != nil {
		return err
	}
	defer done()
	return do(desk)
}

type tasksList struct {
	place
	Kind  string `help:"Only this kind: clean, train, solve, deliver."`
	State string `help:"Only this state: waiting, scheduled, running, done, dead, crashed, canceled."`
	Limit int    `default:"50" help:"So many at most."`
	JSON  bool   `name:"json" help:"One JSON object a line, with arguments and all failures."`
}

// Run prints a table, or JSON lines.
func (c *tasksList) Run(ctx context.Context) error {
	return c.at(ctx, func(desk task.Desk) error {
		items, _, err := desk.Tasks(ctx, task.Query{Kind: c.Kind, State: task.State(c.State)}, "", c.Limit)
		if err != nil {
			return err
		}
		if c.JSON {
			out := json.NewEncoder(os.Stdout)
			for _, r := range items {
				if err := out.Encode(r); err != nil {
					return err
				}
			}
			return nil
		}
		table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(table, "ID\tKIND\tKEY\tSTATE\tATTEMPT\tCRASHES\tNEXT OR END\tLAST ERROR")
		for _, r := range items {
			at, last := r.RunAt, ""
			if r.EndedAt != nil {
				at = *r.EndedAt
			}
			if n := len(r.Failures); n > 0 {
				last = r.Failures[n-1].Error
			}
			fmt.Fprintf(table, "%d\t%s\t%s\t%s\t%d/%d\t%d\t%s\t%.80s\n", r.ID, r.Kind, r.Key, r.State, r.Number, r.Max, r.Crashes, at.Format(time.RFC3339), last)
		}
		return table.Flush()
	})
}

type tasksReplay struct {
	place
	IDs  []int64 `arg:"" optional:"" name:"id" help:"Tasks, as rumbo tasks list shows them."`
	Dead string  `placeholder:"KIND" help:"All dead and crashed tasks of this kind."`
}

// Run replays; one that cannot be replayed keeps none from it.
func (c *tasksReplay) Run(ctx context.Context) error {
	return c.at(ctx, func(desk task.Desk) error {
		ids := c.IDs
		for _, state := range []task.State{task.Dead, task.Crashed} {
			for after := ""; c.Dead != ""; {
				items, next, err := desk.Tasks(ctx, task.Query{Kind: c.Dead, State: state}, after, 500)
				if err != nil {
					return err
				}
				for _, r := range items {
					ids = append(ids, r.ID)
				}
				if after = next; next == "" {
					break
				}
			}
		}
		replayed := 0
		for _, id := range ids {
			switch err := desk.Replay(ctx, id); rumbo.CodeOf(err) {
			case "":
				replayed++
			case rumbo.Conflict, rumbo.NotFound:
				fmt.Fprintln(os.Stderr, explain(err))
			default:
				return err
			}
		}
		fmt.Printf("%d of %d tasks run again\n", replayed, len(ids))
		if replayed < len(ids) {
			return rumbo.Fault(rumbo.Conflict, "rumbo", "not all of them could be replayed", nil)
		}
		return nil
	})
}

type tasksCancel struct {
	place
	Kind string `required:"" help:"Kind of task."`
	Key  string `arg:"" help:"What it is about: the ID of a batch, run, plan or delivery."`
}

// Run cancels and says how many.
func (c *tasksCancel) Run(ctx context.Context) error {
	return c.at(ctx, func(desk task.Desk) error {
		n, err := desk.Cancel(ctx, c.Kind, c.Key)
		if err != nil {
			return err
		}
		_, err = fmt.Printf("%d tasks canceled\n", n)
		return err
	})
}

// ruleOf is which tasks a rule is about.
type ruleOf struct {
	place
	Kind  string `help:"Only this kind."`
	Class string `help:"Only this class: short or long."`
}

// change reads the rule as it is, changes it and keeps it.
func (c *ruleOf) change(ctx context.Context, do func(*task.Rule)) error {
	return c.at(ctx, func(desk task.Desk) error {
		rules, err := desk.Rules(ctx)
		if err != nil {
			return err
		}
		rule := task.Rule{Kind: c.Kind, Class: task.Class(c.Class)}
		for _, r := range rules {
			if r.Kind == rule.Kind && r.Class == rule.Class {
				rule = r
			}
		}
		do(&rule)
		return desk.SetRule(ctx, rule)
	})
}

type tasksPause struct{ ruleOf }

// Run pauses.
func (c *tasksPause) Run(ctx context.Context) error {
	return c.change(ctx, func(r *task.Rule) { r.Paused = true })
}

type tasksResume struct{ ruleOf }

// Run resumes.
func (c *tasksResume) Run(ctx context.Context) error {
	return c.change(ctx, func(r *task.Rule) { r.Paused = false })
}

type tasksLimit struct {
	ruleOf
	Max int `arg:"" help:"Tasks at a time; 0 is no limit."`
}

// Run limits.
func (c *tasksLimit) Run(ctx context.Context) error {
	return c.change(ctx, func(r *task.Rule) { r.Max = c.Max })
}

type tasksRules struct{ place }

// Run prints a table.
func (c *tasksRules) Run(ctx context.Context) error {
	return c.at(ctx, func(desk task.Desk) error {
		rules, err := desk.Rules(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
		fmt.Fprintln(table, "KIND\tCLASS\tPAUSED\tAT A TIME")
		for _, r := range rules {
			fmt.Fprintf(table, "%s\t%s\t%t\t%d\n", r.Kind, r.Class, r.Paused, r.Max)
		}
		return table.Flush()
	})
}
