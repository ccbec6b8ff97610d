package model

import (
	"cmp"
	"math"
	"slices"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// shrink is how many trips a zone pair, or an hour of one, needs before its own
// mean weighs as much as that of what it belongs to.
const shrink = 5

// ZoneFloor knows by which factor drives between two zones, at an hour of the
// week, differ from the global speed. Factors are kept as logarithms, each shrunk
// to that of the wider group: hour to pair, pair to everything.
type ZoneFloor struct {
	pairs []zonePair // by from, to
	cells []zoneCell // of the pairs in order, each pair's by hour
}

// zonePair is one pair of zones; its cells begin at first and end at the next
// pair's first.
type zonePair struct {
	from, to int32
	first    int32
	ratio    float32
}

type zoneCell struct {
	hour  uint8 // of the week, Monday 00:00 is 0
	ratio float32
}

// ZoneObservation is one training trip in the words of the floor: Ratio is
// log1p(seconds) less log1p of the global-speed floor.
type ZoneObservation struct {
	From, To int32
	Hour     int
	Ratio    float64
}

// HourOfWeek is the local hour of departure, 0 to 167.
func HourOfWeek(f *feature.Facts) int {
	return (int(f.At.Weekday())+6)%7*24 + f.At.Hour()
}

// NewZoneFloor fits the floor; it reorders the observations. Those without both
// zones are passed over. O(n log n).
func NewZoneFloor(observations []ZoneObservation) ZoneFloor {
	slices.SortStableFunc(observations, func(a, b ZoneObservation) int {
		return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To), cmp.Compare(a.Hour, b.Hour))
	})
	var z ZoneFloor
	for len(observations) > 0 {
		first := observations[0]
		n := runOf(observations, func(o ZoneObservation) bool { return o.From == first.From && o.To == first.To })
		if first.From != 0 && first.To != 0 {
			z.addPair(observations[:n])
		}
		observations = observations[n:]
	}
	return z
}

func (z *ZoneFloor) addPair(of []ZoneObservation) {
	ratio := shrunk(of, 0)
	z.pairs = append(z.pairs, zonePair{of[0].From, of[0].To, int32(len(z.cells)), float32(ratio)})
	for len(of) > 0 {
		hour := of[0].Hour
		n := runOf(of, func(o ZoneObservation) bool { return o.Hour == hour })
		z.cells = append(z.cells, zoneCell{uint8(hour), float32(shrunk(of[:n], ratio))})
		of = of[n:]
	}
}

func runOf(of []ZoneObservation, same func(ZoneObservation) bool) int {
	n := 1
	for n < len(of) && same(of[n]) {
		n++
	}
	return n
}

// shrunk is the mean ratio, drawn to that of the wider group.
func shrunk(of []ZoneObservation, to float64) float64 {
	sum := shrink * to
	for _, o := range of {
		sum += o.Ratio
	}
	return sum / float64(len(of)+shrink)
}

// Pairs is the number of zone pairs met in training.
func (z *ZoneFloor) Pairs() int { return len(z.pairs) }

// Knows says whether training met the pair. O(log pairs).
func (z *ZoneFloor) Knows(from, to int32) bool {
	_, ok := z.find(from, to)
	return ok
}

func (z *ZoneFloor) find(from, to int32) (int, bool) {
	return slices.BinarySearchFunc(z.pairs, [2]int32{from, to}, func(p zonePair, key [2]int32) int {
		return cmp.Or(cmp.Compare(p.from, key[0]), cmp.Compare(p.to, key[1]))
	})
}

// logRatio is the logarithm of the factor on the global speed: of the pair and
// hour, of the pair when that hour was not met, 0 for an unknown pair.
func (z *ZoneFloor) logRatio(f *feature.Facts) float64 {
	i, ok := z.find(f.FromZone, f.ToZone)
	if !ok {
		return 0
	}
	last := int32(len(z.cells))
	if i+1 < len(z.pairs) {
		last = z.pairs[i+1].first
	}
	cells := z.cells[z.pairs[i].first:last]
	k, ok := slices.BinarySearchFunc(cells, uint8(HourOfWeek(f)), func(c zoneCell, hour uint8) int { return cmp.Compare(c.hour, hour) })
	if ok {
		return float64(cells[k].ratio)
	}
	return float64(z.pairs[i].ratio)
}

// valid says whether the floor, as read from a file, is in order.
func (z *ZoneFloor) valid() bool {
	for i, p := range z.pairs {
		if !finite32(p.ratio) || p.first < 0 || int(p.first) > len(z.cells) {
			return false
		}
		if i == 0 {
			if p.first != 0 {
				return false
			}
			continue
		}
		before := z.pairs[i-1]
		if p.first < before.first || cmp.Or(cmp.Compare(before.from, p.from), cmp.Compare(before.to, p.to)) >= 0 {
			return false
		}
	}
	for _, c := range z.cells {
		if c.hour >= 7*24 || !finite32(c.ratio) {
			return false
		}
	}
	return true
}

func finite32(x float32) bool {
	return !math.IsNaN(float64(x)) && !math.IsInf(float64(x), 0)
}
