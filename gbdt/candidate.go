package gbdt

// candidate is a possible split of a leaf.
type candidate struct {
	gain        float64 // squared raw units; 0 where there is none
	feature     int
	bin         uint8
	missingLeft bool
	categorical bool
	set         binSet
	left        stats
}

// split appends what the candidate needs to t and returns it as a split without children.
func (c *candidate) split(t *tree) split {
	s := split{feature: uint16(c.feature), bin: c.bin, missingLeft: c.missingLeft, set: -1, gain: c.gain}
	if c.categorical {
		s.set = int32(len(t.sets))
		t.sets = append(t.sets, c.set)
	}
	return s
}

// findBest takes from each leaf's histogram that of less, where it has one, and finds the best splits of
// the leaves over all features open to them. The first of equal gains wins, in feature order,
// whatever the number of threads. O(leaves x features x bins).
func (g *grower) findBest(leaves []*growing, less []columnHist) {
	n, features := len(leaves), len(g.ds.features)
	clear(g.bests)
	bests := g.bests[:n*features]
	g.team.each(features, func(j int) {
		if less != nil {
			g.subtractColumn(leaves[0].hist, less, j)
		}
		for i, l := range leaves {
			g.scan(l, j, &bests[j*n+i])
		}
	})
	for k := range bests {
		if l := leaves[k%n]; bests[k].gain > l.best.gain {
			l.best = bests[k]
		}
	}
}

// scan replaces best if a split of l by feature j gains more.
func (g *grower) scan(l *growing, j int, best *candidate) {
	if !g.drawn[j] || !g.groups.open(l.allowed, j) || g.ds.binners[j].bins() < 1 {
		return
	}
	s := newScanner(g, l, j)
	if g.ds.features[j].Kind == Categorical {
		s.categorical(best)
	} else {
		s.numeric(best)
	}
}

// scanner weighs the splits of one leaf by one feature.
type scanner struct {
	ints        *integers
	params      *Params
	feature     int
	bins        int
	words       *columnHist
	curves      *columnHist // nil where curvature is 1
	sum         stats
	parentScore float64
	monotone    int8
	rows        int
}

func newScanner(g *grower, l *growing, j int) *scanner {
	s := &scanner{
		ints: g.ints, params: g.params, feature: j, bins: g.ds.binners[j].bins(),
		words: &l.hist[j], sum: l.sum, rows: l.count(),
	}
	if g.ints.curve != nil {
		s.curves = &l.hist[g.ds.stride+j]
	}
	if g.params.Monotone != nil {
		s.monotone = g.params.Monotone[j]
	}
	s.parentScore = s.score(l.sum)
	return s
}

// at is the sum over the rows of one bin.
func (s *scanner) at(bin int) stats {
	if s.curves == nil {
		return stats{word: s.words[bin]}
	}
	return stats{word: s.words[bin], curve: s.curves[bin]}
}

// score is twice the fall of the loss that the best leaf value of these rows brings, in squared integer
// units (Chen & Guestrin 2016, equation 6).
func (s *scanner) score(sum stats) float64 {
	mass := s.ints.mass(sum) + s.params.L2
	if mass <= 0 {
		return 0
	}
	gradient := float64(s.ints.gradient(sum))
	return gradient * gradient / mass
}

// gain is that of parting the leaf into left and the rest, in squared raw units; 0 where a rule
// forbids it.
func (s *scanner) gain(left stats) float64 {
	right := s.sum.minus(left)
	if !s.permitted(left, right) {
		return 0
	}
	unit := s.ints.slopeUnit
	gain := (s.score(left) + s.score(right) - s.parentScore) * unit * unit
	if gain <= s.params.MinGain {
		return 0
	}
	return gain
}

func (s *scanner) permitted(left, right stats) bool {
	p, q := s.params, s.ints
	if q.count(left) < p.MinLeafRows || q.count(right) < p.MinLeafRows {
		return false
	}
	leftMass, rightMass := q.mass(left), q.mass(right)
	if leftMass < p.MinLeafMass || rightMass < p.MinLeafMass {
		return false
	}
	if s.monotone == 0 {
		return true
	}
	a := float64(q.gradient(left)) / (leftMass + p.L2)
	b := float64(q.gradient(right)) / (rightMass + p.L2)
	return float64(s.monotone)*(b-a) >= 0
}
