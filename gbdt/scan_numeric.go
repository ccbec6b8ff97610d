package gbdt

// numeric weighs every threshold. Missing values, where the leaf has any, are tried on both sides.
// Where it has none they are sent with the greater number of rows.
func (s *scanner) numeric(best *candidate) {
	missing := s.at(missingBin)
	if missing.word == 0 {
		s.thresholds(best, stats{}, s.bins-1, false)
		return
	}
	s.thresholds(best, missing, s.bins-1, true)
	s.thresholds(best, stats{}, s.bins, false) // the last: all values against missing
}

// thresholds weighs the first n thresholds, left holding the missing values or nothing at the start.
func (s *scanner) thresholds(best *candidate, left stats, n int, missingLeft bool) {
	if s.curves == nil && s.monotone == 0 && s.params.MinLeafMass <= 1 {
		s.thresholdsFast(best, left.word, n, missingLeft)
		return
	}
	for k := range n {
		here := s.at(k)
		if here.word == 0 {
			continue
		}
		left = left.plus(here)
		if gain := s.gain(left); gain > best.gain {
			s.keep(best, gain, k, left, missingLeft)
		}
	}
}

// thresholdsFast is thresholds where curvature is 1 a row, so that the word says all. Bins between
// two that hold rows give the same split and are passed over.
func (s *scanner) thresholdsFast(best *candidate, left int64, n int, missingLeft bool) {
	q, p := s.ints, s.params
	mask, shift := int64(1)<<q.shift-1, q.shift&63
	unit2 := q.slopeUnit * q.slopeUnit
	bar := s.parentScore + max(best.gain, p.MinGain)/unit2
	sum, count, least := s.sum.word>>shift, s.sum.word&mask, int64(p.MinLeafRows)
	found := -1
	var at int64
	for k, word := range s.words[:n] {
		if word == 0 {
			continue
		}
		left += word
		c := left & mask
		if c < least {
			continue
		}
		if count-c < least {
			break
		}
		a := float64(left >> shift)
		b := float64(sum - left>>shift)
		score := a*a/(float64(c)+p.L2) + b*b/(float64(count-c)+p.L2)
		if score > bar {
			bar, found, at = score, k, left
		}
	}
	if found < 0 {
		return
	}
	if gain := (bar - s.parentScore) * unit2; gain > best.gain {
		s.keep(best, gain, found, stats{word: at}, missingLeft)
	}
}

func (s *scanner) keep(best *candidate, gain float64, bin int, left stats, missingLeft bool) {
	if s.words[missingBin] == 0 {
		missingLeft = 2*s.ints.count(left) >= s.rows
	}
	*best = candidate{gain: gain, feature: s.feature, bin: uint8(bin), missingLeft: missingLeft, left: left}
}
