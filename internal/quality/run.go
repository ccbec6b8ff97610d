package quality

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// maxExamples is how many rows a result names.
const maxExamples = 3

// Known says whether a target of references (zones, depots, vehicles) knows a value.
type Known func(target, value string) bool

// Run looks at the records of one batch, in the order of the payload.
type Run struct {
	batch  rumbo.Batch
	known  Known
	checks []*running // of rows and of the batch, as declared
	events eventSpan
	rules  map[string]*rumbo.CheckResult // of cleaning rules
	order  []string                      // their names, as met
}

// running is one check at work.
type running struct {
	rumbo.Check
	read, other reader
	values      map[string]bool
	seen        generations
	profile     moments
	newest      time.Time
	count       int64
	examples    []rumbo.CheckExample
}

// NewRun prepares the checks of a batch; the document must be valid. watermark is
// that of the kind, zero when there is none.
func NewRun(d rumbo.QualityDocument, b rumbo.Batch, known Known, watermark time.Time) *Run {
	r := &Run{batch: b, known: known, rules: map[string]*rumbo.CheckResult{}, events: eventSpan{watermark: watermark}}
	for _, c := range d.Of(b.Kind) {
		one := &running{Check: c, values: map[string]bool{}}
		if c.Field != "" {
			one.read = fieldReader(b.Kind, c.Field)
		}
		if c.Other != "" && c.Other != receivedAt {
			one.other = fieldReader(b.Kind, c.Other)
		}
		for _, v := range c.Values {
			one.values[v] = true
		}
		r.checks = append(r.checks, one)
	}
	return r
}

// WithoutUnique is a document without its unique checks, for single rows that are
// looked at apart from the others of their batch.
func WithoutUnique(d rumbo.QualityDocument) rumbo.QualityDocument {
	for _, list := range []*[]rumbo.Check{&d.Trips, &d.Orders, &d.Vehicles, &d.Depots} {
		*list = slices.DeleteFunc(slices.Clone(*list), func(c rumbo.Check) bool { return c.Type == rumbo.CheckUnique })
	}
	return d
}

// Row looks at a record, a *rumbo.Trip, *rumbo.Order, *rumbo.Vehicle or
// *rumbo.Depot, and returns the check that keeps it out and why; rule is empty
// when none does. O(checks).
func (r *Run) Row(row int64, record any) (rule, reason string) {
	for _, c := range r.checks {
		if c.OfBatch() {
			continue
		}
		why := r.broken(c, record)
		if why == "" {
			continue
		}
		c.count++
		if len(c.examples) < maxExamples {
			c.examples = append(c.examples, rumbo.CheckExample{Row: row, Reason: why})
		}
		if c.Severity == rumbo.SeverityQuarantine && rule == "" {
			rule, reason = c.Name, why
		}
	}
	if rule != "" {
		return rule, reason
	}
	for _, c := range r.checks { // what is kept out does not shift the batch's own figures
		if c.OfBatch() {
			c.observe(record)
		}
	}
	r.events.add(eventOf(record))
	return "", ""
}

// Rejected notes a row that a cleaning rule kept out.
func (r *Run) Rejected(q *rumbo.Quarantine) {
	one := r.rules[q.Rule]
	if one == nil {
		one = &rumbo.CheckResult{Name: q.Rule, Type: rumbo.CheckRule, Severity: rumbo.SeverityQuarantine, State: rumbo.CheckBroken}
		r.rules[q.Rule] = one
		r.order = append(r.order, q.Rule)
	}
	one.Count++
	if len(one.Examples) < maxExamples {
		one.Examples = append(one.Examples, rumbo.CheckExample{Row: q.Row, Reason: q.Reason})
	}
}

