package track

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

var (
	noon = time.Date(2026, 3, 16, 12, 0, 0, 0, time.UTC)
	base = rumbo.Point{Lat: -34.9, Lon: -62.5}
)

// place is x meters east and y meters north of the base, roughly.
func place(x, y float64) rumbo.Point {
	return rumbo.Point{Lat: base.Lat + y/111_195, Lon: base.Lon + x/91_200}
}

// log writes events: a walk through seconds after noon and meters east of the base.
type log struct{ events []rumbo.VehicleEvent }

func (l *log) tell(kind string, second int, x float64) *log {
	l.events = append(l.events, rumbo.VehicleEvent{VehicleID: "v", At: noon.Add(time.Duration(second) * time.Second), Kind: kind, Location: place(x, 0)})
	return l
}

func (l *log) order(name string) *log { l.events[len(l.events)-1].OrderID = name; return l }

// stand tells positions every 20 s, at one place.
func (l *log) stand(from, until int, x float64) *log {
	for s := from; s <= until; s += 20 {
		l.tell(rumbo.VehiclePosition, s, x)
	}
	return l
}

// drive tells positions every 20 s between two places, ends excluded.
func (l *log) drive(from, until int, x, y float64) *log {
	for s := from + 20; s < until; s += 20 {
		l.tell(rumbo.VehiclePosition, s, x+(y-x)*float64(s-from)/float64(until-from))
	}
	return l
}

// drives are the drives as seconds and meters: 300-600 0>3000.
func drives(t Track) string {
	var out []string
	for _, d := range t.Drives {
		east := func(p rumbo.Point) float64 { return (p.Lon - base.Lon) * 91_200 }
		out = append(out, fmt.Sprintf("%.0f-%.0f %.0f>%.0f", d.DepartAt.Sub(noon).Seconds(), d.ArriveAt.Sub(noon).Seconds(), east(d.From), east(d.To)))
	}
	return strings.Join(out, " ")
}

// visits are the visits as seconds and orders; those that are not whole in brackets.
func visits(t Track) string {
	var out []string
	for _, v := range t.Visits {
		text := fmt.Sprintf("%.0f-%.0f%s", v.ArriveAt.Sub(noon).Seconds(), v.DepartAt.Sub(noon).Seconds(), strings.Join(v.Orders, ""))
		if !v.Whole {
			text = "(" + text + ")"
		}
		out = append(out, text)
	}
	return strings.Join(out, " ")
}

func TestFind(t *testing.T) {
	const hour = 3600
	two := func() *log { return new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).stand(600, 900, 3000) }
	for name, c := range map[string]struct {
		log            *log
		drives, visits string
		left           Left
	}{
		"nothing":               {new(log), "", "", Left{}},
		"two stays":             {two(), "300-600 0>3000", "(0-300) (600-900)", Left{}},
		"a whole visit between": {two().drive(900, 1200, 3000, 6000).stand(1200, 1500, 6000), "300-600 0>3000 900-1200 3000>6000", "(0-300) 600-900 (1200-1500)", Left{}},
		"a red light": {new(log).stand(0, 300, 0).drive(300, 460, 0, 1500).stand(460, 580, 1500).drive(580, 800, 1500, 3000).stand(800, 1100, 3000),
			"300-800 0>3000", "(0-300) (800-1100)", Left{}},
		"a drive without its beginning": {new(log).drive(0, 300, 0, 3000).stand(300, 600, 3000), "", "(300-600)", Left{}},
		"a drive without its end":       {new(log).stand(0, 300, 0).drive(300, 600, 0, 3000), "", "(0-300)", Left{}},
		"an order that was said": {new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).tell(rumbo.VehicleArrived, 600, 3000).order("A").
			tell(rumbo.VehicleDeparted, 640, 3000).order("A").drive(640, 940, 3000, 6000).stand(940, 1240, 6000),
			"300-600 0>3000 640-940 3000>6000", "(0-300) 600-640A (940-1240)", Left{}},
		"two orders of one house": {new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).tell(rumbo.VehicleArrived, 600, 3000).order("A").tell(rumbo.VehicleDeparted, 640, 3000).order("A").
			tell(rumbo.VehicleArrived, 640, 3000).order("B").tell(rumbo.VehicleDeparted, 700, 3000).order("B"),
			"300-600 0>3000", "(0-300) 600-640A 640-700B", Left{Short: 1}},
		"two orders at once": {new(log).tell(rumbo.VehicleArrived, 0, 0).order("A").tell(rumbo.VehicleArrived, 0, 0).order("B").
			tell(rumbo.VehicleDeparted, 100, 0).order("A").tell(rumbo.VehicleDeparted, 110, 0).order("B"), "", "0-110AB", Left{}},
		"an app alone, through silence": {new(log).tell(rumbo.VehicleDeparted, 0, 0).tell(rumbo.VehicleArrived, 3000, 9000), "0-3000 0>9000", "(0-0) (3000-3000)", Left{}},
		"an engine alone": {new(log).tell(rumbo.VehicleIgnitionOn, 0, 0).tell(rumbo.VehicleIgnitionOff, 1800, 9000).tell(rumbo.VehicleIgnitionOn, 2400, 9000).
			tell(rumbo.VehicleIgnitionOff, 4200, 0), "0-1800 0>9000 2400-4200 9000>0", "(0-0) 1800-2400 (4200-4200)", Left{}},
		"silence while standing": {new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).stand(600, 660, 3000).stand(8*hour, 8*hour+40, 3000).drive(8*hour+40, 8*hour+340, 3000, 0).stand(8*hour+340, 8*hour+640, 0),
			"300-600 0>3000 28840-29140 3000>0", "(0-300) 600-28840 (29140-29440)", Left{}},
		"silence on the way": {new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).drive(2*hour, 2*hour+300, 9000, 12000).stand(2*hour+300, 2*hour+600, 12000),
			"", "(0-300) (7500-7800)", Left{Cuts: 1}},
		"a jump":         {two().tell(rumbo.VehiclePosition, 405, 90_000), "300-600 0>3000", "(0-300) (600-900)", Left{Jumps: 1}},
		"the first jump": {new(log).tell(rumbo.VehiclePosition, -5, 90_000).stand(0, 300, 0), "", "(0-300)", Left{Cuts: 1}},
		"jumps all over": {two().tell(rumbo.VehiclePosition, 405, 90_000).tell(rumbo.VehiclePosition, 406, -90_000).tell(rumbo.VehiclePosition, 407, 90_000),
			"300-600 0>3000", "(0-300) (600-900)", Left{Jumps: 3}},
		"a jump that settles": {new(log).stand(0, 300, 0).stand(320, 620, 90_000), "", "(0-300) (320-620)", Left{Cuts: 1}},
		"a stay that strays": {new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).stand(600, 800, 3000).tell(rumbo.VehiclePosition, 820, 3140).stand(840, 1100, 3000).
			drive(1100, 1400, 3000, 6000).stand(1400, 1700, 6000), "300-600 0>3000 1100-1400 3000>6000", "(0-300) 600-1100 (1400-1700)", Left{}},
		"a short drive": {new(log).stand(0, 300, 0).drive(300, 350, 0, 400).stand(350, 700, 400), "", "(0-300) (340-690)", Left{Short: 1}},
		"a round":       {new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).drive(600, 900, 3000, 0).stand(900, 1200, 0), "", "(0-300) (900-1200)", Left{Round: 1}},
		"a long drive": {new(log).stand(0, 300, 0).drive(300, 300+3*hour+60, 0, 200_000).stand(300+3*hour+60, 300+3*hour+360, 200_000), "",
			"(0-300) (11160-11460)", Left{Long: 1}},
		"faster than roads": {new(log).stand(0, 300, 0).drive(300, 400, 0, 4000).stand(400, 700, 4000), "", "(0-300) (400-700)", Left{Speed: 1}},
	} {
		got := Find(c.log.events, noon.Add(24*time.Hour), DefaultOptions())
		if drives(got) != c.drives || visits(got) != c.visits || got.Left != c.left {
			t.Errorf("%s:\n drives %s\n   want %s\n visits %s\n   want %s\n left %+v\n want %+v", name, drives(got), c.drives, visits(got), c.visits, got.Left, c.left)
		}
	}
}

