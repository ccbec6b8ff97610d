package gbdt

import (
	"fmt"
	"runtime"
)

// Dataset is a binned table, ready to train on. It is read-only and holds two bytes a value: the
// row-major bins feed the histograms, the columns feed the partition of rows.
type Dataset struct {
	features []Feature
	binners  []binner
	columns  [][]uint8 // one a feature
	rows     rowBins
	stride   int // features rounded up to a multiple of 4
	target   []float64
	weight   []float64
}

// Binning says how to cut features into bins. The zero value is right for most uses.
type Binning struct {
	MaxBins int // 2 to 255; 0 means 255
	Threads int // 0 means GOMAXPROCS; never changes the result
}

// NewDataset bins a table in O(rows x features x log bins). The result shares no memory with it.
// Errors wrap ErrData.
func NewDataset(data Data, binning Binning) (*Dataset, error) {
	if binning.MaxBins == 0 {
		binning.MaxBins = MaxCategories
	}
	if binning.MaxBins < 2 || binning.MaxBins > MaxCategories {
		return nil, fmt.Errorf("%w: MaxBins is %d, want 2 to %d", ErrData, binning.MaxBins, MaxCategories)
	}
	if err := data.validate(); err != nil {
		return nil, err
	}
	team := newCrew(binning.Threads)
	binners := make([]binner, len(data.Features))
	errs := make([]error, len(data.Features))
	team.each(len(binners), func(j int) {
		values := make([]float64, len(data.Target))
		data.column(j, values)
		binners[j], errs[j] = newBinner(data.Features[j], values, binning.MaxBins)
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return binData(data, binners, team), nil
}

// like bins another table with the bins of ds, for validation.
func (ds *Dataset) like(data Data, team crew) (*Dataset, error) {
	if err := data.validate(); err != nil {
		return nil, err
	}
	if len(data.Features) != len(ds.features) {
		return nil, fmt.Errorf("%w: %d features, the training data has %d", ErrData, len(data.Features), len(ds.features))
	}
	for j, f := range data.Features {
		if f != ds.features[j] {
			return nil, fmt.Errorf("%w: feature %d is %q, the training data has %q", ErrData, j, f.Name, ds.features[j].Name)
		}
	}
	return binData(data, ds.binners, team), nil
}

func binData(data Data, binners []binner, team crew) *Dataset {
	n, f := len(data.Target), len(data.Features)
	ds := &Dataset{
		features: append([]Feature(nil), data.Features...),
		binners:  binners,
		columns:  make([][]uint8, f),
		stride:   (f + 3) / 4 * 4,
		target:   append([]float64(nil), data.Target...),
	}
	if data.Weight != nil {
		ds.weight = append([]float64(nil), data.Weight...)
	}
	for j := range ds.columns {
		ds.columns[j] = make([]uint8, n)
	}
	ds.rows = newRowBins(n, ds.stride)
	team.chunks(n, func(_, lo, hi int) {
		values := make([]float64, hi-lo)
		for j := range binners {
			ds.binColumn(&data, j, lo, hi, values)
		}
	})
	return ds
}

// binColumn bins rows lo to hi of feature j into both layouts.
func (ds *Dataset) binColumn(data *Data, j, lo, hi int, values []float64) {
	f := len(data.Features)
	if data.Columns != nil {
		values = data.Columns[j][lo:hi]
	} else {
		for i := range values {
			values[i] = data.Rows[(lo+i)*f+j]
		}
	}
	b, column := &ds.binners[j], ds.columns[j][lo:hi]
	for i, x := range values {
		k := b.bin(x)
		column[i] = k
		ds.rows.set(lo+i, j, k)
	}
}

// Rows is the number of rows.
func (ds *Dataset) Rows() int { return len(ds.target) }

// Features returns a copy of the columns, in order.
func (ds *Dataset) Features() []Feature { return append([]Feature(nil), ds.features...) }

func threadCount(threads int) int {
	if threads <= 0 {
		return runtime.GOMAXPROCS(0)
	}
	return threads
}
