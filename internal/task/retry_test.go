package task

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestNextAttempt(t *testing.T) {
	now := time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)
	fault := errors.New("fault")
	for what, c := range map[string]struct {
		err  error
		want time.Duration
	}{
		"after":         {RetryAfter(time.Minute, fault), time.Minute},
		"after, within": {fmt.Errorf("x: %w", RetryAfter(time.Minute, fault)), time.Minute},
		"at":            {RetryAt(now.Add(time.Hour), fault), time.Hour},
		"at the past":   {RetryAt(now.Add(-time.Hour), fault), 0},
		"negative":      {RetryAfter(-time.Hour, fault), 0},
	} {
		if got := NextAttempt(c.err, 3, now).Sub(now); got != c.want {
			t.Errorf("%s: %s, want %s", what, got, c.want)
		}
		if !errors.Is(c.err, fault) {
			t.Errorf("%s hides its cause", what)
		}
		if _, ok := NotYet(c.err, now); ok {
			t.Errorf("%s is a failure", what)
		}
	}
	if wait, ok := NotYet(RetryAfter(time.Second, nil), now); !ok || wait != time.Second {
		t.Errorf("not yet: %s, %v", wait, ok)
	}
	if Permanent(nil) != nil || IsPermanent(fault) || !IsPermanent(fmt.Errorf("x: %w", Permanent(fault))) {
		t.Error("permanent")
	}
}

func TestBackoffGrows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(-3, 1000).Draw(t, "attempt")
		low, high := 750*time.Millisecond, time.Hour
		if d := Backoff(n); d < low || d > high {
			t.Fatalf("Backoff(%d) = %s", n, d)
		}
		if n >= 1 && n < 12 {
			if full := time.Second << (n - 1); Backoff(n) > full || Backoff(n) < full*3/4 {
				t.Fatalf("Backoff(%d) out of range", n)
			}
		}
	})
}

func TestGuard(t *testing.T) {
	err := Guard(func() error { panic("boom") })
	var p *PanicError
	if !errors.As(err, &p) || p.Value != "boom" || len(p.Stack) == 0 {
		t.Errorf("got %v", err)
	}
	if err := Guard(func() error { return nil }); err != nil {
		t.Error(err)
	}
}
