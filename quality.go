package rumbo

import (
	"time"
)

// Types of check. The first seven look at rows, the last three at the batch.
const (
	CheckType       = "type"        // the value reads as Is says
	CheckNull       = "null"        // the value is there
	CheckRange      = "range"       // Min <= value <= Max
	CheckSet        = "set"         // the value is one of Values
	CheckUnique     = "unique"      // no earlier row of the batch has the value
	CheckReference  = "reference"   // To knows the value
	CheckCrossField = "cross_field" // the value stands in relation Op to Other
	CheckFreshness  = "freshness"   // the newest value is at most MaxAgeH older than the batch
	CheckVolume     = "volume"      // as many rows as the batches before, within Tolerance
	CheckDrift      = "drift"       // the mean as in the batches before, within Tolerance
	// CheckRule marks the result of a built-in cleaning rule; it cannot be declared.
	CheckRule = "rule"
)

// What a broken check does.
const (
	SeverityWarn       = "warn"       // the batch says so
	SeverityQuarantine = "quarantine" // the row is kept out
	SeverityFail       = "fail"       // nothing of the batch is loaded
)

// States of a check's result.
const (
	CheckPassed  = "passed"
	CheckBroken  = "broken"
	CheckSkipped = "skipped" // nothing to compare with
)

// Check is one declared expectation of the records of one kind. An empty value
// passes every check but null.
type Check struct {
	Name      string   `json:"name" minLength:"1" maxLength:"100" doc:"Letters, digits and _; it names the rule in the quarantine"`
	Type      string   `json:"type" enum:"type,null,range,set,unique,reference,cross_field,freshness,volume,drift"`
	Severity  string   `json:"severity" enum:"warn,quarantine,fail" doc:"What a broken check does; quarantine is for checks of rows"`
	Field     string   `json:"field,omitempty" doc:"Path in the record, as from.zone; of trips also duration_s and speed_kmh"`
	Is        string   `json:"is,omitempty" enum:"integer,number,time,boolean,id" doc:"type: what the value reads as"`
	Min       *float64 `json:"min,omitempty" doc:"range: lowest value"`
	Max       *float64 `json:"max,omitempty" doc:"range: highest value"`
	Values    []string `json:"values,omitempty" doc:"set: the values"`
	To        string   `json:"to,omitempty" enum:"zones,depots,vehicles" doc:"reference: where the value must be known"`
	Op        string   `json:"op,omitempty" enum:"lt,le,eq,ne,ge,gt" doc:"cross_field: the relation"`
	Other     string   `json:"other,omitempty" doc:"cross_field: the other field, or received_at"`
	MaxAgeH   float64  `json:"max_age_h,omitempty" doc:"freshness: hours"`
	Batches   int      `json:"batches,omitempty" doc:"volume, drift: how many loaded batches before this one; 10 when absent"`
	Tolerance float64  `json:"tolerance,omitempty" doc:"volume: share of the trailing mean; drift: standard deviations"`
	MaxShare  float64  `json:"max_share,omitempty" minimum:"0" maximum:"1" doc:"warn and fail on rows: the share that may break it"`
}

// OfBatch says that a check looks at the batch and not at its rows.
func (c Check) OfBatch() bool {
	return c.Type == CheckFreshness || c.Type == CheckVolume || c.Type == CheckDrift
}

// QualityDocument is what an installation expects of its data, by kind of record.
type QualityDocument struct {
	Trips    []Check `json:"trips"`
	Orders   []Check `json:"orders"`
	Vehicles []Check `json:"vehicles"`
	Depots   []Check `json:"depots"`
	Events   []Check `json:"events,omitempty"`
}

// Of are the checks of a kind.
func (d QualityDocument) Of(kind string) []Check {
	switch kind {
	case KindTrips:
		return d.Trips
	case KindOrders:
		return d.Orders
	case KindVehicles:
		return d.Vehicles
	case KindDepots:
		return d.Depots
	case KindEvents:
		return d.Events
	}
	return nil
}

// CheckResult is what a check, or a cleaning rule that kept rows out, found in a batch.
type CheckResult struct {
	Name     string         `json:"name"`
	Type     string         `json:"type" doc:"As declared, or rule for a built-in cleaning rule"`
	Severity string         `json:"severity"`
	State    string         `json:"state" enum:"passed,broken,skipped"`
	Count    int64          `json:"count" doc:"Rows that broke it"`
	Share    float64        `json:"share" doc:"Of all rows of the batch"`
	Measured *float64       `json:"measured,omitempty" doc:"Checks of the batch: hours, rows or standard deviations"`
	Expected string         `json:"expected,omitempty" doc:"Checks of the batch: what was expected"`
	Examples []CheckExample `json:"examples,omitempty" doc:"The first rows that broke it"`
}

// CheckExample is one row that broke a check.
type CheckExample struct {
	Row    int64  `json:"row"`
	Reason string `json:"reason"`
}

// FieldProfile describes the values of a field, for the drift of later batches.
type FieldProfile struct {
	Count int64   `json:"count" doc:"Values that were there"`
	Mean  float64 `json:"mean"`
	SD    float64 `json:"sd" doc:"Standard deviation"`
}

// BatchQuality is what cleaning found out about a batch beside its counts.
type BatchQuality struct {
	Checks         []CheckResult    `json:"checks,omitempty" doc:"Declared checks in their order, then the cleaning rules that kept rows out"`
	UnknownColumns map[string]int64 `json:"unknown_columns,omitempty" doc:"Columns that nobody knows, with the number of values in them; they were passed over"`
	AmbiguousTimes int64            `json:"ambiguous_times,omitempty" doc:"Rows with a local time in the hour that comes twice; those in the hour that is skipped are in quarantine as nonexistent_time"`
	// EventFrom and EventUntil span what the records tell of: pickups of trips, days of
	// orders, shifts of vehicles.
	EventFrom  *time.Time              `json:"event_from,omitempty"`
	EventUntil *time.Time              `json:"event_until,omitempty"`
	Watermark  *time.Time              `json:"watermark,omitempty" doc:"The newest event of this kind when cleaning began"`
	LateRows   int64                   `json:"late_rows,omitempty" doc:"Records of events before the watermark"`
	LateByS    float64                 `json:"late_by_s,omitempty" doc:"How long before the watermark the oldest event lies, seconds"`
	Profile    map[string]FieldProfile `json:"profile,omitempty" doc:"Fields that drift is looked for in"`
}

// Watermark is the newest event that the loaded batches of a kind tell of.
type Watermark struct {
	Kind    string    `json:"kind"`
	At      time.Time `json:"at"`
	BatchID string    `json:"batch_id" doc:"The batch that set it"`
}

// QuarantineEdit replaces the text of a row in quarantine.
type QuarantineEdit struct {
	Raw string `json:"raw" minLength:"1" maxLength:"65536" doc:"The whole row, mended, in the format of its batch"`
}

// ReplayRequest selects rows of a quarantine: by number, by rule, or all.
type ReplayRequest struct {
	Rows []int64 `json:"rows,omitempty" maxItems:"10000" doc:"Numbers of rows; those that are no longer in quarantine are passed over"`
	Rule string  `json:"rule,omitempty" doc:"Only rows that this rule kept out"`
}

// ReplayResult is what became of the rows.
type ReplayResult struct {
	Batch    Batch `json:"batch" doc:"With its counts after the replay"`
	Replayed int64 `json:"replayed" doc:"Rows that were read again"`
	Accepted int64 `json:"accepted" doc:"Those that became records"`
	Kept     int64 `json:"kept" doc:"Those that a rule still keeps out"`
}
