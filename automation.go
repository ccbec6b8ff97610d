package rumbo

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
)

// When an automation fires.
const (
	WhenRunFailed  = "run_failed"  // a run failed or crashed
	WhenRunLate    = "run_late"    // a run runs longer than AfterS
	WhenStartLate  = "start_late"  // the run of a schedule's time has not begun AfterS later
	WhenQuarantine = "quarantine"  // more than MaxShare of a batch's rows were quarantined
	maxAutomations = 100           // of a document
	maxEndpoints   = 10            // of a document
	maxAfterS      = 7 * 24 * 3600 // runs that ended longer ago are not looked at
)

// Whens are all of them.
func Whens() []string { return []string{WhenRunFailed, WhenRunLate, WhenStartLate, WhenQuarantine} }

// Automation is a rule: when something happens to a run, a signed event is sent, once for
// the run and the rule.
type Automation struct {
	Name     string  `json:"name" minLength:"1" maxLength:"100" doc:"Letters, digits, . _ and -; a rule of another name is another rule"`
	When     string  `json:"when" doc:"What it fires on"`
	Flow     string  `json:"flow,omitempty" doc:"run_failed, run_late: only runs of this flow"`
	Schedule string  `json:"schedule,omitempty" maxLength:"200" doc:"start_late: name of the schedule"`
	Kind     string  `json:"kind,omitempty" doc:"quarantine: only batches of this kind"`
	AfterS   int     `json:"after_s,omitempty" minimum:"0" maximum:"604800" doc:"run_late, start_late: how many seconds are still in time; 1 at least"`
	MaxShare float64 `json:"max_share,omitempty" minimum:"0" maximum:"1" doc:"quarantine: the share of rows that may be quarantined; 0 when absent"`
}

// Watches says whether the rule looks at runs of a flow.
func (a Automation) Watches(flow string) bool { return a.Flow == "" || a.Flow == flow }

// AutomationsDocument is what an installation wants to be told of, and where.
type AutomationsDocument struct {
	Endpoints []string     `json:"endpoints" maxItems:"10" doc:"Addresses that every event is POSTed to, signed"`
	Rules     []Automation `json:"rules" maxItems:"100"`
}

var automationName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Validate reports every fault of the document but of its addresses as such.
func (d AutomationsDocument) Validate() []FieldError {
	out := atMost("/endpoints", len(d.Endpoints), maxEndpoints)
	out = append(out, atMost("/rules", len(d.Rules), maxAutomations)...)
	if len(d.Rules) > 0 && len(d.Endpoints) == 0 {
		out = append(out, FieldError{Pointer: "/endpoints", Code: EmptyPayload})
	}
	for i, url := range d.Endpoints {
		if slices.Contains(d.Endpoints[:i], url) {
			out = append(out, FieldError{Pointer: fmt.Sprintf("/endpoints/%d", i), Code: DuplicateID, Value: url})
		}
	}
	names := map[string]bool{}
	for i, a := range d.Rules {
		at := fmt.Sprintf("/rules/%d", i)
		if names[a.Name] && a.Name != "" {
			out = append(out, FieldError{Pointer: at + "/name", Code: DuplicateID, Value: a.Name})
		}
		names[a.Name] = true
		out = append(out, a.validate(at)...)
	}
	return out
}

func (a Automation) validate(at string) (out []FieldError) {
	add := func(field string, code Code, value, limit any) {
		out = append(out, FieldError{Pointer: at + "/" + field, Code: code, Value: value, Limit: limit})
	}
	switch {
	case a.Name == "":
		add("name", MissingField, nil, nil)
	case len(a.Name) > 100:
		add("name", TooLong, len(a.Name), 100)
	case !automationName.MatchString(a.Name):
		add("name", BadID, a.Name, nil)
	}
	oneOf := func(field, value string, all []string) {
		if !slices.Contains(all, value) {
			add(field, NotOneOf, value, strings.Join(all, ", "))
		}
	}
	oneOf("when", a.When, Whens())
	if a.Flow != "" {
		oneOf("flow", a.Flow, Flows())
	}
	if a.Kind != "" {
		oneOf("kind", a.Kind, Kinds())
	}
	if !(a.MaxShare >= 0 && a.MaxShare <= 1) {
		add("max_share", OutOfRange, a.MaxShare, "0 to 1")
	}
	if !slices.Contains(Whens(), a.When) {
		return out // which fields it may have is not known
	}
	return append(out, a.fields(at)...)
}

// fields holds the fields against what the rule fires on.
func (a Automation) fields(at string) (out []FieldError) {
	for _, f := range []struct {
		name        string
		given, need bool
		of          []string
	}{
		{"flow", a.Flow != "", false, []string{WhenRunFailed, WhenRunLate}},
		{"schedule", a.Schedule != "", true, []string{WhenStartLate}},
		{"kind", a.Kind != "", false, []string{WhenQuarantine}},
		{"after_s", a.AfterS != 0, true, []string{WhenRunLate, WhenStartLate}},
		{"max_share", a.MaxShare != 0, false, []string{WhenQuarantine}},
	} {
		switch its := slices.Contains(f.of, a.When); {
		case f.given && !its:
			out = append(out, FieldError{Pointer: at + "/" + f.name, Code: Conflicting, Value: f.name, Limit: "when " + strings.Join(f.of, ", ")})
		case !f.given && its && f.need:
			out = append(out, FieldError{Pointer: at + "/" + f.name, Code: MissingField})
		}
	}
	if a.AfterS != 0 {
		out = append(out, inRange(at+"/after_s", int64(a.AfterS), 1, maxAfterS)...)
	}
	return out
}

// AutomationEvent is the data of the event of an automation: the rule, and what it fired on
// as it was then.
type AutomationEvent struct {
	Rule     Automation `json:"rule"`
	Text     string     `json:"text" doc:"What happened, in a sentence"`
	Run      *Run       `json:"run,omitempty" doc:"The run, without parameters and result; absent when it was never started"`
	Batch    *Batch     `json:"batch,omitempty" doc:"quarantine: the batch"`
	Schedule string     `json:"schedule,omitempty" doc:"start_late: the schedule"`
	DueAt    *time.Time `json:"due_at,omitempty" doc:"start_late: when its run should have begun"`
}
