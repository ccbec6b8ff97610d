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

// Validate reports every fault of the trip by itself: identifiers, places and
// missing times. Whether it is plausible is for the cleaning rules to say.
// Pointers begin with at.
func (t Trip) Validate(at string) []FieldError {
	out := validateID(at+"/id", t.ID)
	if t.VehicleID != "" {
		out = append(out, validateID(at+"/vehicle_id", t.VehicleID)...)
	}
	if t.PickupAt.IsZero() {
		out = append(out, FieldError{Pointer: at + "/pickup_at", Code: MissingField})
	}
	if t.DropoffAt.IsZero() {
		out = append(out, FieldError{Pointer: at + "/dropoff_at", Code: MissingField})
	}
	out = append(out, t.From.Validate(at+"/from")...)
	return append(out, t.To.Validate(at+"/to")...)
}

// Validate reports an end that is nowhere, or at impossible coordinates.
func (s Spot) Validate(at string) []FieldError {
	switch {
	case s.Zone < 0:
		return []FieldError{{Pointer: at + "/zone", Code: OutOfRange, Value: s.Zone, Limit: "from 1"}}
	case s.Zone == 0 && s.Point == nil:
		return []FieldError{{Pointer: at, Code: MissingField}}
	case s.Point != nil:
		return s.Point.Validate(at + "/point")
	}
	return nil
}

// Zone is one area of the client's zone map.
type Zone struct {
	ID       int32  `json:"id"`
	Name     string `json:"name"`
	Borough  string `json:"borough,omitempty"`
	Centroid Point  `json:"centroid"`
}
