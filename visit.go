package rumbo

import "time"

// MaxVisitSpan is the longest time whose visits can be asked for at once.
const MaxVisitSpan = 48 * time.Hour

// Visit is a stay of a vehicle at a place, as its events tell of it.
type Visit struct {
	VehicleID string    `json:"vehicle_id"`
	Location  Point     `json:"location" doc:"The middle of where it stood"`
	ArriveAt  time.Time `json:"arrive_at"`
	DepartAt  time.Time `json:"depart_at" doc:"Of the last event there"`
	ServiceS  float64   `json:"service_s" doc:"How long it stood, seconds"`
	OrderIDs  []string  `json:"order_ids,omitempty" doc:"The orders that its events name"`
	// Whole visits have a service time; of others the vehicle was there before or after.
	Whole bool `json:"whole" doc:"Both its arrival and its departure were seen"`
}
