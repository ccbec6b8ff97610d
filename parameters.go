package rumbo

import (
	"slices"
	"time"
)

// StartableFlows are those that a request or a schedule may start; the others are started
// by what they work on.
func StartableFlows() []string {
	return []string{FlowTrain, FlowRecalibrate, FlowRetention, FlowBackup}
}

// RunParameters are the parameters of any flow that can be started: one form, of which each
// flow has its fields.
type RunParameters struct {
	TrainRequest
	Days   int    `json:"days,omitempty" minimum:"0" maximum:"366" doc:"recalibrate: how many days of trips, up to the newest; 28 when absent"`
	DryRun bool   `json:"dry_run,omitempty" doc:"retention: only count what would be removed"`
	Verify string `json:"verify,omitempty" enum:"read,restore" doc:"backup: look at the new backup; read reads every part again, restore restores it into a scratch place and loads its models"`
}

// Of are the parameters as a run of the flow keeps them: its own fields.
func (p RunParameters) Of(flow string) any {
	switch flow {
	case FlowRecalibrate:
		return p.Recalibration()
	case FlowRetention:
		return RetentionRequest{DryRun: p.DryRun}
	case FlowBackup:
		return BackupRequest{Verify: p.Verify}
	}
	return p.TrainRequest
}

// Recalibration is the part of the flow recalibrate.
func (p RunParameters) Recalibration() RecalibrateRequest {
	return RecalibrateRequest{Features: p.Features, Days: p.Days}
}

// Validate reports every fault of the parameters for a flow, fields of other flows among
// them.
func (p RunParameters) Validate(flow, at string) []FieldError {
	var out []FieldError
	switch flow {
	case FlowTrain:
		out = p.TrainRequest.Validate(at)
	case FlowRecalibrate:
		out = p.Recalibration().Validate(at)
	case FlowRetention:
	case FlowBackup:
		out = BackupRequest{Verify: p.Verify}.Validate(at)
	default:
		return nil // which is a fault of its own
	}
	for _, f := range []struct {
		name  string
		given bool
		flows []string
	}{
		{"features", p.Features != "", []string{FlowTrain, FlowRecalibrate}},
		{"test_share", p.TestShare != 0, []string{FlowTrain}},
		{"trees", p.Trees != 0, []string{FlowTrain}},
		{"leaves", p.Leaves != 0, []string{FlowTrain}},
		{"seed", p.Seed != 0, []string{FlowTrain}},
		{"days", p.Days != 0, []string{FlowRecalibrate}},
		{"dry_run", p.DryRun, []string{FlowRetention}},
		{"verify", p.Verify != "", []string{FlowBackup}},
	} {
		if f.given && !slices.Contains(f.flows, flow) {
			out = append(out, FieldError{Pointer: at + "/" + f.name, Code: Conflicting, Value: f.name, Limit: "flow " + f.flows[0]})
		}
	}
	return out
}

// DefaultCorrectionDays is how far back a recalibration looks when nobody says otherwise.
const DefaultCorrectionDays = 28

// RecalibrateRequest are the parameters of a recalibrate run; zero values take defaults.
type RecalibrateRequest struct {
	// Features is the feature set of the model whose champion is corrected.
	Features string `json:"features,omitempty" enum:"R,B" doc:"R, the default, or B"`
	Days     int    `json:"days,omitempty" minimum:"0" maximum:"366" doc:"How many days of trips, up to the newest; 28 when absent"`
}

// Validate reports every fault of the request.
func (r RecalibrateRequest) Validate(at string) []FieldError {
	out := TrainRequest{Features: r.Features}.Validate(at)
	return append(out, inRange(at+"/days", int64(r.Days), 0, 366)...)
}

// Recalibration is the result of a recalibrate run: the correction that the champion's
// answers are given with from then on.
type Recalibration struct {
	Name       string    `json:"name"`
	Version    int       `json:"version"`
	Correction int       `json:"correction" doc:"Its number among the corrections of the version, from 1"`
	Trips      int64     `json:"trips" doc:"How many trips it rests on"`
	From       time.Time `json:"from" doc:"Departure of the first of them"`
	Until      time.Time `json:"until" doc:"Departure of the last of them"`
}

// RegionRequest says which part of a large plan a run of the region flow searches. It is made
// by the plan's own run.
type RegionRequest struct {
	Round int `json:"round" doc:"From 1: divisions of the day, each with other borders"`
	Part  int `json:"part" doc:"From 1: regions of the round"`
}
