package track

import (
	"fmt"
	"testing"
	"time"

	rumbo "github.com/logistica-inteligente/rumbo"
)

func TestMatch(t *testing.T) {
	at := func(minute int) time.Time {
		return time.Date(2026, 3, 16, 8, 0, 0, 0, time.UTC).Add(time.Duration(minute) * time.Minute)
	}
	place := func(meters float64) rumbo.Point { return rumbo.Point{Lat: -34.9 + meters/111_195, Lon: -62.5} }
	visits := []Visit{
		{Place: place(0), ArriveAt: at(0)},
		{Place: place(1000), ArriveAt: at(30), Orders: []string{"named"}},
		{Place: place(2000), ArriveAt: at(60)},
		{Place: place(2000), ArriveAt: at(120)},
	}
	for _, c := range []struct {
		what    string
		planned Planned
		visit   int
	}{
		{"there and then", Planned{"a", place(0), at(0)}, 0},
		{"around the corner, late", Planned{"a", place(140), at(-90)}, 0},
		{"too far", Planned{"a", place(160), at(0)}, -1},
		{"another half of the day", Planned{"a", place(0), at(-361)}, -1},
		{"of two visits the one nearer in time", Planned{"a", place(1990), at(95)}, 3},
		{"and the other", Planned{"a", place(1990), at(85)}, 2},
		{"named, wherever it was planned", Planned{"named", place(9000), at(600)}, 1},
		{"a visit that names others made only these", Planned{"a", place(1000), at(30)}, -1},
	} {
		want := make([][]int, len(visits))
		if c.visit >= 0 {
			want[c.visit] = []int{0}
		}
		if got := Match(visits, []Planned{c.planned}); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: %v, want visit %d", c.what, got, c.visit)
		}
	}
	both := []Planned{{"a", place(10), at(0)}, {"b", place(-10), at(5)}}
	if got := Match(visits, both); fmt.Sprint(got[0]) != "[0 1]" {
		t.Errorf("two orders of a building: %v", got)
	}
}
