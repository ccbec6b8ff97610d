package etl

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func mustLoad(t *testing.T, name string) *time.Location {
	t.Helper()
	l, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// TestInstantsAgainstEveryOffset compares with the definition: the instants whose
// wall clock, in the zone, reads the time that was written.
func TestInstantsAgainstEveryOffset(t *testing.T) {
	zones := []*localZone{}
	for _, name := range []string{"America/New_York", "America/Santiago", "America/Sao_Paulo", "America/Argentina/Buenos_Aires", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"} {
		zones = append(zones, &localZone{Location: mustLoad(t, name)})
	}
	rapid.Check(t, func(t *rapid.T) {
		z := rapid.SampledFrom(zones).Draw(t, "zone") // with whatever it remembers
		wall := time.Unix(rapid.Int64Range(0, 2_000_000_000).Draw(t, "wall"), 0).UTC()
		if rapid.Bool().Draw(t, "near a change") {
			_, end := wall.In(z.Location).ZoneBounds()
			if !end.IsZero() {
				_, offset := end.Zone()
				wall = end.UTC().Add(time.Duration(offset+rapid.IntRange(-8000, 8000).Draw(t, "seconds")) * time.Second)
			}
		}
		var want []time.Time
		for minutes := -15 * 60; minutes <= 15*60; minutes += 15 {
			at := wall.Add(time.Duration(minutes) * time.Minute)
			_, offset := at.In(z.Location).Zone()
			if at.Add(time.Duration(offset) * time.Second).Equal(wall) {
				want = append(want, at)
			}
		}
		got, n := z.instants(wall)
		if n != len(want) {
			t.Fatalf("%s in %s: %d instants, want %v", wall, z.Location, n, want)
		}
		for i := range want {
			if !got[i].Equal(want[i]) {
				t.Fatalf("%s in %s: got %v, want %v", wall, z.Location, got[:n], want)
			}
		}
	})
}

func TestParseClock(t *testing.T) {
	lima := time.FixedZone("", -5*3600)
	for text, want := range map[string]clock{
		"2022-03-14 10:26:55":              {at: time.Date(2022, 3, 14, 10, 26, 55, 0, time.UTC), local: true},
		"2022-03-14T10:26:55":              {at: time.Date(2022, 3, 14, 10, 26, 55, 0, time.UTC), local: true},
		"2022-03-14 10:26:55.250":          {at: time.Date(2022, 3, 14, 10, 26, 55, 250e6, time.UTC), local: true},
		"2022-03-14 10:26":                 {at: time.Date(2022, 3, 14, 10, 26, 0, 0, time.UTC), local: true},
		"2022-03-14T10:26:55Z":             {at: time.Date(2022, 3, 14, 10, 26, 55, 0, time.UTC)},
		"2022-03-14T10:26:55.5-05:00":      {at: time.Date(2022, 3, 14, 10, 26, 55, 500e6, lima)},
		"2022-03-14 10:26:55-05:00":        {at: time.Date(2022, 3, 14, 10, 26, 55, 0, lima)},
		"2020-02-29 23:59:59":              {at: time.Date(2020, 2, 29, 23, 59, 59, 0, time.UTC), local: true},
		"2022-02-29 10:00:00":              {},
		"2022-03-14 24:00:00":              {},
		"2022-03-14 10:60:00":              {},
		"2022-13-14 10:26:55":              {},
		"14/03/2022 10:26":                 {},
		"2022-03-14":                       {},
		"1647253615":                       {},
		"":                                 {},
		"2022-03-14 1a:26:55":              {},
		"2022-03-14T10:26:55-05:00 (Lima)": {},
	} {
		got, ok := parseClock(text)
		if ok != (want != clock{}) || got.local != want.local || !got.at.Equal(want.at) {
			t.Errorf("%q: got %v, %v; want %v", text, got, ok, want)
		}
	}
}
