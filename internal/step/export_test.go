package step

import "context"

// Show writes what the run is at, as a pulse does.
func (r *Run) Show(ctx context.Context) { r.beat(ctx, false) }
