package quality

import (
	"fmt"
	"math"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// defaultBatches is how many batches before this one a check of the batch compares with.
const defaultBatches = 10

// minBatches is how many it needs to say anything.
const minBatches = 3

// Trailing is how many loaded batches before this one Finish wants to see.
func (r *Run) Trailing() int {
	most := 0
	for _, c := range r.checks {
		if c.Type == rumbo.CheckVolume || c.Type == rumbo.CheckDrift {
			most = max(most, c.window())
		}
	}
	return most
}

func (c *running) window() int {
	if c.Batches > 0 {
		return c.Batches
	}
	return defaultBatches
}

// Finish ends the run with the loaded batches before this one, newest first, and
// returns what is kept with the batch, and whether a check of severity fail was
// broken. O(checks · batches).
func (r *Run) Finish(rows int64, before []rumbo.Batch) (q rumbo.BatchQuality, failed []rumbo.CheckResult) {
	q.Checks = r.results(rows)
	for i, c := range r.checks {
		window := before[:min(len(before), c.window())]
		switch c.Type {
		case rumbo.CheckFreshness:
			c.fresh(&q.Checks[i], r.batch.ReceivedAt)
		case rumbo.CheckVolume:
			c.volume(&q.Checks[i], rows, window)
		case rumbo.CheckDrift:
			if q.Profile == nil {
				q.Profile = map[string]rumbo.FieldProfile{}
			}
			q.Profile[c.Field] = c.profile.field()
			c.drift(&q.Checks[i], window)
		}
		if q.Checks[i].State == rumbo.CheckBroken && c.Severity == rumbo.SeverityFail {
			failed = append(failed, q.Checks[i])
		}
	}
	r.events.into(&q)
	return q, failed
}

// observe takes a record into what is measured of the batch.
func (c *running) observe(record any) {
	if c.read == nil {
		return
	}
	v := c.read(record)
	switch {
	case c.Type == rumbo.CheckFreshness:
		if t, ok := instant(v); ok && t.After(c.newest) {
			c.newest = t
		}
	case v.kind == isNumber:
		c.profile.add(v.num)
	}
}

func (c *running) fresh(out *rumbo.CheckResult, receivedAt time.Time) {
	out.Expected = fmt.Sprintf("newest %s at most %g h before reception", c.Field, c.MaxAgeH)
	if c.newest.IsZero() {
		out.State = rumbo.CheckSkipped
		return
	}
	age := receivedAt.Sub(c.newest).Hours()
	measure(out, age, age > c.MaxAgeH)
}

func (c *running) volume(out *rumbo.CheckResult, rows int64, before []rumbo.Batch) {
	if len(before) < minBatches {
		out.State, out.Expected = rumbo.CheckSkipped, fmt.Sprintf("at least %d batches to compare with", minBatches)
		return
	}
	sum := int64(0)
	for _, b := range before {
		sum += b.Counts.Rows
	}
	mean := float64(sum) / float64(len(before))
	out.Expected = fmt.Sprintf("%.0f rows within %g %%, the mean of %d batches", mean, 100*c.Tolerance, len(before))
	measure(out, float64(rows), math.Abs(float64(rows)-mean) > c.Tolerance*mean)
}

// drift compares means, in standard deviations of the batches before.
func (c *running) drift(out *rumbo.CheckResult, before []rumbo.Batch) {
	var past moments
	batches := 0
	for _, b := range before {
		if p, ok := b.Quality.Profile[c.Field]; ok && p.Count > 0 {
			past.merge(p)
			batches++
		}
	}
	now := c.profile.field()
	if batches < minBatches || now.Count == 0 || past.sd() == 0 {
		out.State, out.Expected = rumbo.CheckSkipped, fmt.Sprintf("at least %d batches with %s to compare with", minBatches, c.Field)
		return
	}
	out.Expected = fmt.Sprintf("mean %s within %g standard deviations (%.4g) of %.4g, the mean of %d batches",
		c.Field, c.Tolerance, past.sd(), past.mean, batches)
	d := (now.Mean - past.mean) / past.sd()
	measure(out, d, math.Abs(d) > c.Tolerance)
}

func measure(out *rumbo.CheckResult, measured float64, broken bool) {
	out.Measured = &measured
	if broken {
		out.State = rumbo.CheckBroken
	}
}

// moments are count, mean and spread, kept by Welford's method (1962,
// doi:10.1080/00401706.1962.10490022), which loses no digits to large sums.
type moments struct {
	n        int64
	mean, m2 float64
}

func (m *moments) add(x float64) {
	m.n++
	d := x - m.mean
	m.mean += d / float64(m.n)
	m.m2 += d * (x - m.mean)
}

// merge adds the values that a profile describes (Chan, Golub & LeVeque 1979).
func (m *moments) merge(p rumbo.FieldProfile) {
	d := p.Mean - m.mean
	n := m.n + p.Count
	m.m2 += p.SD*p.SD*float64(p.Count) + d*d*float64(m.n)*float64(p.Count)/float64(n)
	m.mean += d * float64(p.Count) / float64(n)
	m.n = n
}

func (m *moments) sd() float64 {
	if m.n == 0 {
		return 0
	}
	return math.Sqrt(m.m2 / float64(m.n))
}

func (m *moments) field() rumbo.FieldProfile {
	return rumbo.FieldProfile{Count: m.n, Mean: m.mean, SD: m.sd()}
}

// eventSpan follows the events of a batch.
type eventSpan struct {
	watermark, from, until time.Time
	late                   int64
}

// eventOf is what a record tells of, zero when it is no event.
func eventOf(record any) time.Time {
	switch r := record.(type) {
	case *rumbo.Trip:
		return r.PickupAt
	case *rumbo.Order:
		day, _ := time.Parse(time.DateOnly, r.Day) // the cleaning has read it
		return day
	case *rumbo.Vehicle:
		return r.Shift.Open
	case *rumbo.VehicleEvent:
		return r.At
	}
	return time.Time{}
}

func (s *eventSpan) add(at time.Time) {
	if at.IsZero() {
		return
	}
	if s.from.IsZero() || at.Before(s.from) {
		s.from = at
	}
	if at.After(s.until) {
		s.until = at
	}
	if at.Before(s.watermark) {
		s.late++
	}
}

func (s *eventSpan) into(q *rumbo.BatchQuality) {
	if !s.watermark.IsZero() {
		mark := s.watermark.UTC()
		q.Watermark, q.LateRows = &mark, s.late
	}
	if s.from.IsZero() {
		return
	}
	from, until := s.from.UTC(), s.until.UTC()
	q.EventFrom, q.EventUntil = &from, &until
	if s.late > 0 {
		q.LateByS = s.watermark.Sub(s.from).Seconds()
	}
}

// generations is a set that forgets: when the younger half is full the older
// one goes. Its fingerprints are of 64 bits with a fixed seed, see fnv.
type generations struct{ young, old map[uint64]struct{} }

// generationSize bounds one of the two sets, some 20 MiB.
const generationSize = 1 << 19

func (g *generations) add(text string) bool {
	h := fnv(text)
	if _, ok := g.young[h]; ok {
		return false
	}
	if _, ok := g.old[h]; ok {
		return false
	}
	if g.young == nil || len(g.young) >= generationSize {
		g.young, g.old = map[uint64]struct{}{}, g.young
	}
	g.young[h] = struct{}{}
	return true
}

// fnv is FNV-1a, 64 bits: the same in every process, so that results repeat.
func fnv(text string) uint64 {
	h := uint64(14695981039346656037)
	for _, c := range []byte(text) {
		h = (h ^ uint64(c)) * 1099511628211
	}
	return h
}
