package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

// runsCommand looks after runs, over the API of a server that is up.
type runsCommand struct {
	Flows  runsFlows  `cmd:"" help:"List flows with what starts them and how their runs stand."`
	Start  runsStart  `cmd:"" help:"Start a run of a flow."`
	List   runsList   `cmd:"" help:"List runs, newest first."`
	Show   runsShow   `cmd:"" help:"Show a run with its steps as a timeline."`
	Logs   runsLogs   `cmd:"" help:"Print what a run wrote; --follow prints on until it ends."`
	Cancel runsCancel `cmd:"" help:"End a run and what it works on."`
	Rerun  runsRerun  `cmd:"" help:"Repeat a run that has ended, whole or from a step on."`
}

// apiServer is where the API is.
type apiServer struct {
	URL  string `name:"url" default:"http://127.0.0.1:8080" env:"RUMBO_URL" help:"Address of the server."`
	Key  string `required:"" env:"RUMBO_KEY" help:"API key (rumbo keys create)."`
	JSON bool   `name:"json" help:"JSON as the API answers it, one value a line."`
}

// with calls do with a client of the server.
func (s apiServer) with(do func(c *client.Client) error) error {
	c, err := client.New(s.URL, s.Key)
	if err != nil {
		return err
	}
	return do(c)
}

