//go:build !vrpdebug

package search

const auditing = false

func (s *State) audit()                                   {}
func (s *State) checkDelta(before int64, p spot)          {}
func (s *inserter) checkChain(before int64, list []int32) {}

func (s *State) checkTrip(c *class, seq []int32, ok bool) {}
