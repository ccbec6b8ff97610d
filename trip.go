package rumbo

import "time"

// Trip is one observed drive from a place to a place: what learning learns
// from. A place is known by its coordinates, by a zone of the client's zone map,
// or by both.
type Trip struct {
	// ID is the natural key: the same drive sent twice has the same ID.
	ID        string    `json:"id"`
	PickupAt  time.Time `json:"pickup_at"`
	DropoffAt time.Time `json:"dropoff_at"`
	From      Spot      `json:"from"`
	To        Spot      `json:"to"`
	// DistanceM is the metered distance in meters, 0 when nobody metered it.
	DistanceM float64 `json:"distance_m,omitempty"`
	VehicleID string  `json:"vehicle_id,omitempty"`
	BatchID   string  `json:"batch_id,omitempty"`
}

// Spot is one end of a trip. Zone is 0 when unknown, Point nil when unknown.
type Spot struct {
	Zone  int32  `json:"zone,omitempty" doc:"Zone of the zone map, from 1; 0 when unknown"`
	Point *Point `json:"point,omitempty" doc:"Exact place, when known"`
}

// DurationS is the observed duration in seconds.
func (t Trip) DurationS() float64 { return t.DropoffAt.Sub(t.PickupAt).Seconds() }

// Zone is one area of the client's zone map.
type Zone struct {
	ID       int32  `json:"id"`
	Name     string `json:"name"`
	Borough  string `json:"borough,omitempty"`
	Centroid Point  `json:"centroid"`
}
