package train

import (
	"math"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// tally adds up the errors of answers against observed durations.
type tally struct {
	rows                    float64
	squared, absolute, logs float64
	relative                float64
	pinball                 [3]float64
	covered, below90        float64
}

// add counts one answer.
func (t *tally) add(e *model.Estimate, seconds float64) {
	miss := e.Mean - seconds
	logMiss := math.Log1p(e.Mean) - math.Log1p(seconds)
	t.rows++
	t.squared += miss * miss
	t.absolute += math.Abs(miss)
	t.logs += logMiss * logMiss
	t.relative += math.Abs(miss) / seconds
	t.pinball[0] += pinball(0.1, e.P10, seconds)
	t.pinball[1] += pinball(0.5, e.P50, seconds)
	t.pinball[2] += pinball(0.9, e.P90, seconds)
	if e.P10 <= seconds && seconds <= e.P90 {
		t.covered++
	}
	if seconds <= e.P90 {
		t.below90++
	}
}

// pinball is the loss whose expectation is least at the true quantile, in seconds.
func pinball(level, predicted, actual float64) float64 {
	if actual >= predicted {
		return level * (actual - predicted)
	}
	return (1 - level) * (predicted - actual)
}

// metrics are the tallied errors; all zero without rows.
func (t *tally) metrics() rumbo.Metrics {
	if t.rows == 0 {
		return rumbo.Metrics{}
	}
	return rumbo.Metrics{
		Rows:      int64(t.rows),
		RMSES:     math.Sqrt(t.squared / t.rows),
		MAES:      t.absolute / t.rows,
		RMSLE:     math.Sqrt(t.logs / t.rows),
		MAPE:      t.relative / t.rows,
		Pinball10: t.pinball[0] / t.rows,
		Pinball50: t.pinball[1] / t.rows,
		Pinball90: t.pinball[2] / t.rows,
		Coverage:  t.covered / t.rows,
		Below90:   t.below90 / t.rows,
	}
}
