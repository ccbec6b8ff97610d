package train

import (
	"cmp"
	"slices"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// Bin sets what was predicted for a twentieth of the trips, those of like P50, beside
// what they took: an honest model has the two alike.
type Bin struct {
	Rows      int64           `json:"rows"`
	Predicted rumbo.Quantiles `json:"predicted"` // means of the predicted quantiles, seconds
	Actual    rumbo.Quantiles `json:"actual"`    // quantiles of the durations, seconds
}

// maxBins is the number of bins where there are enough trips.
const (
	maxBins    = 20
	leastInBin = 10
)

// binsOf sorts the answers by P50 and cuts them into bins of equal size.
func binsOf(estimates []model.Estimate, holdout samples) []Bin {
	order := make([]int, len(estimates))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(estimates[a].P50, estimates[b].P50) })
	n := max(1, min(maxBins, len(order)/leastInBin))
	var out []Bin
	for k := range n {
		part := order[k*len(order)/n : (k+1)*len(order)/n]
		if len(part) > 0 {
			out = append(out, binOf(part, estimates, holdout))
		}
	}
	return out
}

func binOf(part []int, estimates []model.Estimate, holdout samples) Bin {
	b := Bin{Rows: int64(len(part))}
	took := make([]float64, len(part))
	for k, i := range part {
		took[k] = holdout[i].seconds
		b.Predicted.P10 += estimates[i].P10 / float64(len(part))
		b.Predicted.P50 += estimates[i].P50 / float64(len(part))
		b.Predicted.P90 += estimates[i].P90 / float64(len(part))
	}
	slices.Sort(took)
	at := func(level float64) float64 { return took[int(level*float64(len(took)-1)+0.5)] }
	b.Actual = rumbo.Quantiles{P10: at(0.1), P50: at(0.5), P90: at(0.9)}
	return b
}
