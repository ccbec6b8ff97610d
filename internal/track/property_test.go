package track

import (
	"encoding/binary"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// day is a made-up day of a vehicle: what happened, and what its tracker told of it.
type day struct {
	stops  [][2]int // arrival and departure, seconds
	events []rumbo.VehicleEvent
}

// makeDay drives a vehicle from stop to stop, with a fix every few seconds that is some
// meters off.
func makeDay(r *rand.Rand) (d day) {
	every, at, x := 5+r.IntN(20), 0, 0.0
	tell := func(x float64) {
		d.events = append(d.events, rumbo.VehicleEvent{VehicleID: "v", At: noon.Add(time.Duration(at) * time.Second), Kind: rumbo.VehiclePosition,
			Location: place(x+20*(r.Float64()-0.5), 20*(r.Float64()-0.5))})
	}
	for range 2 + r.IntN(6) {
		arrive := at
		for until := at + 240 + r.IntN(900); at <= until; at += every {
			tell(x)
		}
		d.stops = append(d.stops, [2]int{arrive, at - every})
		speed := 5 + 20*r.Float64() // m/s
		for target := x + 1500 + 10_000*r.Float64(); x < target; at += every {
			if x += speed * float64(every); x < target {
				tell(x)
			}
		}
	}
	return d
}

// disturbed is the same day as it may arrive: out of order, with events twice and places
// that no vehicle could have been at.
func disturbed(r *rand.Rand, events []rumbo.VehicleEvent) []rumbo.VehicleEvent {
	out := slices.Clone(events)
	for range 10 {
		out = append(out, events[r.IntN(len(events))])
		wrong := events[1+r.IntN(len(events)-2)]
		wrong.At, wrong.Location = wrong.At.Add(time.Second), place(500_000+1e6*r.Float64(), 500_000)
		out = append(out, wrong)
	}
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func TestWhatHappenedIsFound(t *testing.T) {
	for seed := range uint64(300) {
		r := rand.New(rand.NewPCG(seed, 1))
		d := makeDay(r)
		got := Find(d.events, noon, DefaultOptions())
		if len(got.Visits) != len(d.stops) || len(got.Drives) != len(d.stops)-1 {
			t.Fatalf("seed %d: %d visits and %d drives of %d stops: %+v", seed, len(got.Visits), len(got.Drives), len(d.stops), got)
		}
		const slack = 45 * time.Second // the radius at the slowest, and two fixes
		for i, v := range got.Visits {
			arrive, depart := noon.Add(time.Duration(d.stops[i][0])*time.Second), noon.Add(time.Duration(d.stops[i][1])*time.Second)
			if v.ArriveAt.Sub(arrive).Abs() > slack || v.DepartAt.Sub(depart).Abs() > slack {
				t.Errorf("seed %d: visit %s to %s, was %s to %s", seed, v.ArriveAt, v.DepartAt, arrive, depart)
			}
		}
		again := Find(disturbed(r, d.events), noon, DefaultOptions())
		if !reflect.DeepEqual(again.Drives, got.Drives) || !reflect.DeepEqual(again.Visits, got.Visits) {
			t.Fatalf("seed %d: disturbed it is another day:\n%+v\n%+v", seed, got, again)
		}
	}
}

// TestLaterEventsKeepDrives holds that a drive that was found stays when the day goes on.
func TestLaterEventsKeepDrives(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 2))
		d := makeDay(r)
		whole := map[string]bool{}
		for _, drive := range Find(d.events, noon, DefaultOptions()).Drives {
			whole[drive.ID()] = true
		}
		for range 5 {
			for _, drive := range Find(d.events[:r.IntN(len(d.events))], noon, DefaultOptions()).Drives {
				if !whole[drive.ID()] {
					t.Fatalf("seed %d: %+v is gone", seed, drive)
				}
			}
		}
	}
}

// FuzzFind holds what is true of any events.
func FuzzFind(f *testing.F) {
	f.Add([]byte("0123456789abcdef0123456789abcdef0123456789abcdef"))
	f.Add(make([]byte, 400))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var events []rumbo.VehicleEvent
		kinds := rumbo.VehicleEventKinds()
		for ; len(raw) >= 8; raw = raw[8:] {
			n := binary.LittleEndian.Uint64(raw)
			e := rumbo.VehicleEvent{VehicleID: "v", At: noon.Add(time.Duration(n%(1<<24)) * 10 * time.Millisecond), Kind: kinds[n>>24%5],
				Location: place(float64(int8(n>>32))*100, float64(int8(n>>40))*10), OrderID: []string{"", "A", "B"}[n>>48%3]}
			if n>>56 == 255 {
				e.Location = rumbo.Point{Lat: 90, Lon: 180}
			}
			events = append(events, e)
		}
		o := DefaultOptions()
		got := Find(events, noon.AddDate(0, 0, 2), o)
		for i, d := range got.Drives {
			took := d.ArriveAt.Sub(d.DepartAt)
			if took < o.MinDrive || took > o.MaxDrive || i > 0 && d.DepartAt.Before(got.Drives[i-1].ArriveAt) || len(d.Trip().Validate("")) > 0 {
				t.Fatalf("drive %d of %+v", i, got.Drives)
			}
		}
		for i, v := range got.Visits {
			if v.ServiceS() < 0 || i > 0 && v.ArriveAt.Before(got.Visits[i-1].DepartAt) {
				t.Fatalf("visit %d of %+v", i, got.Visits)
			}
		}
		slices.Reverse(events)
		if again := Find(events, noon.AddDate(0, 0, 2), o); !reflect.DeepEqual(again, got) {
			t.Fatalf("in another order: %+v\nnot %+v", again, got)
		}
	})
}
