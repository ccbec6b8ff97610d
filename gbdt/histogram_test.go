package gbdt

import (
	"math/rand/v2"
	"testing"
)

// A parent's histogram is exactly the sum of its children's, for any split of any rows, with and
// without curvature, and every column of a histogram sums to the same total.
func TestChildrenSumToParent(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for trial := range 40 {
		d := world(100+r.IntN(3000), uint64(trial))
		if trial%2 == 1 {
			d.Weight = make([]float64, len(d.Target))
			for i := range d.Weight {
				d.Weight[i] = r.Float64()
			}
		}
		p := small()
		g, err := newTrainer(mustDataset(t, d), p)
		if err != nil {
			t.Fatal(err)
		}
		g.slopes()
		g.draw(0)
		all := g.rows
		mid := g.partition(all, g.spare, g.ds.columns[trial%5], sidesOf(r))
		parent, left, right := g.take(), g.take(), g.take()
		g.fill(parent, all)
		g.fill(left, all[:mid])
		g.fill(right, all[mid:])
		total := sumHistogram(parent, g.ds.stride)
		if g.ints.count(total) != len(all) {
			t.Fatalf("%d rows counted of %d", g.ints.count(total), len(all))
		}
		for j := range parent {
			sum := int64(0)
			for b := range parent[j] {
				if parent[j][b] != left[j][b]+right[j][b] {
					t.Fatalf("trial %d column %d bin %d: %d is not %d + %d", trial, j, b, parent[j][b], left[j][b], right[j][b])
				}
				sum += parent[j][b]
			}
			if want := []int64{total.word, total.curve}[b2i(j >= g.ds.stride)]; sum != want {
				t.Fatalf("column %d sums to %d, want %d", j, sum, want)
			}
		}
		for j := range parent {
			subtract(&parent[j], &left[j])
			if parent[j] != right[j] {
				t.Fatalf("column %d: parent less left is not right", j)
			}
		}
	}
}

func sidesOf(r *rand.Rand) *[histBins]uint8 {
	var s [histBins]uint8
	for b := range s {
		s[b] = uint8(r.IntN(2))
	}
	return &s
}

// The packed sums must equal sums made one by one, whatever the signs.
func TestPackedSums(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		n := 1 + r.IntN(5000)
		q := newIntegers(n, false)
		g := make([]float64, n)
		for i := range g {
			g[i] = (r.Float64() - 0.7) * 1e3
		}
		q.set(g, nil, newCrew(1))
		var sum stats
		exact, float := int64(0), 0.0
		for i := range g {
			sum.word += int64(q.slope[i])<<q.shift + 1
			exact += int64(q.slope[i])
			float += g[i]
		}
		if q.count(sum) != n || q.gradient(sum) != exact {
			t.Fatalf("unpacked %d rows, gradient %d; want %d, %d", q.count(sum), q.gradient(sum), n, exact)
		}
		if got := float64(exact) * q.slopeUnit; got-float > 1e-3 || float-got > 1e-3 {
			t.Fatalf("gradient %v, want %v", got, float)
		}
	}
}

// Every width of table takes another mix of kernels; all must agree with counting by hand.
func TestKernelsOfAllWidths(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for stride := 4; stride <= 64; stride += 4 {
		const n = 200
		bins, values, rows := make([]uint8, n*stride), make([]int32, n), []int32{}
		table := newRowBins(n, stride)
		for i := range bins {
			bins[i] = uint8(r.IntN(histBins))
			table.set(i/stride, i%stride, bins[i])
		}
		for i := range values {
			values[i] = int32(r.IntN(2000) - 1000)
			if r.IntN(2) == 0 {
				rows = append(rows, int32(i))
			}
		}
		got, want := make([]columnHist, stride), make([]columnHist, stride)
		table.addRows(got, rows, values, 8, 1)
		for _, row := range rows {
			for j := range stride {
				want[j][bins[int(row)*stride+j]] += int64(values[row])<<8 + 1
			}
		}
		for j := range got {
			if got[j] != want[j] {
				t.Fatalf("stride %d column %d differs", stride, j)
			}
		}
	}
}
