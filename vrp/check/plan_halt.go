package check

import "github.com/logistica-inteligente/rumbo/vrp"

// halt is a stop at a place, with the leg to it and the breaks on that leg.
type halt struct {
	k       *planner
	stop    int
	place   int32
	from    int32
	length  int64
	blocked bool
	breaks  []pause
	spent   int64
	task    bool
	hold    int64 // the release of the trip that begins here
	windows []vrp.TimeWindow
	within  *vrp.TimeWindow
	moments []int64 // ascending
	least   []miss2 // by moment: what misses from here on come to, starting then
	onward  []miss2 // by moment: the least from here on, starting then or later
}

// pause is a break on a leg.
type pause struct {
	stop    int
	spent   int64
	windows []vrp.TimeWindow
	within  *vrp.TimeWindow
}

// miss2 is a sum of misses: of steps' own bounds, which come first, and of all others.
type miss2 struct{ own, all int64 }

func (a miss2) add(b miss2) miss2 { return miss2{a.own + b.own, a.all + b.all} }
func (a miss2) less(b miss2) bool { return a.own < b.own || (a.own == b.own && a.all < b.all) }

func missOf(windows []vrp.TimeWindow, within *vrp.TimeWindow, t int64) miss2 {
	m := miss2{all: abs(miss(windows, t))}
	if within != nil {
		m.own = abs(miss([]vrp.TimeWindow{*within}, t))
	}
	return m
}

func abs(x int64) int64 { return max(x, -x) }

// drive is the time on the road to the halt for a departure at a moment. A leg without a way
// takes no time; the referee names it.
func (h *halt) drive(leave int64) int64 {
	if h.blocked {
		return 0
	}
	return int64(h.k.p.DurationBetween(h.k.v.Profile, h.from, h.place, leave))
}

// leave is the departure from the halt that starts at a moment.
func (h *halt) leave(start int64) int64 { return max(start+h.spent, h.hold) }

// arrive is the earliest start of the halt when the one before it is left at a moment.
func (h *halt) arrive(leave int64) int64 {
	t := leave + h.drive(leave)
	for _, b := range h.breaks {
		t += b.spent
	}
	return t
}

// leaveBy is the last departure with which the halt starts by a moment.
func (h *halt) leaveBy(start int64) int64 {
	if len(h.k.p.Profiles[h.k.v.Profile].Slices) == 0 {
		return start - h.arrive(0)
	}
	lo, hi := start-2*(h.arrive(start)-start)-vrp.Unreachable, start
	for lo < hi {
		mid := lo + (hi-lo+1)/2
		if h.arrive(mid) <= start {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return lo
}
