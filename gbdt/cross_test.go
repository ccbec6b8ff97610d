package gbdt

import (
	"math/rand/v2"
	"slices"
	"testing"
)

// Rows crossed with variants are predicted as rows that hold the variants' values, to the bit,
// whatever the features that vary, the sizes and the trees.
func TestCrossAgrees(t *testing.T) {
	d := world(6000, 12)
	random := rand.New(rand.NewPCG(4, 4))
	for _, c := range []struct {
		leaves, rows, variants int
		columns                []int
	}{
		{31, 300, 10, []int{1}},
		{64, 2500, 3, []int{1, 2}}, // more rows than a batch
		{65, 100, 70, []int{3, 0}}, // more variants than are met at a time, larger trees than a mask
		{31, 5, 2, []int{0, 1, 2, 3, 4}},
		{31, 7, 3, []int{4}}, // perhaps no split asks for it
		{31, 7, 3, nil},
		{2, 1, 1, []int{0}},
		{31, 0, 4, []int{1}},
		{31, 4, 0, []int{1}},
	} {
		p := small()
		p.Leaves, p.MinLeafRows, p.Trees = c.leaves, 2, 21
		m := mustTrain(t, d, p)
		rows := slices.Clone(d.Rows[:c.rows*5])
		got, want := make([]float64, c.rows*c.variants), make([]float64, 0, c.rows*c.variants)
		variants := make([][]float64, c.variants)
		for k := range variants {
			like := d.Rows[random.IntN(6000)*5:]
			for _, j := range c.columns {
				variants[k] = append(variants[k], like[j])
			}
		}
		cross := NewCross(m, c.columns)
		cross.Predict(got, rows, variants)
		for _, values := range variants {
			for i := range c.rows {
				for n, j := range c.columns {
					rows[i*5+j] = values[n]
				}
			}
			batch := make([]float64, c.rows)
			m.PredictBatch(batch, rows)
			want = append(want, batch...)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%+v: differs", c)
		}
		if len(c.columns) == 1 && c.leaves == 31 && c.rows > 0 {
			cross.t.covered-- // as if there were too many trees for tables
			clear(got)
			cross.Predict(got, d.Rows[:c.rows*5], variants)
			if !slices.Equal(got, want) {
				t.Errorf("%+v: differs without tables", c)
			}
		}
	}
}
