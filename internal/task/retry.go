package task

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime/debug"
	"time"
)

// ErrCrashed is the cause given to GaveUp when the process died too often
// while it worked on a task.
var ErrCrashed = errors.New("the process died too often while working on this task")

// retry is an error with a chosen next attempt.
type retry struct {
	at    time.Time     // when set
	after time.Duration // otherwise
	err   error
}

func (r *retry) Error() string {
	if r.err == nil {
		return "not yet"
	}
	return r.err.Error()
}

func (r *retry) Unwrap() error { return r.err }

// permanent is an error that no further attempt can mend.
type permanent struct{ err error }

func (p *permanent) Error() string { return p.err.Error() }
func (p *permanent) Unwrap() error { return p.err }

// RetryAfter is err with the next attempt after d. With a nil err it is no
// failure but "not yet": the attempt does not count.
func RetryAfter(d time.Duration, err error) error { return &retry{after: max(d, 0), err: err} }

// RetryAt is err with the next attempt at the given time; with a nil err the
// attempt does not count.
func RetryAt(at time.Time, err error) error { return &retry{at: at, err: err} }

// Permanent is err with no further attempt. It is nil when err is nil.
func Permanent(err error) error {
	if err == nil {
		return nil
	}
	return &permanent{err}
}

// IsPermanent says whether a handler's error forbids further attempts.
func IsPermanent(err error) bool {
	var p *permanent
	return errors.As(err, &p)
}

// NotYet says whether a handler's answer is no failure but a wish to be called
// again later, and after how long.
func NotYet(err error, now time.Time) (wait time.Duration, ok bool) {
	var r *retry
	if errors.As(err, &r) && r.err == nil {
		return r.wait(now), true
	}
	return 0, false
}

// NextAttempt is when attempt number+1 should run after attempt number ended
// with err at now. Drivers call it; err is not nil.
func NextAttempt(err error, number int, now time.Time) time.Time {
	var r *retry
	if errors.As(err, &r) {
		return now.Add(r.wait(now))
	}
	return now.Add(Backoff(number))
}

func (r *retry) wait(now time.Time) time.Duration {
	if r.at.IsZero() {
		return r.after
	}
	return max(r.at.Sub(now), 0)
}

// Backoff is the default wait after attempt number failed: one second doubled
// with every attempt up to an hour, of which up to a quarter is taken off at
// random so that tasks that failed together do not return together.
func Backoff(number int) time.Duration {
	const ceiling = time.Hour
	d := min(time.Duration(math.Exp2(float64(min(max(number, 1), 20)-1)))*time.Second, ceiling)
	return d - time.Duration(rand.Float64()*0.25*float64(d))
}

// PanicError is a panic in a handler.
type PanicError struct {
	Value any
	Stack []byte // where it happened, for the log
}

// Error says what the panic said.
func (p *PanicError) Error() string { return fmt.Sprintf("panic in handler: %v", p.Value) }

// Guard calls a handler and turns a panic into a *PanicError.
func Guard(h func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &PanicError{p, debug.Stack()}
		}
	}()
	return h()
}
