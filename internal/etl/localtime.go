package etl

import (
	"slices"
	"time"
)

// clock is a time as written: with its offset, or a wall clock whose zone has
// yet to be applied.
type clock struct {
	at    time.Time // with its offset; a wall clock as if in UTC
	local bool      // it is a wall clock
}

// parseClock reads RFC 3339, or a local time "2006-01-02 15:04:05" with "T" for
// the space, fractions of a second and left-out seconds understood.
func parseClock(text string) (clock, bool) {
	if wall, ok := plainClock(text); ok {
		return clock{at: wall, local: true}, true
	}
	for _, form := range []string{time.RFC3339Nano, "2006-01-02 15:04:05.999999999Z07:00"} {
		if t, err := time.Parse(form, text); err == nil {
			return clock{at: t}, true
		}
	}
	for _, form := range []string{"2006-01-02 15:04:05.999999999", "2006-01-02T15:04:05.999999999", "2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(form, text); err == nil {
			return clock{at: t, local: true}, true
		}
	}
	return clock{}, false
}

// plainClock reads the form of nearly every file, "2006-01-02 15:04:05", ten
// times as fast as time.Parse.
func plainClock(s string) (time.Time, bool) {
	if len(s) != 19 || s[4] != '-' || s[7] != '-' || s[10] != ' ' || s[13] != ':' || s[16] != ':' {
		return time.Time{}, false
	}
	var n [6]int
	for i, at := range [6]int{0, 5, 8, 11, 14, 17} {
		length := 2
		if i == 0 {
			length = 4
		}
		for _, c := range []byte(s[at : at+length]) {
			if c < '0' || c > '9' {
				return time.Time{}, false
			}
			n[i] = n[i]*10 + int(c-'0')
		}
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], n[3], n[4], n[5], 0, time.UTC)
	if t.Year() != n[0] || t.Month() != time.Month(n[1]) || t.Day() != n[2] || t.Hour() != n[3] || t.Minute() != n[4] || t.Second() != n[5] {
		return time.Time{}, false // the 31st of February, 25 o'clock
	}
	return t, true
}

// localZone turns wall clocks into instants and remembers the stretch between
// two changes of the clocks that it last met: nearly every row lies in it.
type localZone struct {
	*time.Location
	from, until time.Time // wall clocks surely read with offset, as if in UTC
	offset      time.Duration
}

// clear is how far from a change of the clocks a wall clock surely means one
// instant.
const clear = 48 * time.Hour

// instants are the instants at which a wall clock showed the time: none in the
// hour that is skipped in spring, two in the hour that comes twice in autumn,
// the earlier first, otherwise one. n says how many.
func (z *localZone) instants(wall time.Time) (at [2]time.Time, n int) {
	if wall.After(z.from) && wall.Before(z.until) {
		return [2]time.Time{wall.Add(-z.offset)}, 1
	}
	guess := wall.In(z.Location)
	for _, offset := range z.remember(guess) {
		t := wall.Add(-time.Duration(offset) * time.Second)
		if _, actual := t.In(z.Location).Zone(); actual == offset && n < len(at) {
			at[n] = t
			n++
		}
	}
	if n == 2 && at[1].Before(at[0]) {
		at[0], at[1] = at[1], at[0]
	}
	return at, n
}

// remember notes the stretch around an instant and returns the different
// offsets, in seconds, that hold in it, before it and after it.
func (z *localZone) remember(t time.Time) []int {
	_, now := t.Zone()
	out := []int{now}
	add := func(at time.Time) {
		if _, o := at.Zone(); !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	z.offset = time.Duration(now) * time.Second
	z.from, z.until = time.Time{}, time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC)
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		add(start.Add(-time.Second))
		z.from = start.UTC().Add(clear)
	}
	if !end.IsZero() {
		add(end)
		z.until = end.UTC().Add(-clear)
	}
	return out
}
