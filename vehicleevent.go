package rumbo

import (
	"math"
	"time"
)

// Kinds of vehicle event: what a vehicle's tracker or its driver's app tells of.
const (
	VehiclePosition    = "position"     // where the vehicle was
	VehicleIgnitionOn  = "ignition_on"  // the engine was started
	VehicleIgnitionOff = "ignition_off" // the engine was stopped
	VehicleArrived     = "arrived"      // at a stop, as somebody or a geofence said
	VehicleDeparted    = "departed"     // from a stop
)

// VehicleEventKinds are all of them.
func VehicleEventKinds() []string {
	return []string{VehiclePosition, VehicleIgnitionOn, VehicleIgnitionOff, VehicleArrived, VehicleDeparted}
}

// Limits of a vehicle event.
const (
	MaxEventSpeedKMH  = 400
	MaxEventAccuracyM = 100_000
)

// VehicleEvent is one thing that a vehicle told of itself on its way: where it was, and
// perhaps that it came to a stop or left it. Drives and service times are found in them.
type VehicleEvent struct {
	// ID is the natural key: the same event sent twice has the same ID.
	ID        string    `json:"id,omitempty" doc:"Your own number of the event; made of vehicle, time, kind and order when absent"`
	VehicleID string    `json:"vehicle_id"`
	At        time.Time `json:"at" doc:"When it happened, RFC 3339 with offset"`
	Kind      string    `json:"kind" enum:"position,ignition_on,ignition_off,arrived,departed"`
	Location  Point     `json:"location"`
	// SpeedKMH is for people and checks; drives are found by places and times.
	SpeedKMH  float64 `json:"speed_kmh,omitempty" minimum:"0" maximum:"400" doc:"As the tracker shows it"`
	AccuracyM float64 `json:"accuracy_m,omitempty" minimum:"0" maximum:"100000" doc:"How far off the location may be, meters; 0 when nobody knows"`
	OrderID   string  `json:"order_id,omitempty" doc:"The order that the vehicle came for"`
	BatchID   string  `json:"batch_id,omitempty" readOnly:"true"`
}

// Validate reports every fault of the event; pointers begin with at.
func (e VehicleEvent) Validate(at string) []FieldError {
	var out []FieldError
	if e.ID != "" {
		out = validateID(at+"/id", e.ID)
	}
	out = append(out, validateID(at+"/vehicle_id", e.VehicleID)...)
	if e.At.IsZero() {
		out = append(out, FieldError{Pointer: at + "/at", Code: MissingField})
	}
	switch e.Kind {
	case VehiclePosition, VehicleIgnitionOn, VehicleIgnitionOff, VehicleArrived, VehicleDeparted:
	case "":
		out = append(out, FieldError{Pointer: at + "/kind", Code: MissingField, Limit: eventKindList})
	default:
		out = append(out, FieldError{Pointer: at + "/kind", Code: NotOneOf, Value: e.Kind, Limit: eventKindList})
	}
	out = append(out, e.Location.Validate(at+"/location")...)
	out = append(out, numberInRange(at+"/speed_kmh", e.SpeedKMH, MaxEventSpeedKMH, "0 to 400")...)
	out = append(out, numberInRange(at+"/accuracy_m", e.AccuracyM, MaxEventAccuracyM, "0 to 100000")...)
	if e.OrderID != "" {
		out = append(out, validateID(at+"/order_id", e.OrderID)...)
	}
	return out
}

// eventKindList is VehicleEventKinds as a limit names them.
const eventKindList = "position, ignition_on, ignition_off, arrived, departed"

// numberInRange holds a number against 0 and a bound, which limit names.
func numberInRange(at string, v, high float64, limit string) []FieldError {
	if v >= 0 && v <= high && !math.IsNaN(v) {
		return nil
	}
	return []FieldError{{Pointer: at, Code: OutOfRange, Value: v, Limit: limit}}
}

// TrackResult is the result of a track run: what was found in the days of vehicles that new
// events tell of.
type TrackResult struct {
	VehicleDays int64 `json:"vehicle_days" doc:"Days of vehicles that were looked at"`
	Events      int64 `json:"events" doc:"Read for them; some for two days"`
	Drives      int64 `json:"drives" doc:"Found in them"`
	Trips       int64 `json:"trips" doc:"Drives that were not known yet, or not like this"`
	Visits      int64 `json:"visits" doc:"Whole ones: with arrival and departure"`
	// ServiceS are the times that the visits took.
	ServiceS *Quantiles `json:"service_s,omitempty" doc:"How long the visits took, seconds"`
	BatchID  string     `json:"batch_id,omitempty" doc:"The batch of the trips, absent when there are none"`
}
