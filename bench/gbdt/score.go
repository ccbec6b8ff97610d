package main

import (
	"math"
	"time"

	"github.com/logistica-inteligente/rumbo/gbdt"
)

// scores compare predicted with driven seconds.
type scores struct {
	rmse, mae, rmsle float64
	pinball          float64 // at the model's quantile, 0.5 for a mean
	below            float64 // share of trips at or below the prediction
}

func score(model *gbdt.Model, m *matrix) scores {
	out := make([]float64, len(m.target))
	model.PredictBatch(out, m.rows)
	alpha := model.Alpha()
	if model.Objective() != gbdt.Quantile {
		alpha = 0.5
	}
	var s scores
	for i, y := range m.target {
		e, logs := y-out[i], math.Log1p(y)-math.Log1p(out[i])
		s.rmse += e * e
		s.mae += math.Abs(e)
		s.rmsle += logs * logs
		s.pinball += math.Max(alpha*e, (alpha-1)*e)
		if e <= 0 {
			s.below++
		}
	}
	n := float64(len(out))
	return scores{math.Sqrt(s.rmse / n), s.mae / n, math.Sqrt(s.rmsle / n), s.pinball / n, s.below / n}
}

// latency is rows a second in batches of 20,000 and microseconds a single row, the best of reps.
func latency(model *gbdt.Model, m *matrix, reps int) (batch, single float64) {
	width := len(m.features)
	n := min(20_000, len(m.target))
	out := make([]float64, n)
	for range reps {
		begin := time.Now()
		model.PredictBatch(out, m.rows[:n*width])
		batch = max(batch, float64(n)/time.Since(begin).Seconds())
	}
	best := math.Inf(1)
	for range reps {
		begin := time.Now()
		for i := range 1000 {
			i %= n
			model.Predict(m.rows[i*width : (i+1)*width])
		}
		best = min(best, time.Since(begin).Seconds()*1e3)
	}
	return batch, best
}
