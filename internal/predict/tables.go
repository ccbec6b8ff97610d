package predict

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Unreachable in a table says that there is no way.
const Unreachable = math.MaxInt32

// RoadTable is the map's own table over places: whole seconds before calibration
// and whole meters, row-major [from*n+to], Unreachable where there is no way.
type RoadTable struct {
	Seconds, Meters []int32
}

// Tables computes a duration table in whole expected seconds for each departure,
// which ascend: out[k][from*n+to]. A place is 0 seconds from itself, what is
// unreachable stays so, and FIFO holds between consecutive tables (see the package
// comment). Cost: O(places^2 x departures x trees); about half a microsecond an entry on one core,
// shared among GOMAXPROCS.
func (p *Predictor) Tables(ctx context.Context, places []rumbo.Point, roads RoadTable, departures []time.Time) ([][]int32, error) {
	n := len(places)
	if len(roads.Seconds) != n*n || len(roads.Meters) != n*n {
		return nil, rumbo.Fault(rumbo.Internal, "predict.Tables", fmt.Sprintf("%d places, but %d and %d table entries", n, len(roads.Seconds), len(roads.Meters)), nil)
	}
	local := make([]time.Time, len(departures))
	for k, at := range departures {
		if k > 0 && !departures[k-1].Before(at) {
			return nil, rumbo.Fault(rumbo.Internal, "predict.Tables", "departures must ascend", nil)
		}
		local[k] = p.Resolver.Local(at)
	}
	ends := make([]feature.Place, n)
	for i, at := range places {
		ends[i] = p.Resolver.Place(at)
	}
	out := make([][]int32, len(departures))
	for k := range out {
		out[k] = make([]int32, n*n)
	}
	if err := p.fill(ctx, ends, roads, local, out); err != nil {
		return nil, err
	}
	enforceFIFO(out, departures)
	return out, nil
}

// fill computes the tables from a few origins at a time, on all cores; what a core
// computes does not depend on the others.
func (p *Predictor) fill(ctx context.Context, ends []feature.Place, roads RoadTable, local []time.Time, out [][]int32) error {
	n := len(ends)
	origins := max(1, 4096/max(1, n))
	work := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), (n+origins-1)/origins) {
		workers.Go(func() {
			for first := range work {
				p.fillFrom(first, min(first+origins, n), ends, roads, local, out)
			}
		})
	}
	for first := 0; first < n && ctx.Err() == nil; first += origins {
		work <- first
	}
	close(work)
	workers.Wait()
	if ctx.Err() != nil {
		return rumbo.Fault(rumbo.Canceled, "predict.Tables", "", context.Cause(ctx))
	}
	return nil
}

// fillFrom computes the rows of origins lo to hi in every table.
func (p *Predictor) fillFrom(lo, hi int, ends []feature.Place, roads RoadTable, local []time.Time, out [][]int32) {
	n := len(ends)
	facts := make([]feature.Facts, 0, (hi-lo)*n)
	entries := make([]int, 0, (hi-lo)*n)
	for at := lo * n; at < hi*n; at++ {
		from, to := at/n, at%n
		switch {
		case from == to:
		case roads.Seconds[at] == Unreachable || roads.Meters[at] == Unreachable:
			for k := range out {
				out[k][at] = Unreachable
			}
		default:
			road := feature.Road{S: float64(roads.Seconds[at]), M: float64(roads.Meters[at])}
			facts = append(facts, feature.Between(ends[from], ends[to], time.Time{}, road))
			entries = append(entries, at)
		}
	}
	means := make([]float64, len(facts)*len(local))
	p.Bundle.Means(facts, local, means)
	for k := range out {
		for i, at := range entries {
			out[k][at] = wholeSeconds(means[k*len(facts)+i])
		}
	}
}

// wholeSeconds rounds to the nearest second, below Unreachable.
func wholeSeconds(s float64) int32 {
	return int32(min(math.Round(s), Unreachable-1))
}

// enforceFIFO raises the entries of later tables that fall faster than time passes.
// One pass from the earliest on suffices, because an entry is compared with its
// earlier neighbor after that one was raised. O(entries).
func enforceFIFO(tables [][]int32, departures []time.Time) {
	for k := 1; k < len(tables); k++ {
		gap := int64(departures[k].Sub(departures[k-1]) / time.Second)
		before := tables[k-1]
		for i, d := range tables[k] {
			if d == Unreachable || before[i] == Unreachable {
				continue
			}
			if least := int64(before[i]) - gap; int64(d) < least {
				tables[k][i] = int32(least)
			}
		}
	}
}
