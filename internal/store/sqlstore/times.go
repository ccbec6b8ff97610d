package sqlstore

import "time"

// micros is a time as it is kept: microseconds since 1970 and the offset from
// UTC in seconds. Finer parts are cut off.
func micros(t time.Time) (us int64, offset int64) {
	_, seconds := t.Zone()
	return t.UnixMicro(), int64(seconds)
}

// fromMicros is the same instant with the same offset.
func fromMicros(us, offset int64) time.Time {
	t := time.UnixMicro(us)
	if offset == 0 {
		return t.UTC()
	}
	return t.In(time.FixedZone("", int(offset)))
}
