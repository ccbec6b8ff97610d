package schedule

import (
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"github.com/logistica-inteligente/rumbo"
)

// Times are the times of a schedule.
type Times struct {
	cron cron.Schedule
	zone *time.Location
}

// Parse reads a cron expression of five fields, or one such as @daily, and a time
// zone. Faults are named as fields below at.
func Parse(expression, zone, at string) (Times, []rumbo.FieldError) {
	var faults []rumbo.FieldError
	location, err := time.LoadLocation(zone)
	if err != nil || zone == "Local" {
		faults = append(faults, rumbo.FieldError{Pointer: at + "/time_zone", Code: rumbo.NotOneOf, Value: zone, Limit: "an IANA time zone"})
	}
	var parsed cron.Schedule
	if !strings.Contains(expression, "TZ=") && !strings.HasPrefix(expression, "@every") { // the zone has a field of its own
		parsed, err = cron.ParseStandard(expression)
	}
	if parsed == nil || err != nil || parsed.Next(time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		faults = append(faults, rumbo.FieldError{Pointer: at + "/cron", Code: rumbo.NotOneOf, Value: expression,
			Limit: "minute hour day-of-month month day-of-week, such as 0 3 * * 1, @hourly, @daily, @weekly, @monthly"})
	}
	return Times{parsed, location}, faults
}

// Next is the first time after the given one.
func (t Times) Next(after time.Time) time.Time {
	at := t.cron.Next(after.In(t.zone))
	for !at.IsZero() && t.fixedHour() && repeated(at) {
		at = t.cron.Next(at)
	}
	return at.UTC()
}

// fixedHour says whether the expression names its hours, without a star or step.
func (t Times) fixedHour() bool {
	const star = 1 << 63 // as the parser marks it
	spec, ok := t.cron.(*cron.SpecSchedule)
	return ok && spec.Hour&star == 0
}

// repeated says whether the clock showed the same time before: it was set back.
func repeated(at time.Time) bool {
	_, now := at.Zone()
	_, before := at.Add(-3 * time.Hour).Zone()
	if now >= before {
		return false
	}
	earlier := at.Add(time.Duration(now-before) * time.Second)
	_, then := earlier.Zone()
	return then == before
}

// Between yields the times from from on and before until.
func (t Times) Between(from, until time.Time) iter.Seq[time.Time] {
	return func(yield func(time.Time) bool) {
		for at := t.Next(from.Add(-time.Second)); at.Before(until); at = t.Next(at) {
			if !at.Before(from) && !yield(at) {
				return
			}
		}
	}
}

// Check reports every fault of a schedule that somebody wishes for, and completes it:
// its rule for missed times, its time zone and its next time after now.
func Check(s *rumbo.Schedule, now time.Time) []rumbo.FieldError {
	if s.TimeZone == "" {
		s.TimeZone = "UTC"
	}
	if s.Missed == "" {
		s.Missed = rumbo.MissedOnce
	}
	times, faults := Parse(s.Cron, s.TimeZone, "")
	switch {
	case s.Name == "":
		faults = append(faults, rumbo.FieldError{Pointer: "/name", Code: rumbo.MissingField})
	case len(s.Name) > rumbo.MaxIDLength:
		faults = append(faults, rumbo.FieldError{Pointer: "/name", Code: rumbo.TooLong, Value: len(s.Name), Limit: rumbo.MaxIDLength})
	}
	flow, flows := s.Flow, rumbo.StartableFlows()
	if !slices.Contains(flows, flow) {
		faults = append(faults, rumbo.FieldError{Pointer: "/flow", Code: rumbo.NotOneOf, Value: flow, Limit: strings.Join(flows, ", ")})
		flow = rumbo.FlowTrain // which most want: its faults are told as well
	}
	if s.Missed != rumbo.MissedOnce && s.Missed != rumbo.MissedSkip && s.Missed != rumbo.MissedAll {
		faults = append(faults, rumbo.FieldError{Pointer: "/missed", Code: rumbo.NotOneOf, Value: s.Missed,
			Limit: fmt.Sprintf("%s, %s, %s", rumbo.MissedOnce, rumbo.MissedSkip, rumbo.MissedAll)})
	}
	faults = append(faults, s.Parameters.Validate(flow, "/parameters")...)
	if len(faults) == 0 {
		s.NextAt = times.Next(now)
	}
	return faults
}
