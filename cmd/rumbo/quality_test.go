package main

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

// TestQuality mends a quarantine and moves the checks, over HTTP.
func TestQuality(t *testing.T) { testQuality(t, settings{Data: t.TempDir()}) }

func testQuality(t *testing.T, s settings) {
	_, c, stop := startTownAs(t, s)
	dirty := sendFile(t, c, rumbo.KindTrips, "csv", "trips-dirty.csv")
	testMending(t, c, dirty)
	stop()
	s.MaxQuarantine = 0.1
	a, c, stop := startTownAs(t, s)
	defer stop()
	testLimit(t, a, c)
	testWatermark(t, c)
}

// mended is a row of the town's dirty trips without its fault.
const mended = "%s,2026-03-09T07:03:04-03:00,2026-03-09T07:05:19-03:00,-34.897779,-62.494803,-34.897806,-62.498761,2,2,371,movil-2"

func testMending(t *testing.T, c *client.Client, dirty rumbo.Batch) {
	ctx := t.Context()
	var row rumbo.Quarantine
	for q, err := range c.Quarantine(ctx, dirty.ID, "duration_under_60s") {
		if err != nil {
			t.Fatal(err)
		}
		row = q
	}
	_, err := c.EditQuarantined(ctx, dirty.ID, row.Row, rumbo.QuarantineEdit{Raw: row.Raw})
	var fault *rumbo.Error
	if !errors.As(err, &fault) || len(fault.Fields) != 1 || fault.Fields[0].Code != rumbo.BrokenRule || fault.Fields[0].Value != "duration_under_60s" {
		t.Errorf("an edit that mends nothing: %v", err)
	}
	edit := rumbo.QuarantineEdit{Raw: fmt.Sprintf(mended, "mended-1")}
	for range 2 { // the second changes nothing
		q, err := c.EditQuarantined(ctx, dirty.ID, row.Row, edit)
		if err != nil || q.Raw != edit.Raw || q.Original != row.Raw || q.EditedAt == nil {
			t.Fatalf("%+v, %v", q, err)
		}
	}
	if b, err := c.Batch(ctx, dirty.ID); err != nil || b.Counts.Accepted != dirty.Counts.Accepted {
		t.Errorf("before the replay: %+v, %v", b.Counts, err)
	}
	for again, want := range []rumbo.ReplayResult{{Replayed: 1, Accepted: 1}, {}} {
		got, err := c.Replay(ctx, dirty.ID, rumbo.ReplayRequest{Rows: []int64{row.Row, 9999}})
		if err != nil || got.Replayed != want.Replayed || got.Accepted != want.Accepted {
			t.Errorf("replay %d: %+v, %v", again, got, err)
		}
		n := got.Batch.Counts
		if n.Accepted != dirty.Counts.Accepted+1 || n.Quarantined != dirty.Counts.Quarantined-1 || n.Rows != n.Accepted+n.Quarantined ||
			n.ByRule["duration_under_60s"] != 0 || n.Accepted != n.Added+n.Replaced+n.Unchanged {
			t.Errorf("counts %+v after %+v", n, dirty.Counts)
		}
	}
	// The rest, all at once: what nobody mended stays, the duplicate too.
	all, err := c.Replay(ctx, dirty.ID, rumbo.ReplayRequest{})
	if err != nil || all.Accepted != 0 || all.Kept != dirty.Counts.Quarantined-1 || all.Batch.Counts.ByRule["duplicate"] == 0 {
		t.Errorf("all: %+v, %v", all, err)
	}
	if _, err := c.Quarantined(ctx, dirty.ID, row.Row); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("the row is still there: %v", err)
	}
}

// testLimit lets a batch fail by its share of quarantined rows, and by a check.
func testLimit(t *testing.T, a *app, c *client.Client) {
	ctx := t.Context()
	before, err := a.store.CountRecords(ctx)
	if err != nil {
		t.Fatal(err)
	}
	send := func(rows ...string) rumbo.Batch {
		head := strings.SplitN(string(read(t, "trips.csv")), "\n", 2)[0]
		b, err := c.Ingest(ctx, rumbo.KindTrips, "csv", strings.NewReader(head+"\n"+strings.Join(rows, "\n")+"\n"), client.IngestOptions{})
		if err != nil {
			t.Fatal(err)
		}
		_, _ = c.WaitBatch(ctx, b.ID)
		if b, err = c.Batch(ctx, b.ID); err != nil {
			t.Fatal(err)
		}
		return b
	}
	good := func(id string) string { return fmt.Sprintf(mended, id) }
	short := strings.Replace(good("short"), "07:05:19", "07:03:10", 1)
	failed := send(good("a"), short, good("b"))
	if failed.State != rumbo.BatchFailed || !strings.Contains(failed.Error, "1 of 3 rows (33.3 %)") || !strings.Contains(failed.Error, "duration_under_60s 1 (rows 2)") {
		t.Errorf("%s: %s", failed.State, failed.Error)
	}
	if _, err := c.Replay(ctx, failed.ID, rumbo.ReplayRequest{}); rumbo.CodeOf(err) != rumbo.Conflict {
		t.Errorf("replay of a failed batch: %v", err)
	}
	longest := 120.0
	document := rumbo.QualityDocument{Trips: []rumbo.Check{{Name: "two_minutes", Type: rumbo.CheckRange, Severity: rumbo.SeverityFail, Field: "duration_s", Max: &longest}},
		Orders: []rumbo.Check{}, Vehicles: []rumbo.Check{}, Depots: []rumbo.Check{}}
	if _, err := c.SetQuality(ctx, document); err != nil {
		t.Fatal(err)
	}
	failed = send(good("a"), good("b"))
	if failed.State != rumbo.BatchFailed || !strings.Contains(failed.Error, "two_minutes 2 (rows 1, 2)") || failed.Quality.Checks[0].Count != 2 {
		t.Errorf("%s: %s %+v", failed.State, failed.Error, failed.Quality)
	}
	if after, err := a.store.CountRecords(ctx); err != nil || after != before {
		t.Errorf("failed batches left %+v of %+v, %v", after, before, err)
	}
	document.Trips[0].Severity = rumbo.SeverityWarn
	if got, err := c.SetQuality(ctx, document); err != nil || got.Trips[0].Severity != rumbo.SeverityWarn {
		t.Fatal(got, err)
	}
	if b := send(good("a"), good("b")); b.State != rumbo.BatchLoaded || b.Quality.Checks[0].State != rumbo.CheckBroken {
		t.Errorf("%s: %s", b.State, b.Error)
	}
}

// testWatermark sends trips older than the newest.
func testWatermark(t *testing.T, c *client.Client) {
	ctx := t.Context()
	marks, err := c.Watermarks(ctx)
	if err != nil || len(marks) != 1 || marks[0].Kind != rumbo.KindTrips {
		t.Fatalf("%+v, %v", marks, err)
	}
	b := sendFile(t, c, rumbo.KindTrips, "csv", "trips.csv")
	if q := b.Quality; q.Watermark == nil || !q.Watermark.Equal(marks[0].At) || q.LateRows == 0 || q.LateByS <= 0 || q.EventFrom == nil {
		t.Errorf("%+v", q)
	}
}
