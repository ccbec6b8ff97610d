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

// instants are the instants at which a wall clock showed the time: none in the
// hour that is skipped in spring, two in the hour that comes twice in autumn,
// the earlier first, otherwise one.
func instants(wall time.Time, in *time.Location) []time.Time {
	var out []time.Time
	for _, offset := range offsetsAround(wall.In(in)) {
		t := wall.Add(-time.Duration(offset) * time.Second)
		if _, actual := t.In(in).Zone(); actual == offset {
			out = append(out, t)
		}
	}
	if len(out) == 2 && out[1].Before(out[0]) {
		out[0], out[1] = out[1], out[0]
	}
	return out
}

// offsetsAround are the different offsets from UTC, in seconds, that hold at an
// instant, before the last change and after the next.
func offsetsAround(t time.Time) []int {
	_, now := t.Zone()
	out := []int{now}
	add := func(at time.Time) {
		if _, o := at.Zone(); !slices.Contains(out, o) {
			out = append(out, o)
		}
	}
	start, end := t.ZoneBounds()
	if !start.IsZero() {
		add(start.Add(-time.Second))
	}
	if !end.IsZero() {
		add(end)
	}
	return out
}
