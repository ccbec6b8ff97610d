package track

import (
	"math"
	"slices"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// stay is a run of fixes of a piece at one place.
type stay struct {
	first, last    int // fixes
	arrive, depart time.Time
	place          rumbo.Point // the mean of its fixes
	fixes          int
	orders         []string
}

// stays finds those of a piece. ended says that nothing followed the piece for as long as a stay
// takes.
func (f finder) stays(piece []fix, ended bool) (out []stay) {
	for i := 0; i < len(piece); {
		end := f.reach(piece, i)
		if !f.stands(piece, i, end, ended) {
			i++
			continue
		}
		next := newStay(piece, i, end)
		if n := len(out); n > 0 && f.same(piece, out[n-1], next) {
			out[n-1] = out[n-1].join(next)
		} else {
			out = append(out, next)
		}
		i = end
	}
	return out
}

// reach is where the run ends that begins with a fix: at the first one beyond the radius,
// after one that departed, before one that arrived.
func (f finder) reach(piece []fix, i int) int {
	end := i + 1
	for end < len(piece) && piece[end-1].kind != rumbo.VehicleDeparted && piece[end].kind != rumbo.VehicleArrived &&
		meters(piece[i].place, piece[end].place) <= f.RadiusM {
		end++
	}
	return end
}

// stands says whether a run is a stay.
func (f finder) stands(piece []fix, i, end int, ended bool) bool {
	first, last := piece[i], piece[end-1]
	switch {
	case last.at.Sub(first.at) >= f.Dwell, first.kind == rumbo.VehicleArrived, last.kind == rumbo.VehicleDeparted:
		return true
	case i == 0 && first.kind == rumbo.VehicleIgnitionOn:
		return true
	}
	return end == len(piece) && ended && last.kind == rumbo.VehicleIgnitionOff
}

// same says whether two stays are one whose fixes strayed.
func (f finder) same(piece []fix, a, b stay) bool {
	again := piece[a.last].kind == rumbo.VehicleDeparted && piece[b.first].kind == rumbo.VehicleArrived
	return !again && b.arrive.Sub(a.depart) < f.Dwell && meters(a.place, b.place) <= f.RadiusM
}

func newStay(piece []fix, i, end int) stay {
	s := stay{first: i, last: end - 1, arrive: piece[i].at, depart: piece[end-1].at, fixes: end - i}
	origin := piece[i].place
	var north, east float64
	for _, x := range piece[i:end] {
		north += x.place.Lat - origin.Lat
		east += around(x.place.Lon - origin.Lon)
		if x.order != "" && !slices.Contains(s.orders, x.order) {
			s.orders = append(s.orders, x.order)
		}
	}
	s.place = shifted(origin, north/float64(s.fixes), east/float64(s.fixes))
	return s
}

// join is both stays as one.
func (s stay) join(t stay) stay {
	part := float64(t.fixes) / float64(s.fixes+t.fixes)
	s.place = shifted(s.place, part*(t.place.Lat-s.place.Lat), part*around(t.place.Lon-s.place.Lon))
	s.last, s.depart, s.fixes = t.last, t.depart, s.fixes+t.fixes
	for _, order := range t.orders {
		if !slices.Contains(s.orders, order) {
			s.orders = append(s.orders, order)
		}
	}
	return s
}

// around brings a difference of longitudes across the antimeridian to the short side.
func around(degrees float64) float64 { return math.Remainder(degrees, 360) }

func shifted(p rumbo.Point, north, east float64) rumbo.Point {
	return rumbo.Point{Lat: p.Lat + north, Lon: around(p.Lon + east)}
}

// visit is the stay as others see it.
func (s stay) visit(piece []fix) Visit {
	arrived := s.first > 0 || piece[s.first].kind == rumbo.VehicleArrived
	departed := s.last < len(piece)-1 || piece[s.last].kind == rumbo.VehicleDeparted
	return Visit{VehicleID: piece[s.first].vehicle, Place: s.place, ArriveAt: s.arrive, DepartAt: s.depart, Orders: s.orders, Whole: arrived && departed}
}

// drive is the way from a stay to the next, if it is of use.
func (f finder) drive(piece []fix, a, b stay) (Drive, bool) {
	d := Drive{VehicleID: piece[a.last].vehicle, DepartAt: a.depart, ArriveAt: b.arrive, From: a.place, To: b.place}
	way := 0.0
	for i := a.last; i < b.first; i++ {
		way += meters(piece[i].place, piece[i+1].place)
	}
	took, crow := d.ArriveAt.Sub(d.DepartAt), meters(d.From, d.To)
	if took <= f.MeteredEvery*time.Duration(b.first-a.last) {
		d.DistanceM = way
	}
	kmh := func(m float64) float64 { return m / took.Seconds() * 3.6 }
	switch {
	case took < f.MinDrive:
		f.left.Short++
	case took > f.MaxDrive:
		f.left.Long++
	case crow <= 2*f.RadiusM:
		f.left.Round++
	case kmh(max(way, crow)) > f.MaxMeanKMH, kmh(way) < f.MinMeanKMH:
		f.left.Speed++
	default:
		return d, true
	}
	return Drive{}, false
}
