package search

// Operator is a part of the search whose work is counted.
type Operator uint8

// The operators: ways to ruin, then moves that work on what an iteration put back, then
// the fleet minimization.
const (
	RuinStrings Operator = iota
	RuinScatter
	RuinRoutes
	MoveEnds  // exchanges of the ends of two routes
	MoveTurn  // ends or inner parts turned around
	MoveShift // strings of stops moved to another route
	MoveTrade // strings of two routes exchanged
	MoveSlide // strings moved within their route
	MoveRefit // another vehicle for a route
	Shrinking
	Operators
)

// String is the operator's stable name in snake case.
func (o Operator) String() string {
	names := [Operators]string{"ruin_strings", "ruin_scatter", "ruin_routes", "move_ends", "move_turn", "move_shift", "move_trade", "move_slide", "move_refit", "shrink"}
	if o < Operators {
		return names[o]
	}
	return "operator(?)"
}

// Count is what an operator did. A ruin is accepted with its iteration; a move when it is
// made, though its iteration may still be taken back.
type Count struct {
	Tried    int64 // ruins; stops or routes looked at by a move
	Accepted int64
	Improved int64 // iterations that led to a new best solution with its help
	Gain     int64 // cost saved by what was accepted; what ruins made dearer is not subtracted
}

// Stats counts what the search did.
type Stats struct {
	Iterations int64
	Accepted   int64
	Improved   int64
	By         [Operators]Count
}

// Add sums the statistics of several searches.
func (s *Stats) Add(o *Stats) {
	s.Iterations += o.Iterations
	s.Accepted += o.Accepted
	s.Improved += o.Improved
	for k := range s.By {
		s.By[k].Tried += o.By[k].Tried
		s.By[k].Accepted += o.By[k].Accepted
		s.By[k].Improved += o.By[k].Improved
		s.By[k].Gain += o.By[k].Gain
	}
}

// tried counts that an operator set to work, gained that it saved something.
func (s *Search) tried(o Operator) { s.Stats.By[o].Tried++ }

func (s *Search) gained(o Operator, gain int64) {
	s.took |= 1 << o
	x := &s.Stats.By[o]
	x.Accepted++
	x.Gain += max(0, gain)
}

// improved credits a new best solution to all operators that took part in the iteration.
func (s *Search) improved() {
	s.Stats.Improved++
	for o := range Operators {
		if s.took>>o&1 != 0 {
			s.Stats.By[o].Improved++
		}
	}
}
