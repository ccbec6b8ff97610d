package gbdt

import (
	"context"
	"fmt"
	"math"
)

// Train learns a model from ds. It ends early without error where no split gains any more or
// validation says so, and with ctx's error when ctx ends. Errors wrap ErrParams, ErrData or ctx's
// error. Cost: about rows x features x log2(leaves) / 2 additions a tree.
func Train(ctx context.Context, ds *Dataset, params Params) (*Model, error) {
	t, err := newTrainer(ds, params)
	if err != nil {
		return nil, err
	}
	team, done := t.team.hire()
	defer done()
	t.team = team
	for round := range params.Trees {
		t.slopes()
		t.draw(round)
		tree, leaves, err := t.grow(ctx)
		if err != nil {
			return nil, fmt.Errorf("gbdt: training stopped after %d trees: %w", len(t.trees), err)
		}
		if len(tree.splits) == 0 {
			if t.samples() {
				continue // another draw may find a split
			}
			break
		}
		t.valueLeaves(tree, leaves)
		t.keepMonotone(tree)
		t.advance(tree, leaves)
		if t.finished(tree) {
			break
		}
	}
	return t.model(), nil
}

// trainer is the state of one run.
type trainer struct {
	grower
	loss  loss
	base  float64
	y     []float64 // transformed targets
	score []float64 // raw score of every row so far
	g, h  []float64 // slopes and curvatures of every row; h nil where it is 1
	trees []*tree
	all   []int32 // every row number, ascending

	valid      *Dataset
	validY     []float64
	validScore []float64
	bestLoss   float64
	bestTree   int
}

func newTrainer(ds *Dataset, params Params) (*trainer, error) {
	if err := params.validate(ds.features); err != nil {
		return nil, err
	}
	y, err := params.transform(ds.target)
	if err != nil {
		return nil, err
	}
	n := ds.Rows()
	t := &trainer{loss: newLoss(&params), y: y, g: make([]float64, n), score: make([]float64, n), all: make([]int32, n)}
	curved := ds.weight != nil || t.loss.curved()
	if curved {
		t.h = make([]float64, n)
	}
	t.grower = grower{
		ds: ds, params: &params, team: newCrew(params.Threads), ints: newIntegers(n, curved),
		rows: make([]int32, n), spare: make([]int32, n), drawn: make([]bool, len(ds.features)),
		groups: newInteractions(params.Interactions, len(ds.features)),
		bests:  make([]candidate, 2*len(ds.features)),
	}
	t.base = t.loss.start(y, ds.weight, t.team)
	for i := range t.score {
		t.score[i] = t.base
		t.all[i] = int32(i)
	}
	return t, t.addValidation()
}

func (t *trainer) addValidation() error {
	t.bestLoss = math.Inf(1)
	data := t.params.Validation
	if data == nil {
		return nil
	}
	var err error
	if t.valid, err = t.ds.like(*data, t.team); err != nil {
		return fmt.Errorf("validation: %w", err)
	}
	if t.validY, err = t.params.transform(t.valid.target); err != nil {
		return fmt.Errorf("validation: %w", err)
	}
	t.validScore = make([]float64, len(t.validY))
	for i := range t.validScore {
		t.validScore[i] = t.base
	}
	return nil
}

// slopes computes and rounds the gradients at the current scores.
func (t *trainer) slopes() {
	t.team.chunks(len(t.y), func(_, lo, hi int) {
		t.loss.slopes(t.g[lo:hi], part(t.h, lo, hi), t.y[lo:hi], part(t.ds.weight, lo, hi), t.score[lo:hi])
	})
	t.ints.set(t.g, t.h, t.team)
}

// part is v[lo:hi], or nil for nil.
func part(v []float64, lo, hi int) []float64 {
	if v == nil {
		return nil
	}
	return v[lo:hi]
}

// valueLeaves sets the values of the leaves: Newton steps, or quantiles of the residuals for objectives
// that ask for it, times the learning rate.
func (t *trainer) valueLeaves(tree *tree, leaves []*growing) {
	alpha, refit := t.loss.level()
	t.team.each(len(leaves), func(i int) {
		l := leaves[i]
		if t.ints.mass(l.sum) == 0 {
			return // rows of weight 0 have no say
		}
		if refit {
			tree.leaves[i] = t.params.LearningRate * t.residualQuantile(t.rows[l.lo:l.hi], alpha)
			return
		}
		step := float64(t.ints.gradient(l.sum)) * t.ints.slopeUnit / math.Max(t.ints.mass(l.sum)+t.params.L2, 1e-12)
		if t.params.Objective == Poisson {
			step = max(-poissonStep, min(poissonStep, step))
		}
		tree.leaves[i] = t.params.LearningRate * step
	})
}

// residualQuantile is the quantile of target less score over rows.
func (t *trainer) residualQuantile(rows []int32, alpha float64) float64 {
	v := make([]float64, len(rows))
	for i, r := range rows {
		v[i] = t.y[r] - t.score[r]
	}
	if t.ds.weight == nil {
		return selectQuantile(v, alpha)
	}
	w := make([]float64, len(rows))
	for i, r := range rows {
		w[i] = t.ds.weight[r]
	}
	return weightedQuantile(v, w, alpha)
}

// advance adds the tree to the model and to all scores.
func (t *trainer) advance(tree *tree, leaves []*growing) {
	t.trees = append(t.trees, tree)
	if t.params.RowFraction < 1 {
		tree.add(t.score, t.ds.columns, t.team)
	} else {
		t.team.each(len(leaves), func(i int) {
			value := tree.leaves[i]
			for _, r := range t.rows[leaves[i].lo:leaves[i].hi] {
				t.score[r] += value
			}
		})
	}
	if t.valid != nil {
		tree.add(t.validScore, t.valid.columns, t.team)
	}
}

// finished scores the validation set, reports progress and says whether patience is at its end.
func (t *trainer) finished(tree *tree) bool {
	p := Progress{Tree: len(t.trees), Trees: t.params.Trees, Leaves: len(tree.leaves), ValidationLoss: math.NaN()}
	if t.valid != nil {
		p.ValidationLoss = t.validate()
		if p.ValidationLoss < t.bestLoss {
			t.bestLoss, t.bestTree = p.ValidationLoss, p.Tree
		}
		p.BestTree = t.bestTree
	} else {
		p.BestTree = p.Tree
	}
	if t.params.Progress != nil {
		t.params.Progress(p)
	}
	return t.params.Patience > 0 && p.Tree-t.bestTree >= t.params.Patience
}

// validate is the mean validation loss.
func (t *trainer) validate() float64 {
	w := t.valid.weight
	sum := t.team.sum(len(t.validY), func(lo, hi int) float64 {
		return t.loss.total(t.validY[lo:hi], part(w, lo, hi), t.validScore[lo:hi])
	})
	return sum / totalWeight(len(t.validY), w, t.team)
}

// model packs the trees, up to the best where patience was asked for.
func (t *trainer) model() *Model {
	trees := t.trees
	if t.params.Patience > 0 {
		trees = trees[:t.bestTree]
	}
	return newModel(t.params, t.ds, t.base, trees)
}
