package check

import (
	"fmt"

	"github.com/logistica-inteligente/rumbo/vrp"
)

// Rule names a constraint.
type Rule string

// The rules, as they appear in reports.
const (
	RuleForm        Rule = "form"         // a route does not read start, stops, end; an index is out of range
	RuleCoverage    Rule = "coverage"     // work served twice, or neither served nor unassigned
	RuleGroup       Rule = "group"        // more than one alternative served, or a required group not accounted for
	RuleFleet       Rule = "fleet"        // more routes than vehicles of the class
	RuleSkill       Rule = "skill"        //
	RuleCapacity    Rule = "capacity"     //
	RuleUnreachable Rule = "unreachable"  // a leg without a way
	RuleTime        Rule = "time"         // times that contradict travel, service or each other
	RuleWindow      Rule = "window"       // service, break or reload starts outside its windows
	RuleShift       Rule = "shift"        //
	RuleRelease     Rule = "release"      //
	RuleDistance    Rule = "max_distance" //
	RuleDriving     Rule = "max_driving"  //
	RuleDuration    Rule = "max_duration" //
	RuleStops       Rule = "max_stops"    //
	RuleRide        Rule = "max_ride"     //
	RulePair        Rule = "pair"         // pickup and delivery not in order in one trip
	RuleBreak       Rule = "break"        // a break missing, repeated, out of order, or with too much aboard
	RuleTrips       Rule = "max_trips"    //
	RuleBackhaul    Rule = "backhaul"     //
	RuleRelation    Rule = "relation"     //
	RuleLock        Rule = "lock"         //
	RuleStep        Rule = "step"         // a given step starts outside its own bounds
	RuleReason      Rule = "reason"       // unassigned without a reason
	RuleClaim       Rule = "claim"        // a stated load, sum or cost differs from the recomputed one
)

// Violation is one broken rule. Route is -1 where none is meant, Stop likewise.
type Violation struct {
	Rule  Rule
	Route int
	Stop  int
	// Size is by how much a limit is missed, in the rule's own units (of the dimension that
	// exceeds its capacity most, for loads), negative where a start is too early, and 0 for
	// rules that know no degree.
	Size   int64
	Detail string
}

func (v Violation) String() string {
	return fmt.Sprintf("%s: route %d stop %d: %s", v.Rule, v.Route, v.Stop, v.Detail)
}

// Report is the referee's verdict.
type Report struct {
	Cost       vrp.Cost // recomputed
	Vehicles   int
	Served     int // jobs and shipments
	Missing    int // required jobs, shipments and groups that are not served
	Violations []Violation
}

// Feasible reports whether no rule is broken. Missing required work breaks none: it is
// stated, with reasons, and the caller decides.
func (r *Report) Feasible() bool { return len(r.Violations) == 0 }

// Err is nil for a feasible solution and otherwise tells the first violations.
func (r *Report) Err() error {
	if r.Feasible() {
		return nil
	}
	show := r.Violations[:min(len(r.Violations), 5)]
	return fmt.Errorf("check: %d violations, first: %v", len(r.Violations), show)
}