// broken says why a record breaks a check of rows, "" when it does not.
func (r *Run) broken(c *running, record any) string {
	v := c.read(record)
	if c.Type == rumbo.CheckNull {
		if v.kind == isNull {
			return c.Field + " is empty"
		}
		return ""
	}
	if v.kind == isNull {
		return ""
	}
	switch c.Type {
	case rumbo.CheckType:
		if !readsAs(v, c.Is) {
			return fmt.Sprintf("%s %q does not read as %s", c.Field, v, c.Is)
		}
	case rumbo.CheckRange:
		return c.outside(v)
	case rumbo.CheckSet:
		if !c.values[v.String()] {
			return fmt.Sprintf("%s %q is not one of: %s", c.Field, v, strings.Join(c.Values, ", "))
		}
	case rumbo.CheckUnique:
		if !c.seen.add(v.String()) {
			return fmt.Sprintf("%s %q appears in an earlier row", c.Field, v)
		}
	case rumbo.CheckReference:
		if r.known == nil || !r.known(c.To, v.String()) {
			return fmt.Sprintf("%s %q is not known among the %s", c.Field, v, c.To)
		}
	case rumbo.CheckCrossField:
		return r.compared(c, v, record)
	}
	return ""
}

func (c *running) outside(v value) string {
	switch {
	case v.kind != isNumber:
		return fmt.Sprintf("%s %q is no number", c.Field, v)
	case c.Min != nil && v.num < *c.Min:
		return fmt.Sprintf("%s %g is below %g", c.Field, v.num, *c.Min)
	case c.Max != nil && v.num > *c.Max:
		return fmt.Sprintf("%s %g is above %g", c.Field, v.num, *c.Max)
	}
	return ""
}

func (r *Run) compared(c *running, v value, record any) string {
	other := timely(r.batch.ReceivedAt)
	if c.other != nil {
		other = c.other(record)
	}
	if other.kind == isNull {
		return ""
	}
	if holds(c.Op, compareValues(v, other)) {
		return ""
	}
	return fmt.Sprintf("%s %s is not %s %s %s", c.Field, v, c.Op, c.Other, other)
}

// compareValues orders numbers and times by what they are, others by their text.
func compareValues(a, b value) int {
	switch {
	case a.kind == isNumber && b.kind == isNumber:
		return compareFloats(a.num, b.num)
	case a.kind == isTime && b.kind == isTime:
		return a.at.Compare(b.at)
	}
	return strings.Compare(a.String(), b.String())
}

// holds says whether a comparison allows an order.
func holds(op string, order int) bool {
	switch op {
	case "lt":
		return order < 0
	case "le":
		return order <= 0
	case "eq":
		return order == 0
	case "ne":
		return order != 0
	case "ge":
		return order >= 0
	}
	return op == "gt" && order > 0
}

// compareFloats holds what is no number for equal to all.
func compareFloats(a, b float64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// readsAs says whether a value reads as what a type check asks for.
func readsAs(v value, is string) bool {
	text := v.String()
	switch is {
	case "integer":
		_, err := strconv.ParseInt(text, 10, 64)
		return err == nil
	case "number":
		_, err := strconv.ParseFloat(text, 64)
		return err == nil
	case "boolean":
		return text == "true" || text == "false"
	case "time":
		_, ok := instant(v)
		return ok
	case "id":
		return len(text) <= rumbo.MaxIDLength && !strings.ContainsAny(text, " \t\r\n")
	}
	return false
}

// instant is a value as a time: a time, RFC 3339, or a day.
func instant(v value) (time.Time, bool) {
	if v.kind == isTime {
		return v.at, true
	}
	for _, form := range []string{time.DateOnly, time.RFC3339Nano} {
		if t, err := time.Parse(form, v.text); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
}

// results are those of the checks of rows, by position among all checks, and the
// cleaning rules after them; those of the batch are filled in by Finish.
func (r *Run) results(rows int64) []rumbo.CheckResult {
	var out []rumbo.CheckResult
	for _, c := range r.checks {
		one := rumbo.CheckResult{Name: c.Name, Type: c.Type, Severity: c.Severity, State: rumbo.CheckPassed,
			Count: c.count, Share: share(c.count, rows), Examples: c.examples}
		if c.count > 0 && one.Share > c.MaxShare {
			one.State = rumbo.CheckBroken
		}
		out = append(out, one)
	}
	slices.Sort(r.order)
	for _, name := range r.order {
		one := *r.rules[name]
		one.Share = share(one.Count, rows)
		out = append(out, one)
	}
	return out
}

func share(count, rows int64) float64 {
	if rows == 0 {
		return 0
	}
	return float64(count) / float64(rows)
}
