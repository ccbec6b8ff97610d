package gbdt

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"testing"
)

func TestCutsPartTheValues(t *testing.T) {
	inf := math.Inf(1)
	next := math.Nextafter(1, 2)
	for name, c := range map[string]struct {
		sorted []float64
		max    int
		bins   []int // expected bin of each distinct value; nil where only order is checked
	}{
		"constant":  {[]float64{4, 4, 4}, 255, []int{0}},
		"none":      {nil, 255, nil},
		"few":       {[]float64{1, 1, 2, 3}, 255, []int{0, 1, 2}},
		"neighbors": {[]float64{1, next}, 255, []int{0, 1}},
		"infinite":  {[]float64{-inf, 0, inf}, 255, []int{0, 1, 2}},
		"ends":      {[]float64{-inf, inf}, 255, []int{0, 1}},
		"huge":      {[]float64{-math.MaxFloat64, math.MaxFloat64}, 255, []int{0, 1}},
		"heavy":     {[]float64{1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 5, 6}, 4, nil},
	} {
		b := numericBinner(placeCuts(c.sorted, c.max))
		if b.bins() > c.max || !sort.Float64sAreSorted(b.values) {
			t.Errorf("%s: cuts %v", name, b.values)
		}
		for k, x := range slices.Compact(slices.Clone(c.sorted)) {
			if c.bins != nil && int(b.bin(x)) != c.bins[k] {
				t.Errorf("%s: %v in bin %d, want %d (cuts %v)", name, x, b.bin(x), c.bins[k], b.values)
			}
		}
	}
	heavy := numericBinner(placeCuts([]float64{1, 2, 3, 3, 3, 3, 3, 3, 3, 4, 5, 6}, 4))
	if heavy.bin(2) == heavy.bin(3) || heavy.bin(3) == heavy.bin(4) {
		t.Errorf("a heavy value shares its bin: cuts %v", heavy.values)
	}
}

func TestManyValuesMakeEvenBins(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	v := make([]float64, 50_000)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	slices.Sort(v)
	b := numericBinner(placeCuts(v, 255))
	var count [256]int
	for _, x := range v {
		count[b.bin(x)]++
	}
	for k, n := range count[:b.bins()] {
		if n < 150 || n > 250 {
			t.Errorf("bin %d holds %d of 50000", k, n)
		}
	}
	if b.bins() != 255 || b.bin(math.NaN()) != missingBin {
		t.Errorf("%d bins, NaN in %d", b.bins(), b.bin(math.NaN()))
	}
}

func TestFindAgreesWithSearch(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	odd := []float64{math.Inf(-1), math.Inf(1), math.Copysign(0, -1), 0, -1, math.MaxFloat64, -math.SmallestNonzeroFloat64}
	for n := range MaxCategories {
		cuts := make([]float64, n)
		for i := range cuts {
			cuts[i] = float64(r.IntN(1000) - 500)
			if r.IntN(20) == 0 {
				cuts[i] = odd[r.IntN(len(odd))]
			}
		}
		slices.Sort(cuts)
		keys := newSearchKeys(cuts)
		for k := range 50 {
			x := float64(r.IntN(1000) - 500)
			if k < len(odd) {
				x = odd[k]
			}
			if got, want := int(keys.find(keyOf(x))), sort.SearchFloat64s(cuts, x); got != want {
				t.Fatalf("%v in %v: %d, want %d", x, cuts, got, want)
			}
		}
	}
}

func TestRareCategoriesShareTheMissingBin(t *testing.T) {
	var v []float64
	for c := range 300 {
		for range 1 + c {
			v = append(v, float64(c))
		}
	}
	b, err := newBinner(Feature{Name: "zone", Kind: Categorical}, v, 255)
	if err != nil {
		t.Fatal(err)
	}
	if b.bins() != 255 || b.bin(0) != missingBin || b.bin(44) != missingBin || b.bin(45) == missingBin || b.bin(299) != 254 {
		t.Errorf("%d bins; 0 in %d, 44 in %d, 45 in %d, 299 in %d", b.bins(), b.bin(0), b.bin(44), b.bin(45), b.bin(299))
	}
}