// print prints a value as JSON, or by text.
func (s apiServer) print(v any, text func(w io.Writer)) error {
	if s.JSON {
		return json.NewEncoder(os.Stdout).Encode(v)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	text(table)
	return table.Flush()
}

type runsFlows struct{ apiServer }

// Run prints a table.
func (c *runsFlows) Run(ctx context.Context) error {
	return c.with(func(api *client.Client) error {
		flows, err := api.Flows(ctx)
		if err != nil {
			return err
		}
		return c.print(flows, func(w io.Writer) {
			fmt.Fprintln(w, "FLOW\tSTARTED BY\tQUEUED\tRUNNING\tDONE\tFAILED\tCRASHED\tCANCELED\tLAST")
			for _, f := range flows {
				last := "-"
				if len(f.LastRuns) > 0 {
					last = f.LastRuns[0].ID
				}
				n := f.Runs
				fmt.Fprintf(w, "%s\t%s\t%d\t%d\t%d\t%d\t%d\t%d\t%s\n", f.Name, f.StartedBy, n[rumbo.RunQueued], n[rumbo.RunRunning], n[rumbo.RunDone],
					n[rumbo.RunFailed], n[rumbo.RunCrashed], n[rumbo.RunCanceled], last)
			}
		})
	})
}

type runsStart struct {
	apiServer
	Flow     string  `arg:"" enum:"${startable_flows}" help:"${enum}."`
	Features string  `help:"train, recalibrate: feature set of the model, R (the default) or B."`
	Trees    int     `help:"train: trees of a model; found out when absent."`
	Leaves   int     `help:"train: leaves of a tree; found out when absent."`
	Share    float64 `name:"test-share" help:"train: latest share of the trips that is held out."`
	Seed     int64   `help:"train: of what is drawn."`
	Days     int     `help:"recalibrate: how many days of trips, up to the newest; 28 when absent."`
	DryRun   bool    `help:"retention: only count what would be removed."`
	Verify   string  `help:"backup: read every part again (read), or restore it into a scratch place (restore)."`
}

// Run prints the ID of the run alone, so that a script can take it.
func (c *runsStart) Run(ctx context.Context) error {
	return c.with(func(api *client.Client) error {
		run, err := api.StartRun(ctx, c.Flow, rumbo.RunParameters{Days: c.Days, DryRun: c.DryRun, Verify: c.Verify,
			TrainRequest: rumbo.TrainRequest{Features: c.Features, TestShare: c.Share, Trees: c.Trees, Leaves: c.Leaves, Seed: c.Seed}})
		if err != nil {
			return err
		}
		return c.print(run, func(w io.Writer) { fmt.Fprintln(w, run.ID) })
	})
}

type runsList struct {
	apiServer
	Flow    string    `help:"Only this flow: ${flows}."`
	State   string    `help:"Only this state: queued, running, done, failed, crashed, canceled."`
	Subject string    `help:"Only runs on this batch, plan or delivery."`
	From    time.Time `help:"Only runs asked for at or after this time (RFC 3339)."`
	Until   time.Time `help:"Only runs asked for before this time."`
	Limit   int       `default:"50" help:"So many at most."`
}

// Run prints a table, or JSON lines.
func (c *runsList) Run(ctx context.Context) error {
	return c.with(func(api *client.Client) error {
		var runs []rumbo.Run
		for run, err := range api.Runs(ctx, client.RunQuery{Flow: c.Flow, State: c.State, Subject: c.Subject, From: c.From, Until: c.Until}) {
			if err != nil {
				return err
			}
			if runs = append(runs, run); len(runs) >= c.Limit {
				break
			}
		}
		return c.print(runs, func(w io.Writer) {
			fmt.Fprintln(w, "RUN\tFLOW\tSTATE\tDONE\tCREATED\tTOOK\tSUBJECT\tERROR")
			for _, r := range runs {
				fmt.Fprintf(w, "%s\t%s\t%s\t%.0f %%\t%s\t%s\t%s\t%s\n", r.ID, r.Flow, r.State, 100*r.Progress, r.CreatedAt.Format(time.RFC3339), took(r.StartedAt, r.FinishedAt), r.Subject, oneLine(r.Error))
			}
		})
	})
}

type runsShow struct {
	apiServer
	ID string `arg:"" help:"ID of the run."`
}

// Run prints the run and a bar for each step.
func (c *runsShow) Run(ctx context.Context) error {
	return c.with(func(api *client.Client) error {
		run, err := api.RunDetail(ctx, c.ID)
		if err != nil {
			return err
		}
		return c.print(run, func(w io.Writer) { showRun(w, run) })
	})
}

func showRun(w io.Writer, run client.RunDetail) {
	fmt.Fprintf(w, "%s  %s  %s  %s %s\n", run.ID, run.Flow, run.State, run.Subject, oneLine(run.Error))
	fmt.Fprintln(w, "STEP\tSTATE\tTRY\tTOOK\tIN\tOUT\tWHEN\tERROR")
	for _, s := range run.Steps {
		fmt.Fprintf(w, "%s\t%s\t%d\t%s\t%d\t%d\t|%s|\t%s\n", s.Name, s.State, s.Attempt, took(s.StartedAt, s.FinishedAt), s.RowsIn, s.RowsOut, bar(run, s), oneLine(s.Error))
	}
	for _, s := range run.Steps {
		for _, a := range s.Artifacts {
			fmt.Fprintf(w, "\n%s of %s:\n%s%s%s\n", a.Name, s.Name, a.Markdown, a.Data, a.BlobKey)
		}
	}
}

// barWidth is how many characters stand for the whole run.
const barWidth = 40

// bar is a step's part of the run's time.
func bar(run client.RunDetail, s rumbo.Step) string {
	if run.StartedAt == nil || s.StartedAt == nil {
		return strings.Repeat(" ", barWidth)
	}
	last := *s.StartedAt
	for _, other := range run.Steps {
		if other.FinishedAt != nil && other.FinishedAt.After(last) {
			last = *other.FinishedAt
		}
	}
	end := last
	if s.FinishedAt != nil {
		end = *s.FinishedAt
	}
	whole := max(last.Sub(*run.StartedAt), time.Millisecond)
	place := func(t time.Time) int {
		return min(max(int(barWidth*t.Sub(*run.StartedAt)/whole), 0), barWidth)
	}
	from := min(place(*s.StartedAt), barWidth-1)
	until := max(place(end), from+1)
	return strings.Repeat(" ", from) + strings.Repeat("=", until-from) + strings.Repeat(" ", barWidth-until)
}

type runsLogs struct {
	apiServer
	ID     string `arg:"" help:"ID of the run."`
	Step   string `help:"Only lines of this step."`
	Follow bool   `short:"f" help:"Print on until the run has ended."`
}

// Run prints one line a line.
func (c *runsLogs) Run(ctx context.Context) error {
	line := func(l rumbo.LogLine) error {
		if c.Step != "" && l.Step != c.Step {
			return nil
		}
		if c.JSON {
			return json.NewEncoder(os.Stdout).Encode(l)
		}
		_, err := fmt.Printf("%s %-5s %s: %s\n", l.At.Format(time.RFC3339), l.Level, l.Step, oneLine(l.Text))
		return err
	}
	return c.with(func(api *client.Client) error {
		if !c.Follow {
			for l, err := range api.RunLog(ctx, c.ID, c.Step) {
				if err != nil {
					return err
				}
				if err := line(l); err != nil {
					return err
				}
			}
			return nil
		}
		for e, err := range api.WatchRun(ctx, c.ID) {
			if err != nil {
				return err
			}
			if e.Line != nil {
				if err := line(*e.Line); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

type runsCancel struct {
	apiServer
	ID     string `arg:"" help:"ID of the run."`
	Reason string `help:"Kept with the run."`
}

// Run prints the state of the run.
func (c *runsCancel) Run(ctx context.Context) error {
	return c.with(func(api *client.Client) error {
		run, err := api.CancelRun(ctx, c.ID, c.Reason)
		if err != nil {
			return err
		}
		return c.print(run, func(w io.Writer) { fmt.Fprintln(w, run.ID, run.State) })
	})
}

type runsRerun struct {
	apiServer
	ID   string `arg:"" help:"ID of the run."`
	From string `help:"Step to begin with; what the steps before it left is taken over."`
}

// Run prints the ID of the new run alone, so that a script can take it.
func (c *runsRerun) Run(ctx context.Context) error {
	return c.with(func(api *client.Client) error {
		run, err := api.Rerun(ctx, c.ID, c.From)
		if err != nil {
			return err
		}
		return c.print(run, func(w io.Writer) { fmt.Fprintln(w, run.ID) })
	})
}

// took is how long something took, or has taken when it has not ended.
func took(from, until *time.Time) string {
	if from == nil || until == nil {
		return "-"
	}
	return until.Sub(*from).Round(time.Millisecond).String()
}

// oneLine keeps a text on its line of a table.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
