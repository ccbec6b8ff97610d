package check

import (
	"slices"
	"sort"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// planner chooses the times of one sequence by dynamic programming from its end. Where the
// sum of misses is least, every stop either follows at once on the one before it or stands,
// with those that follow at once, at a bound of some window (were it not so, the whole of
// them could be shifted at no loss until it is so). So each stop has finitely many moments
// to choose from: all bounds, carried along the route forth and back.
type planner struct {
	clockwork
	steps  []Step
	halts  []halt
	at     []int64 // by halt: the chosen start
	pauses []int64 // by stop: the chosen start of a break
}

// far bounds the moments of a shift that is open on one side.
const far = int64(1) << 40

// layOut makes the halts.
func (k *planner) layOut() {
	k.pauses = make([]int64, len(k.steps))
	k.place = k.v.Start
	var breaks []pause
	for i, x := range k.steps {
		if x.Kind == vrp.KindBreak {
			b := &k.v.Breaks[x.Index]
			breaks = append(breaks, pause{i, b.Duration, b.Windows, x.Within})
			continue
		}
		h := halt{k: k, stop: i, place: k.tour.at(x.Visit), from: k.place, breaks: breaks, hold: -far, within: x.Within}
		breaks = nil
		switch x.Kind {
		case vrp.KindStart:
			if !k.v.NoLimitShift() {
				h.windows = []vrp.TimeWindow{{Open: k.v.Shift.Open, Close: far}}
			}
		case vrp.KindEnd:
			if !k.v.NoLimitShift() {
				h.windows = []vrp.TimeWindow{{Open: -far, Close: k.v.Shift.Close}}
			}
			if x.Within != nil { // a route does not wait at its end
				h.within = &vrp.TimeWindow{Open: -far, Close: x.Within.Close}
			}
		case vrp.KindReload:
			l := &k.v.Reloads[x.Index]
			h.windows, h.spent = l.Windows, l.Service
			if r, ok := k.release(i); ok {
				h.hold = r
			}
		default:
			s := k.site(x.Visit)
			h.windows, h.spent, h.task = s.Windows, k.taskTime(s), true
		}
		if i > 0 {
			d := k.p.DistanceBetween(k.v.Profile, h.from, h.place)
			s := k.p.DurationBetween(k.v.Profile, h.from, h.place, 0)
			h.blocked = d == vrp.Unreachable || s == vrp.Unreachable
			if !h.blocked {
				h.length = int64(d)
			}
		}
		k.place = h.place
		k.halts = append(k.halts, h)
	}
	k.at = make([]int64, len(k.halts))
}

// choose finds the times: the earliest of the best, and where leaving late counts, the best
// again with the end of those as one more moment to look back from.
func (k *planner) choose() {
	k.earliest()
	if k.v.PerDuration == 0 && k.v.MaxDuration == 0 && !k.rides() {
		return
	}
	end := k.at[len(k.at)-1]
	for i := range k.halts {
		k.halts[i].moments = nil
	}
	k.halts[len(k.halts)-1].moments = []int64{end}
	start := k.earliest()
	first := &k.halts[0]
	later := sort.Search(len(first.moments)-start-1, func(j int) bool {
		i := start + 1 + j
		if first.least[i] != first.onward[0] {
			return true
		}
		k.follow(i)
		return k.at[len(k.at)-1] != end
	})
	k.follow(start + later)
}

// earliest finds the earliest of the best times and returns the moment of its start.
func (k *planner) earliest() int {
	k.gatherMoments()
	for i := len(k.halts) - 1; i >= 0; i-- {
		k.weigh(i)
	}
	first := &k.halts[0]
	start := slices.Index(first.least, first.onward[0])
	for m := range first.moments { // rather late on the way than out before the shift
		if first.moments[m] <= k.v.Shift.Open && !k.v.NoLimitShift() && first.least[m] == first.onward[0] {
			start = m
		}
	}
	k.follow(start)
	return start
}

// gatherMoments fills the moments of each halt: the bounds of its windows and of the breaks
// beside it, carried back to the start and then forth to the end.
func (k *planner) gatherMoments() {
	n := len(k.halts)
	for i := n - 1; i >= 0; i-- {
		h := &k.halts[i]
		h.addBounds(h.windows, 0)
		if h.within != nil {
			h.addBounds([]vrp.TimeWindow{*h.within}, 0)
		}
		behind := int64(0)
		for j := len(h.breaks) - 1; j >= 0; j-- {
			b := &h.breaks[j]
			behind += b.spent
			h.addBounds(b.windows, behind)
			if b.within != nil {
				h.addBounds([]vrp.TimeWindow{*b.within}, behind)
			}
		}
		if i == n-1 {
			continue
		}
		next := &k.halts[i+1]
		before := h.spent
		for _, b := range next.breaks {
			h.addBounds(b.windows, -before)
			if b.within != nil {
				h.addBounds([]vrp.TimeWindow{*b.within}, -before)
			}
			before += b.spent
		}
		for _, t := range next.moments {
			h.moments = append(h.moments, next.leaveBy(t)-h.spent)
		}
		h.tidy()
	}
	first := &k.halts[0]
	floor := int64(-far)
	if k.v.NoLimitShift() {
		floor = 0
	}
	if r, ok := k.release(0); ok {
		floor = max(floor, r)
	}
	first.moments = append(first.moments, max(floor, k.v.Shift.Open))
	for i, t := range first.moments {
		first.moments[i] = max(t, floor)
	}
	first.tidy()
	for i := 1; i < n; i++ {
		h := &k.halts[i]
		for _, t := range k.halts[i-1].moments {
			h.moments = append(h.moments, h.arrive(k.halts[i-1].leave(t)))
		}
		h.tidy()
	}
}

func (h *halt) addBounds(windows []vrp.TimeWindow, shift int64) {
	for _, w := range windows {
		for _, t := range [...]int64{w.Open, w.Close} {
			if t > -far && t < far {
				h.moments = append(h.moments, t+shift)
			}
		}
	}
}

func (h *halt) tidy() {
	slices.Sort(h.moments)
	h.moments = slices.Compact(h.moments)
}

// weigh finds the least sum of misses from halt i on, for each moment to start at.
func (k *planner) weigh(i int) {
	h := &k.halts[i]
	h.least = make([]miss2, len(h.moments))
	h.onward = make([]miss2, len(h.moments))
	for m := len(h.moments) - 1; m >= 0; m-- {
		t := h.moments[m]
		h.least[m] = missOf(h.windows, h.within, t)
		if i+1 < len(k.halts) {
			_, rest := k.next(i, t)
			h.least[m] = h.least[m].add(rest)
		}
		h.onward[m] = h.least[m]
		if m+1 < len(h.moments) && h.onward[m+1].less(h.onward[m]) {
			h.onward[m] = h.onward[m+1]
		}
	}
}

// next is the first of the best moments for the halt behind i, which starts at t, and the
// misses from there on, breaks on the way included.
func (k *planner) next(i int, t int64) (int, miss2) {
	h := &k.halts[i+1]
	leave := k.halts[i].leave(t)
	from := sort.Search(len(h.moments), func(m int) bool { return h.moments[m] >= h.arrive(leave) })
	if len(h.breaks) == 0 {
		best := h.onward[from]
		for h.least[from] != best {
			from++
		}
		return from, best
	}
	choice, least := -1, miss2{}
	for m := from; m < len(h.moments); m++ {
		if choice >= 0 && !h.onward[m].less(least) {
			break
		}
		if x := h.rest(leave, h.moments[m]).add(h.least[m]); choice < 0 || x.less(least) {
			choice, least = m, x
		}
	}
	return choice, least
}

// follow walks the best way from a moment of the start.
func (k *planner) follow(m int) {
	k.at[0] = k.halts[0].moments[m]
	for i := 1; i < len(k.halts); i++ {
		m, _ = k.next(i-1, k.at[i-1])
		h := &k.halts[i]
		k.at[i] = h.moments[m]
		h.rest(k.halts[i-1].leave(k.at[i-1]), k.at[i])
	}
}

// rest chooses the breaks of the leg between a departure and the start of the halt, as
// early as is best, and returns what they miss. It is the same problem on a smaller scale: a
// break starts at once after what comes before it, or at a bound, or as late as can be.
func (h *halt) rest(leave, start int64) miss2 {
	n := len(h.breaks)
	if n == 0 {
		return miss2{}
	}
	room := start - leave // for all starts, the breaks themselves not counted
	var slack []int64     // how long before the break starts, breaks not counted
	before := int64(0)
	for _, b := range h.breaks {
		room -= b.spent
	}
	slack = append(slack, 0, room)
	for _, b := range h.breaks {
		windows := b.windows
		if b.within != nil {
			windows = append(slices.Clone(windows), *b.within)
		}
		for _, w := range windows {
			for _, t := range [...]int64{w.Open, w.Close} {
				if x := t - leave - before; x > 0 && x < room {
					slack = append(slack, x)
				}
			}
		}
		before += b.spent
	}
	slices.Sort(slack)
	slack = slices.Compact(slack)
	least := make([]miss2, (n+1)*len(slack)) // by break and slack: misses from that break on, at that slack or more
	for j := n - 1; j >= 0; j-- {
		before -= h.breaks[j].spent
		for m := len(slack) - 1; m >= 0; m-- {
			b := &h.breaks[j]
			x := missOf(b.windows, b.within, leave+before+slack[m]).add(least[(j+1)*len(slack)+m])
			if m+1 < len(slack) && least[j*len(slack)+m+1].less(x) {
				x = least[j*len(slack)+m+1]
			}
			least[j*len(slack)+m] = x
		}
	}
	m := 0
	for j := range h.breaks {
		for !h.bestHere(j, m, slack, least, leave+before) {
			m++
		}
		h.k.pauses[h.breaks[j].stop] = leave + before + slack[m]
		before += h.breaks[j].spent
	}
	return least[0]
}

// bestHere reports whether starting break j at slack m reaches the least.
func (h *halt) bestHere(j, m int, slack []int64, least []miss2, base int64) bool {
	b := &h.breaks[j]
	return missOf(b.windows, b.within, base+slack[m]).add(least[(j+1)*len(slack)+m]) == least[j*len(slack)+m]
}