// TestStoppedEngine holds that an engine which was stopped a moment ago may start again.
func TestStoppedEngine(t *testing.T) {
	l := new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).tell(rumbo.VehicleIgnitionOff, 600, 3000)
	for second, want := range map[int]string{600: "", 779: "", 780: "300-600 0>3000"} {
		if got := drives(Find(l.events, noon.Add(time.Duration(second)*time.Second), DefaultOptions())); got != want {
			t.Errorf("known until %d: %s, want %s", second, got, want)
		}
	}
}

func TestWhatIsInaccurateIsLeftOut(t *testing.T) {
	l := new(log).stand(0, 300, 0)
	l.events[4].AccuracyM, l.events[4].Location = 2000, place(500, 0)
	if got := Find(l.events, noon, DefaultOptions()); visits(got) != "(0-300)" || got.Left != (Left{Inaccurate: 1}) {
		t.Errorf("%s %+v", visits(got), got.Left)
	}
}

func TestDistance(t *testing.T) {
	l := new(log).stand(0, 300, 0).drive(300, 600, 0, 3000).stand(600, 900, 3000)
	if d := Find(l.events, noon, DefaultOptions()).Drives[0].DistanceM; d < 2990 || d > 3010 {
		t.Errorf("%g m", d)
	}
	sparse := new(log).stand(0, 300, 0).tell(rumbo.VehiclePosition, 450, 1500).stand(600, 900, 3000)
	if d := Find(sparse.events, noon, DefaultOptions()).Drives[0].DistanceM; d != 0 {
		t.Errorf("%g m of three fixes", d)
	}
}

// TestAcrossTheAntimeridian has a stay whose fixes lie on both sides.
func TestAcrossTheAntimeridian(t *testing.T) {
	var l log
	for s := range 20 {
		l.tell(rumbo.VehiclePosition, 20*s, 0)
		l.events[s].Location = rumbo.Point{Lat: -17, Lon: 179.9999 + 0.0002*float64(s%2)}
		if s%2 == 1 {
			l.events[s].Location.Lon -= 360
		}
	}
	got := Find(l.events, noon, DefaultOptions())
	if len(got.Visits) != 1 || 180-max(got.Visits[0].Place.Lon, -got.Visits[0].Place.Lon) > 1e-9 {
		t.Errorf("%+v", got)
	}
}

func TestTrip(t *testing.T) {
	d := Drive{VehicleID: "v", DepartAt: noon, ArriveAt: noon.Add(time.Hour), From: base, To: place(5000, 0), DistanceM: 6000}
	trip, later := d.Trip(), d
	later.ArriveAt = later.ArriveAt.Add(time.Second)
	if faults := trip.Validate(""); len(faults) > 0 || trip.ID != later.ID() || trip.DurationS() != 3600 {
		t.Errorf("%+v %v", trip, faults)
	}
	for _, other := range []Drive{{VehicleID: "w", DepartAt: noon}, {VehicleID: "v", DepartAt: noon.Add(time.Second)}} {
		if other.ID() == trip.ID {
			t.Errorf("%+v has the same ID", other)
		}
	}
}
