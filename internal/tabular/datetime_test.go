package tabular

import (
	"testing"
	"time"
)

func TestAppendDateTime(t *testing.T) {
	for _, at := range []time.Time{{}, time.Unix(0, 0).UTC(), time.Date(2022, 1, 31, 8, 5, 9, 999, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC),
		time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(-3, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(7, 2, 28, 1, 2, 3, 0, time.FixedZone("", -5*3600))} {
		if got, want := string(AppendDateTime([]byte("x"), at)), "x"+at.Format(time.DateTime); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
