package flow

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/quality"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// inspection holds the rows of a batch against the installation's checks while they
// pass from stage 2 to stage 3.
type inspection struct {
	run       *quality.Run
	unknown   map[string]int64
	ambiguous int64
}

// inspect prepares the checks of a batch as they are declared now.
func (l *Learn) inspect(ctx context.Context, batch rumbo.Batch) (*inspection, error) {
	document, err := l.Quality(ctx)
	if err != nil {
		return nil, err
	}
	mark, err := watermark(ctx, l.Store, batch.Kind)
	if err != nil {
		return nil, err
	}
	known, err := l.references(ctx, document.Of(batch.Kind))
	if err != nil {
		return nil, err
	}
	return &inspection{run: quality.NewRun(document, batch, known, mark.At), unknown: map[string]int64{}}, nil
}

// rows are stage 2's results after the checks.
func (i *inspection) rows(payload io.Reader, batch rumbo.Batch, zones etl.Zones) func(yield func(etl.Result, error) bool) {
	return func(yield func(etl.Result, error) bool) {
		for row, err := range etl.CleanWith(payload, batch, etl.Options{Zones: zones, Unknown: i.unknown}) {
			if err == nil {
				row = i.judge(row)
			}
			if !yield(row, err) {
				return
			}
		}
	}
}

// judge keeps a record out when a check says so.
func (i *inspection) judge(row etl.Result) etl.Result {
	if row.Note != "" {
		i.ambiguous++
	}
	if row.Rejected != nil {
		i.run.Rejected(row.Rejected)
		return row
	}
	if rule, reason := i.run.Row(row.Row, recordOf(row)); rule != "" {
		return row.Reject(rule, reason)
	}
	return row
}

func recordOf(row etl.Result) any {
	switch {
	case row.Trip != nil:
		return row.Trip
	case row.Order != nil:
		return row.Order
	case row.Vehicle != nil:
		return row.Vehicle
	case row.Event != nil:
		return row.Event
	}
	return row.Depot
}

// verdict is what is kept with the batch, and why it fails, "" when it does not.
func (i *inspection) verdict(ctx context.Context, l *Learn, batch rumbo.Batch, counts rumbo.BatchCounts) (q rumbo.BatchQuality, failure string, err error) {
	var before []rumbo.Batch
	if n := i.run.Trailing(); n > 0 {
		page, err := l.Store.Batches(ctx, store.BatchQuery{Kind: batch.Kind, State: rumbo.BatchLoaded}, batch.ID, n)
		if err != nil {
			return q, "", err
		}
		before = page.Items
	}
	q, broken := i.run.Finish(counts.Rows, before)
	q.AmbiguousTimes = i.ambiguous
	if len(i.unknown) > 0 {
		q.UnknownColumns = i.unknown
	}
	switch {
	case float64(counts.Quarantined) > l.MaxQuarantine*float64(counts.Rows):
		failure = fmt.Sprintf("%d of %d rows (%.3g %%) were quarantined, more than the %.3g %% allowed: %s; nothing was loaded",
			counts.Quarantined, counts.Rows, 100*float64(counts.Quarantined)/float64(counts.Rows), 100*l.MaxQuarantine, named(keepers(q.Checks)))
	case len(broken) > 0:
		failure = "checks of severity fail were broken: " + named(broken) + "; nothing was loaded"
	}
	return q, failure, nil
}

// keepers are the checks that kept rows out, the most rows first.
func keepers(all []rumbo.CheckResult) (out []rumbo.CheckResult) {
	for _, c := range all {
		if c.Severity == rumbo.SeverityQuarantine && c.Count > 0 {
			out = append(out, c)
		}
	}
	slices.SortStableFunc(out, func(a, b rumbo.CheckResult) int { return int(b.Count - a.Count) })
	return out
}

// named says in a line which checks and rows.
func named(checks []rumbo.CheckResult) string {
	parts := make([]string, len(checks))
	for i, c := range checks {
		parts[i] = c.Name
		if c.Measured != nil {
			parts[i] += fmt.Sprintf(" (%.4g, expected: %s)", *c.Measured, c.Expected)
			continue
		}
		rows := make([]string, len(c.Examples))
		for j, e := range c.Examples {
			rows[j] = strconv.FormatInt(e.Row, 10)
		}
		more := ""
		if int64(len(rows)) < c.Count {
			more = ", …"
		}
		parts[i] += fmt.Sprintf(" %d (rows %s%s)", c.Count, strings.Join(rows, ", "), more)
	}
	return strings.Join(parts, "; ")
}

// Quality is the document of checks: the installation's own, or the defaults.
func (l *Learn) Quality(ctx context.Context) (rumbo.QualityDocument, error) {
	return store.Document(ctx, l.Store, store.SettingQuality, quality.Defaults())
}

// SetQuality replaces the document; batches cleaned from now on are held against it.
// Invalid with every fault of the document.
func (l *Learn) SetQuality(ctx context.Context, document rumbo.QualityDocument) error {
	if err := rumbo.InvalidFields("flow.SetQuality", quality.Validate(document)); err != nil {
		return err
	}
	return l.Store.InTx(ctx, func(tx store.Tx) error { return store.SetDocument(ctx, tx, store.SettingQuality, document) })
}

// references knows zones, depots and vehicles; the last two as they are stored now.
func (l *Learn) references(ctx context.Context, checks []rumbo.Check) (quality.Known, error) {
	known := map[string]map[string]bool{rumbo.KindDepots: {}, rumbo.KindVehicles: {}}
	if slices.ContainsFunc(checks, func(c rumbo.Check) bool { return known[c.To] != nil }) {
		vehicles, depots, err := l.Store.Fleet(ctx)
		if err != nil {
			return nil, err
		}
		for _, v := range vehicles {
			known[rumbo.KindVehicles][v.ID] = true
		}
		for _, d := range depots {
			known[rumbo.KindDepots][d.ID] = true
		}
	}
	return func(target, value string) bool {
		if target != "zones" {
			return known[target][value]
		}
		id, err := strconv.ParseInt(value, 10, 32)
		return err == nil && l.Zones != nil && l.Zones.Known(int32(id))
	}, nil
}

// watermark is how far the data of a kind has come; zero when none was loaded.
func watermark(ctx context.Context, r store.Reader, kind string) (rumbo.Watermark, error) {
	return store.Document(ctx, r, store.SettingWatermark+kind, rumbo.Watermark{Kind: kind})
}

// Watermarks are those of all kinds that have one.
func (l *Learn) Watermarks(ctx context.Context) ([]rumbo.Watermark, error) {
	var out []rumbo.Watermark
	for _, kind := range []string{rumbo.KindTrips, rumbo.KindOrders, rumbo.KindVehicles, rumbo.KindEvents} {
		mark, err := watermark(ctx, l.Store, kind)
		if err != nil {
			return nil, err
		}
		if !mark.At.IsZero() {
			out = append(out, mark)
		}
	}
	return out, nil
}

// advance moves the watermark of a kind to the newest event of a batch that is being
// loaded; it never goes back.
func advance(ctx context.Context, tx store.Tx, batch rumbo.Batch, until *time.Time) error {
	if until == nil {
		return nil
	}
	mark, err := watermark(ctx, tx, batch.Kind)
	if err != nil || !until.After(mark.At) {
		return err
	}
	return store.SetDocument(ctx, tx, store.SettingWatermark+batch.Kind, rumbo.Watermark{Kind: batch.Kind, At: *until, BatchID: batch.ID})
}
