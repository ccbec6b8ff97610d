package train

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"iter"
	"slices"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Roads is the map, as training needs it.
type Roads interface {
	// RoadTimes answers every pair, in order. Pairs come sorted by From, so that
	// one search can serve all pairs of an origin. A pair without a way, or with an
	// end far from any road, gets feature.NoRoad.
	RoadTimes(ctx context.Context, pairs []feature.Pair) ([]feature.Road, error)
}

// Source is where training and evaluation take their trips from.
type Source struct {
	Trips    iter.Seq2[rumbo.Trip, error]
	Resolver *feature.Resolver
	// Roads may be nil for the sets A and B.
	Roads Roads
}

// sample is one trip, ready to compute features from.
type sample struct {
	facts   feature.Facts
	seconds float64
	id      string
	batch   string
}

// samples are trips in order of departure, then ID.
type samples []sample

// gather reads, resolves and sorts the trips within [from, until) (zero times mean
// no bound) and, for sets that need it, asks the map. Trips whose ends cannot be
// placed, or that took no time, are counted and left out.
func gather(ctx context.Context, src Source, set feature.Set, from, until time.Time, progress func(step string, done float64)) (all samples, passed int, err error) {
	for trip, err := range src.Trips {
		if err != nil {
			return nil, 0, err
		}
		if len(all)&1023 == 0 && ctx.Err() != nil {
			return nil, 0, canceled(ctx)
		}
		if trip.PickupAt.Before(from) || !until.IsZero() && !trip.PickupAt.Before(until) {
			continue
		}
		facts, ok := src.Resolver.Trip(&trip)
		if s := trip.DurationS(); ok && s > 0 {
			all = append(all, sample{facts, s, trip.ID, trip.BatchID})
		} else {
			passed++
		}
	}
	slices.SortStableFunc(all, func(a, b sample) int {
		return cmp.Or(a.facts.At.Compare(b.facts.At), cmp.Compare(a.id, b.id))
	})
	progress("trips read", 0.02)
	if set.NeedsRoad() {
		err = all.askRoads(ctx, src.Roads, progress)
	}
	return all, passed, err
}

// roadBatch is about how many pairs are asked at once: enough for one origin's
// search to be shared, few enough for progress to move.
const roadBatch = 1 << 14

// askRoads fills in road time and distance, asking once for each distinct pair.
func (s samples) askRoads(ctx context.Context, roads Roads, progress func(string, float64)) error {
	if roads == nil {
		return rumbo.Fault(rumbo.NoRoads, "train", "feature set R needs a map", nil)
	}
	answers := make(map[feature.Pair]feature.Road)
	for i := range s {
		if !s[i].facts.Blurred {
			answers[s[i].facts.Pair()] = feature.NoRoad()
		}
	}
	pairs := make([]feature.Pair, 0, len(answers))
	for p := range answers {
		pairs = append(pairs, p)
	}
	slices.SortFunc(pairs, comparePairs)
	for asked := 0; asked < len(pairs); {
		batch := pairs[asked:min(asked+roadBatch, len(pairs))]
		got, err := roads.RoadTimes(ctx, batch)
		if err != nil {
			return err
		}
		if len(got) != len(batch) {
			return rumbo.Fault(rumbo.Internal, "train", fmt.Sprintf("the map answered %d of %d pairs", len(got), len(batch)), nil)
		}
		for i, p := range batch {
			answers[p] = got[i]
		}
		asked += len(batch)
		progress("map asked", 0.02+0.08*float64(asked)/float64(len(pairs)))
	}
	for i := range s {
		if !s[i].facts.Blurred {
			s[i].facts.SetRoad(answers[s[i].facts.Pair()])
		}
	}
	return nil
}

func comparePairs(a, b feature.Pair) int {
	return cmp.Or(cmp.Compare(a.From.Lat, b.From.Lat), cmp.Compare(a.From.Lon, b.From.Lon),
		cmp.Compare(a.To.Lat, b.To.Lat), cmp.Compare(a.To.Lon, b.To.Lon))
}

// rows computes the feature rows of the samples, row-major.
func (s samples) rows(r *feature.Rows) []float64 {
	out := make([]float64, len(s)*r.Width())
	for i := range s {
		r.Fill(out[i*r.Width():], &s[i].facts)
	}
	return out
}

// columns are the values of every feature of the set by name, and the durations as
// "duration_s".
func (s samples) columns(set feature.Set) map[string][]float64 {
	rows, out := s.rows(feature.NewRows(set)), map[string][]float64{"duration_s": make([]float64, len(s))}
	features := set.Features()
	for j, f := range features {
		values := make([]float64, len(s))
		for i := range s {
			values[i] = rows[i*len(features)+j]
		}
		out[f.Name] = values
	}
	for i := range s {
		out["duration_s"][i] = s[i].seconds
	}
	return out
}

// facts lists the samples' facts.
func (s samples) facts() []feature.Facts {
	out := make([]feature.Facts, len(s))
	for i := range s {
		out[i] = s[i].facts
	}
	return out
}

// batches lists the batches that the samples came in.
func (s samples) batches() []string {
	seen := map[string]bool{}
	out := []string{}
	for i := range s {
		if b := s[i].batch; b != "" && !seen[b] {
			seen[b] = true
			out = append(out, b)
		}
	}
	slices.Sort(out)
	return out
}

// checksum is the SHA-256 of the samples in order: what was learned from.
func (s samples) checksum() string {
	sum := sha256.New()
	for i := range s {
		s[i].digest(sum)
	}
	return hex.EncodeToString(sum.Sum(nil))
}

func (s *sample) digest(sum hash.Hash) {
	f := &s.facts
	fmt.Fprintf(sum, "%q %s %v %v %d %d %v %v %v\n", s.id, f.At.UTC().Format(time.RFC3339Nano), f.From, f.To,
		f.FromZone, f.ToZone, f.Blurred, f.MeteredM, s.seconds)
}

func canceled(ctx context.Context) error {
	return rumbo.Fault(rumbo.Canceled, "train", "", context.Cause(ctx))
}
