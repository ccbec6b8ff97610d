package vrp

import (
	"errors"
	"fmt"
	"math"
)

// ErrInvalid is what every error of Validate is.
var ErrInvalid = errors.New("vrp: invalid problem")

// FieldError is one thing that is wrong with a problem.
type FieldError struct {
	Path   string // such as Jobs[3].Windows[0]
	Reason string
}

func (e *FieldError) Error() string { return e.Path + ": " + e.Reason }

// Unwrap makes every FieldError an ErrInvalid.
func (e *FieldError) Unwrap() error { return ErrInvalid }

// Limits that keep every sum the engine makes inside 64 bits.
const (
	maxTime   = int64(1) << 36 // any moment, positive or negative; any one duration
	maxAmount = int64(1) << 40 // sum of all amounts of one dimension, any capacity
	maxMoney  = int64(1) << 60 // worst conceivable cost of a plan
	maxErrors = 100
)

type validator struct {
	p    *Problem
	errs []error
}

// Validate checks that the problem is well formed: indexes in range, tables of the right
// size and never negative, windows sorted, FIFO slices, and no sum of times, amounts or
// costs beyond 64 bits. It reports up to 100 errors, joined, each a *FieldError. It does not ask
// whether the problem can be solved. O(problem), reading every table entry once.
func (p *Problem) Validate() error {
	v := &validator{p: p}
	if p.Dimensions < 0 || p.Dimensions > 64 {
		v.fail("must be 0 to 64", "Dimensions")
	}
	if p.Objective > VehiclesFirst {
		v.fail("unknown", "Objective")
	}
	v.places()
	for i := range p.Profiles {
		v.profile(i)
	}
	for i := range p.Vehicles {
		v.vehicle(i)
	}
	for i := range p.Jobs {
		v.job(i)
	}
	for i := range p.Shipments {
		v.shipment(i)
	}
	v.amountSums()
	v.groups()
	v.relations()
	if len(v.errs) == 0 {
		v.worstCost()
	}
	return errors.Join(v.errs...)
}

func (v *validator) fail(reason, path string, args ...any) {
	if len(v.errs) < maxErrors {
		v.errs = append(v.errs, &FieldError{Path: fmt.Sprintf(path, args...), Reason: reason})
	}
}

func (v *validator) profile(i int) {
	f := &v.p.Profiles[i]
	n := len(v.p.Places)
	v.table(f.Distance, "Profiles[%d].Distance", i)
	v.table(f.Duration, "Profiles[%d].Duration", i)
	v.table(f.Toll, "Profiles[%d].Toll", i)
	if f.Distance == nil || (f.Duration == nil && len(f.Slices) == 0) {
		v.metric(i)
	}
	if f.Sparse != nil {
		v.sparse(i)
	}
	for k := range f.Slices {
		s := &f.Slices[k]
		if !moment(s.Start) {
			v.fail("beyond the limit for a time", "Profiles[%d].Slices[%d].Start", i, k)
		}
		if len(s.Duration) != n*n {
			v.fail("must have one entry for each pair of places", "Profiles[%d].Slices[%d].Duration", i, k)
			return
		}
		v.table(s.Duration, "Profiles[%d].Slices[%d].Duration", i, k)
		if k > 0 {
			v.fifo(i, k)
		}
	}
}

func (v *validator) metric(i int) {
	m := &v.p.Profiles[i].Metric
	if m.Kind != Euclid && m.Kind != GreatCircle {
		v.fail("a table is missing and there is no metric", "Profiles[%d].Metric.Kind", i)
	}
	if !(m.DistanceFactor >= 0 && m.DistanceFactor < 1e12) || !(m.DurationFactor >= 0 && m.DurationFactor < 1e12) {
		v.fail("factors must be finite and not negative", "Profiles[%d].Metric", i)
	}
	if m.Round > Up {
		v.fail("unknown rounding", "Profiles[%d].Metric.Round", i)
	}
}

// places checks coordinates also where tables make them optional: the search numbers places
// by them.
func (v *validator) places() {
	for k, c := range v.p.Places {
		if math.Abs(c.X) > 1e12 || math.Abs(c.Y) > 1e12 || math.IsNaN(c.X+c.Y) {
			v.fail("coordinates must be finite, up to 1e12", "Places[%d]", k)
			return
		}
	}
}

func (v *validator) table(t []int32, path string, args ...any) {
	if t == nil {
		return
	}
	if n := len(v.p.Places); len(t) != n*n {
		v.fail("must have one entry for each pair of places", path, args...)
		return
	}
	for k, d := range t {
		if d < 0 {
			v.fail(fmt.Sprintf("entry %d is negative", k), path, args...)
			return
		}
	}
}

