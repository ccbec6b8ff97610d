package webhook

import "time"

// Verdict is what becomes of a delivery after an attempt.
type Verdict int

// Verdicts.
const (
	Done   Verdict = iota + 1 // the receiver has it
	Retry                     // try again after Next.After
	GiveUp                    // no further attempt: refused, gone, or out of attempts
)

// Next says what to do after an attempt.
type Next struct {
	Verdict Verdict
	After   time.Duration // for Retry
}

// MaxAttempts is how often a delivery is tried, over three days.
const MaxAttempts = 12

// Wait is the time between attempt n and the one after it; the first attempt
// is made at once.
func Wait(n int) time.Duration {
	waits := [...]time.Duration{5 * time.Second, 5 * time.Minute, 30 * time.Minute, 2 * time.Hour, 5 * time.Hour}
	if n >= 1 && n <= len(waits) {
		return waits[n-1]
	}
	return 10 * time.Hour
}

// after decides what follows a failed attempt number n. asked is the
// receiver's Retry-After: it may lengthen the wait to a day, never shorten it.
func after(n int, asked time.Duration) Next {
	if n >= MaxAttempts {
		return Next{Verdict: GiveUp}
	}
	return Next{Verdict: Retry, After: max(Wait(n), min(asked, 24*time.Hour))}
}
