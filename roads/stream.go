package roads

import "context"

// streamCells is about how many cells [Stream] holds at a time: 16 million, 128
// MiB of durations and distances.
const streamCells = 1 << 24

// Stream computes a table too large to hold and hands it on row by row, in the
// order of the sources, with any [Tabler]. The two slices are valid only during
// the call of row; an error of row ends the work and is returned. MaxCells of the
// options bounds what is held at a time, not the whole. Errors are otherwise those
// of the Tabler.
func Stream(ctx context.Context, t Tabler, sources, targets []Location, opts TableOptions,
	row func(i int, duration, distance []int32) error) error {
	step := blockRows(len(targets), opts.MaxCells)
	progress := opts.Progress
	for from := 0; from < len(sources); from += step {
		if progress != nil {
			opts.Progress = func(done, _ int) { progress(from+done, len(sources)) }
		}
		block, err := t.Table(ctx, sources[from:min(from+step, len(sources))], targets, opts)
		if err != nil {
			return err
		}
		for i := range block.Rows {
			cells := block.Duration[i*block.Cols : (i+1)*block.Cols]
			if err := row(from+i, cells, block.Distance[i*block.Cols:(i+1)*block.Cols]); err != nil {
				return err
			}
		}
	}
	return nil
}

// blockRows is how many rows to compute at a time: whole batches of the engines
// where that fits.
func blockRows(cols, maxCells int) int {
	limit := streamCells
	if maxCells > 0 {
		limit = min(limit, maxCells)
	}
	rows := max(1, limit/max(1, cols))
	if rows > 16 {
		rows -= rows % 16
	}
	return rows
}
