package rumbo

import "time"

// States of a plan.
const (
	PlanQueued  = "queued"
	PlanSolving = "solving"
	PlanDone    = "done"
	PlanFailed  = "failed"
)

// PlanRequest asks for the routes of one day, from the stored orders, vehicles
// and depots.
type PlanRequest struct {
	Day         string   `json:"day" doc:"Day of service, YYYY-MM-DD"`
	OrderIDs    []string `json:"order_ids,omitempty" doc:"Only these orders of the day; all when absent"`
	VehicleIDs  []string `json:"vehicle_ids,omitempty" doc:"Only these vehicles; all whose shift touches the day when absent"`
	TimeLimitS  float64  `json:"time_limit_s,omitempty" doc:"Search time, seconds; 10 when absent" minimum:"0" maximum:"3600"`
	Iterations  int64    `json:"iterations,omitempty" doc:"Stop after so many iterations: the same build, seed and iterations give the same plan"`
	Seed        int64    `json:"seed,omitempty"`
	CallbackURL string   `json:"callback_url,omitempty" doc:"Where the finished plan is POSTed, signed"`
}

// Plan is the answer for a day: routes, times, and why an order was left out.
type Plan struct {
	ID         string       `json:"id"`
	State      string       `json:"state"`
	Request    PlanRequest  `json:"request"`
	CreatedAt  time.Time    `json:"created_at"`
	FinishedAt *time.Time   `json:"finished_at,omitempty"`
	TimeZone   string       `json:"time_zone,omitempty"`
	Summary    PlanSummary  `json:"summary,omitzero"`
	Routes     []Route      `json:"routes,omitempty"`
	Unassigned []Unassigned `json:"unassigned,omitempty"`
	// Error says why a failed plan failed.
	Error string `json:"error,omitempty"`
}

// PlanSummary is the plan in numbers, as the referee recomputed them.
type PlanSummary struct {
	Orders    int   `json:"orders"`
	Served    int   `json:"served"`
	Vehicles  int   `json:"vehicles"`
	DistanceM int64 `json:"distance_m"`
	DurationS int64 `json:"duration_s" doc:"Sum of the routes' durations, waiting and service included"`
	DriveS    int64 `json:"drive_s"`
	CostCents int64 `json:"cost_cents"`
	// Feasible is the referee's word, not the search's.
	Feasible   bool    `json:"feasible"`
	TravelTime string  `json:"travel_times" doc:"learned, or road when no model was in use: then the map's own, perhaps uncalibrated times"`
	Model      string  `json:"model,omitempty" doc:"Model and version whose times were used"`
	Seed       int64   `json:"seed"`
	Iterations int64   `json:"iterations"`
	Threads    int     `json:"threads"`
	Build      string  `json:"build"`
	Arch       string  `json:"arch"`
	SearchS    float64 `json:"search_s"`
}

// Route is the day of one vehicle.
type Route struct {
	VehicleID  string    `json:"vehicle_id"`
	StartAt    time.Time `json:"start_at"`
	EndAt      time.Time `json:"end_at"`
	StartDepot string    `json:"start_depot_id"`
	EndDepot   string    `json:"end_depot_id,omitempty"`
	// StartLocation and EndLocation are those of the depots; an open route ends
	// at its last stop.
	StartLocation Point  `json:"start_location"`
	EndLocation   Point  `json:"end_location"`
	DistanceM     int64  `json:"distance_m"`
	DriveS        int64  `json:"drive_s"`
	CostCents     int64  `json:"cost_cents"`
	Stops         []Stop `json:"stops"`
	// ReturnLeg is the drive from the last stop to the end depot; absent on
	// an open route.
	ReturnLeg *Leg `json:"return_leg,omitempty"`
}

// Stop is one visit: the leg that leads to it and its times.
type Stop struct {
	OrderID  string    `json:"order_id"`
	Location Point     `json:"location"`
	Leg      Leg       `json:"leg"`
	ArriveAt time.Time `json:"arrive_at"`
	BeginAt  time.Time `json:"begin_at" doc:"Start of service: arrival, or the opening of the window"`
	DepartAt time.Time `json:"depart_at"`
	// OpenAt and CloseAt are the window that the service begins in; absent without one.
	OpenAt  *time.Time       `json:"open_at,omitempty"`
	CloseAt *time.Time       `json:"close_at,omitempty"`
	Load    map[string]int64 `json:"load,omitempty" doc:"On board after the stop"`
	Arrive  *Quantiles       `json:"arrive_quantiles,omitempty" doc:"Arrival, seconds after route start"`
}

// Leg is the drive from the previous place to this one.
type Leg struct {
	DurationS int64      `json:"duration_s"`
	DistanceM int64      `json:"distance_m"`
	Quantiles *Quantiles `json:"quantiles,omitempty"`
}

// Quantiles are seconds: with probability 0.1, 0.5 and 0.9 it takes no longer.
type Quantiles struct {
	P10 float64 `json:"p10_s"`
	P50 float64 `json:"p50_s"`
	P90 float64 `json:"p90_s"`
}

// Reasons why an order is unassigned.
const (
	ReasonCapacity    = "capacity"
	ReasonWindow      = "time_window"
	ReasonSkill       = "skill"
	ReasonUnreachable = "unreachable"
	ReasonShift       = "shift"
	ReasonNoVehicle   = "no_vehicle_left"
	ReasonPrize       = "not_worth_its_prize"
	ReasonLimit       = "route_limit"
)

// Unassigned is an order that no route serves, and why.
type Unassigned struct {
	OrderID string `json:"order_id"`
	Reason  string `json:"reason"`
	Detail  string `json:"detail,omitempty"`
}

// MaxTimeLimitS is the longest search that may be asked for, in seconds.
const MaxTimeLimitS = 3600

// Validate reports every fault of the request that needs no stored data.
func (r PlanRequest) Validate(at string) []FieldError {
	var out []FieldError
	if _, err := time.Parse(time.DateOnly, r.Day); err != nil {
		out = append(out, FieldError{Pointer: at + "/day", Code: BadTime, Value: r.Day, Limit: "YYYY-MM-DD"})
	}
	if !(r.TimeLimitS >= 0 && r.TimeLimitS <= MaxTimeLimitS) {
		out = append(out, FieldError{Pointer: at + "/time_limit_s", Code: OutOfRange, Value: r.TimeLimitS, Limit: "0 to 3600"})
	}
	return append(out, inRange(at+"/iterations", r.Iterations, 0, 1<<40)...)
}
