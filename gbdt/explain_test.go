package gbdt

import (
	"math"
	"math/bits"
	"testing"
)

// raw is the model's score before the link.
func raw(m *Model, row []float64) float64 {
	score := m.base
	for _, t := range m.trees {
		score += expected(m, t, row, ^uint(0))
	}
	return score
}

// expected is the tree's value where only the features in known are known: an unknown split is the mean
// of its sides, weighted by training rows.
func expected(m *Model, t *tree, row []float64, known uint) float64 {
	var below func(child int32) (value, rows float64)
	below = func(child int32) (float64, float64) {
		if child < 0 {
			return t.leaves[^child], float64(t.cover[^child])
		}
		s := &t.splits[child]
		left, leftRows := below(s.left)
		right, rightRows := below(s.right)
		rows := leftRows + rightRows
		if known>>s.feature&1 == 0 {
			return (left*leftRows + right*rightRows) / rows, rows
		}
		if t.goesLeft(s, m.binners[s.feature].bin(row[s.feature])) {
			return left, rows
		}
		return right, rows
	}
	if len(t.splits) == 0 {
		return t.leaves[0]
	}
	v, _ := below(0)
	return v
}

// Contributions must be the Shapley values computed from the definition, over all sets of five features.
func TestExplainIsShapley(t *testing.T) {
	p := small()
	p.Trees = 4
	d := world(2000, 4)
	m := mustTrain(t, d, p)
	factorial := []float64{1, 1, 2, 6, 24, 120}
	for i := range 40 {
		row := d.Rows[i*5 : i*5+5]
		want := make([]float64, 5)
		for _, tree := range m.trees {
			for j := range 5 {
				for set := range uint(32) {
					if set>>j&1 == 1 {
						continue
					}
					n := bits.OnesCount(set)
					weight := factorial[n] * factorial[4-n] / factorial[5]
					want[j] += weight * (expected(m, tree, row, set|1<<j) - expected(m, tree, row, set))
				}
			}
		}
		got := make([]float64, 5)
		base := m.Explain(got, row)
		sum := base
		for j := range got {
			sum += got[j]
			if math.Abs(got[j]-want[j]) > 1e-6*(1+math.Abs(want[j])) {
				t.Fatalf("row %d feature %d: %v, want %v", i, j, got[j], want[j])
			}
		}
		if score := raw(m, row); math.Abs(sum-score) > 1e-6*math.Abs(score) {
			t.Fatalf("row %d: contributions make %v of %v", i, sum, score)
		}
	}
}

func TestExplainAddsUp(t *testing.T) {
	d := world(3000, 4)
	for name, m := range models(t) {
		got := make([]float64, 5)
		for i := range 100 {
			row := d.Rows[i*5 : i*5+5]
			sum := m.Explain(got, row)
			for _, x := range got {
				sum += x
			}
			if score := raw(m, row); math.Abs(sum-score) > 1e-6*math.Abs(score) {
				t.Fatalf("%s row %d: contributions make %v of %v", name, i, sum, score)
			}
		}
	}
}