// fifo checks slice k against slice k-1.
func (v *validator) fifo(i, k int) {
	a, b := &v.p.Profiles[i].Slices[k-1], &v.p.Profiles[i].Slices[k]
	if b.Start <= a.Start {
		v.fail("starts must ascend", "Profiles[%d].Slices[%d].Start", i, k)
		return
	}
	step := b.Start - a.Start
	for j := range b.Duration {
		da, db := a.Duration[j], b.Duration[j]
		if (da == Unreachable) != (db == Unreachable) {
			v.fail(fmt.Sprintf("entry %d is reachable in one slice only", j), "Profiles[%d].Slices[%d]", i, k)
			return
		}
		if int64(da)-int64(db) > step {
			v.fail(fmt.Sprintf("entry %d falls faster than time passes", j), "Profiles[%d].Slices[%d]", i, k)
			return
		}
	}
}

func (v *validator) place(k int32, open bool, path string, args ...any) {
	if open && k == -1 {
		return
	}
	if k < 0 || int(k) >= len(v.p.Places) {
		v.fail("no such place", path, args...)
	}
}

func moment(t int64) bool { return t > -maxTime && t < maxTime }

func (v *validator) span(t int64, path string, args ...any) {
	if t < 0 {
		v.fail("must not be negative", path, args...)
	} else if t >= maxTime {
		v.fail("beyond the limit for a time", path, args...)
	}
}

func (v *validator) windows(w []TimeWindow, path string, args ...any) {
	for k := range w {
		switch {
		case !moment(w[k].Open) || !moment(w[k].Close):
			v.fail("beyond the limit for a time", path, args...)
		case w[k].Open > w[k].Close:
			v.fail("closes before it opens", path, args...)
		case k > 0 && w[k].Open <= w[k-1].Close:
			v.fail("windows must be sorted and disjoint", path, args...)
		default:
			continue
		}
		return
	}
}

func (v *validator) amounts(a []int64, path string, args ...any) {
	if a != nil && len(a) != v.p.Dimensions {
		v.fail("must be empty or have one amount for each dimension", path, args...)
	}
	for _, x := range a {
		if x < 0 || x > maxAmount {
			v.fail("must be 0 to 2^40", path, args...)
			return
		}
	}
}

func (v *validator) skills(s []int32, path string, args ...any) {
	for k, x := range s {
		if x < 0 || (k > 0 && s[k-1] >= x) {
			v.fail("skills must be sorted, distinct and not negative", path, args...)
			return
		}
	}
}

func (v *validator) site(s *Site, path string, args ...any) {
	v.place(s.Place, false, path+".Place", args...)
	v.span(s.Service, path+".Service", args...)
	v.span(s.Setup, path+".Setup", args...)
	v.windows(s.Windows, path+".Windows", args...)
	for k := range s.ByType {
		x := &s.ByType[k]
		if k > 0 && s.ByType[k-1].Type >= x.Type {
			v.fail("types must ascend", path+".ByType", args...)
		}
		v.span(x.Service, path+".ByType", args...)
		v.span(x.Setup, path+".ByType", args...)
	}
}

func (v *validator) terms(t *Terms, path string, args ...any) {
	if t.Prize < 0 || t.Prize > maxMoney {
		v.fail("must be 0 to 2^60", path+".Prize", args...)
	}
	if t.Priority < 0 || t.Priority > 100 {
		v.fail("must be 0 to 100", path+".Priority", args...)
	}
	if t.Group < 0 {
		v.fail("must not be negative", path+".Group", args...)
	}
}

func (v *validator) job(i int) {
	j := &v.p.Jobs[i]
	v.site(&j.Site, "Jobs[%d]", i)
	v.amounts(j.Delivery, "Jobs[%d].Delivery", i)
	v.amounts(j.Pickup, "Jobs[%d].Pickup", i)
	v.skills(j.Skills, "Jobs[%d].Skills", i)
	v.terms(&j.Terms, "Jobs[%d]", i)
	if !moment(j.Release) {
		v.fail("beyond the limit for a time", "Jobs[%d].Release", i)
	}
}

func (v *validator) shipment(i int) {
	s := &v.p.Shipments[i]
	v.site(&s.Pickup, "Shipments[%d].Pickup", i)
	v.site(&s.Delivery, "Shipments[%d].Delivery", i)
	v.amounts(s.Amount, "Shipments[%d].Amount", i)
	v.skills(s.Skills, "Shipments[%d].Skills", i)
	v.terms(&s.Terms, "Shipments[%d]", i)
	v.span(s.MaxRide, "Shipments[%d].MaxRide", i)
	if !moment(s.Release) {
		v.fail("beyond the limit for a time", "Shipments[%d].Release", i)
	}
}
