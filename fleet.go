package rumbo

import "time"

// Depot is where vehicles load and where their routes begin and end.
type Depot struct {
	ID       string `json:"id"`
	Name     string `json:"name,omitempty"`
	Location Point  `json:"location"`
	// TimeZone is the IANA name of the depot's local time; it decides which
	// instants belong to an order's day and which hour the models see.
	TimeZone string      `json:"time_zone" doc:"IANA name, as America/New_York"`
	Open     *TimeWindow `json:"open,omitempty" doc:"When vehicles may leave and return; always when absent"`
	BatchID  string      `json:"batch_id,omitempty" readOnly:"true"`
}

// Validate reports every fault of the depot; pointers begin with at.
func (d Depot) Validate(at string) []FieldError {
	out := validateID(at+"/id", d.ID)
	out = append(out, d.Location.Validate(at+"/location")...)
	if d.TimeZone == "" {
		out = append(out, FieldError{Pointer: at + "/time_zone", Code: MissingField})
	} else if _, err := time.LoadLocation(d.TimeZone); err != nil || d.TimeZone == "Local" {
		out = append(out, FieldError{Pointer: at + "/time_zone", Code: NotOneOf, Value: d.TimeZone, Limit: "an IANA time zone"})
	}
	if d.Open != nil {
		out = append(out, d.Open.Validate(at+"/open")...)
	}
	return out
}

// Vehicle is one vehicle with its driver, for the day of its shift.
type Vehicle struct {
	ID       string           `json:"id"`
	Name     string           `json:"name,omitempty"`
	DepotID  string           `json:"depot_id" doc:"Where the route begins"`
	EndDepot string           `json:"end_depot_id,omitempty" doc:"Where the route ends; the first depot when absent"`
	OpenEnd  bool             `json:"open_end,omitempty" doc:"The route ends at its last stop"`
	Capacity map[string]int64 `json:"capacity,omitempty" doc:"Limit by dimension; a dimension not named here is not carried"`
	Skills   []string         `json:"skills,omitempty"`
	Shift    TimeWindow       `json:"shift" doc:"Earliest start and latest end of the route"`
	Costs    VehicleCosts     `json:"costs,omitzero"`
	// Limits of one route; 0 means no limit.
	MaxStops     int64  `json:"max_stops,omitempty"`
	MaxDistanceM int64  `json:"max_distance_m,omitempty"`
	MaxDriveS    int64  `json:"max_drive_s,omitempty"`
	BatchID      string `json:"batch_id,omitempty" readOnly:"true"`
}

// VehicleCosts says what a route costs, in cents. When all are zero the
// defaults of DefaultCosts apply.
type VehicleCosts struct {
	FixedCents   int64 `json:"fixed_cents,omitempty" doc:"Once, when the vehicle is used"`
	PerKmCents   int64 `json:"per_km_cents,omitempty"`
	PerHourCents int64 `json:"per_hour_cents,omitempty" doc:"From leaving the depot to the end of the route"`
}

// DefaultCosts are used for a vehicle that states none: a van with its driver,
// so that a plan neither ignores time nor distance nor the number of vehicles.
var DefaultCosts = VehicleCosts{FixedCents: 5000, PerKmCents: 30, PerHourCents: 2500}

// Validate reports every fault of the vehicle; pointers begin with at.
func (v Vehicle) Validate(at string) []FieldError {
	out := validateID(at+"/id", v.ID)
	out = append(out, validateID(at+"/depot_id", v.DepotID)...)
	if v.EndDepot != "" {
		out = append(out, validateID(at+"/end_depot_id", v.EndDepot)...)
		if v.OpenEnd {
			out = append(out, FieldError{Pointer: at + "/end_depot_id", Code: Conflicting, Value: v.EndDepot, Limit: "open_end: false"})
		}
	}
	out = append(out, validateAmounts(at+"/capacity", v.Capacity)...)
	out = append(out, validateSkills(at+"/skills", v.Skills)...)
	out = append(out, v.Shift.Validate(at+"/shift")...)
	if v.Shift.Close.Sub(v.Shift.Open) > 48*time.Hour {
		out = append(out, FieldError{Pointer: at + "/shift", Code: OutOfRange, Value: v.Shift.Close.Sub(v.Shift.Open).String(), Limit: "at most 48 h"})
	}
	const maxCents, maxRoute = 100_000_000, 10_000_000
	out = append(out, inRange(at+"/costs/fixed_cents", v.Costs.FixedCents, 0, maxCents)...)
	out = append(out, inRange(at+"/costs/per_km_cents", v.Costs.PerKmCents, 0, maxCents)...)
	out = append(out, inRange(at+"/costs/per_hour_cents", v.Costs.PerHourCents, 0, maxCents)...)
	out = append(out, inRange(at+"/max_stops", v.MaxStops, 0, maxRoute)...)
	out = append(out, inRange(at+"/max_distance_m", v.MaxDistanceM, 0, maxRoute)...)
	return append(out, inRange(at+"/max_drive_s", v.MaxDriveS, 0, maxRoute)...)
}
