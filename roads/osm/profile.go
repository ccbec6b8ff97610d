package osm

import "maps"

// Profile says how one kind of vehicle uses the roads. It is data: start from one
// of the functions below and change what differs.
type Profile struct {
	Name string

	// Speeds is the usual speed in km/h on free roads, by value of the highway
	// tag. A value that is not there is closed to the vehicle unless an access tag
	// opens it at OpenedSpeed.
	Speeds      map[string]float64
	OpenedSpeed float64
	FerrySpeed  float64 // 0: no ferries
	TopSpeed    float64 // of the vehicle; 0: no limit

	// LimitShare is the share of a posted maxspeed that is really driven; 0 means
	// that postings do not matter, as on foot.
	LimitShare float64

	// Surfaces multiplies the speed by value of the surface or tracktype tag.
	Surfaces map[string]float64

	// Access lists the tag keys that open or close a way or barrier for this
	// vehicle, the most specific first; the first that is there decides.
	Access []string

	// OneWay lists the keys that make a way one-way, the most specific first. An
	// empty list means that direction does not matter.
	OneWay []string

	// Turns lists the keys of restriction relations that apply, and Exempt the
	// values of their except tag that free the vehicle. An empty list of keys
	// means that restrictions do not matter.
	Turns  []string
	Exempt []string

	// Barriers are the values of the barrier tag that close a node.
	Barriers []string

	// Size of the vehicle, 0 where it does not matter. A way with a lower limit
	// is closed.
	HeightMeters, WidthMeters, LengthMeters float64
	WeightTonnes, AxleTonnes                float64
	Hazmat                                  bool // whether ways closed to dangerous goods are closed
}

// Car is an ordinary car. Speeds are between urban and rural free flow as
// reported in speed surveys: about four fifths of what is posted.
func Car() Profile {
	return Profile{
		Name: "car",
		Speeds: map[string]float64{
			"motorway": 95, "motorway_link": 50, "trunk": 80, "trunk_link": 45, "primary": 55, "primary_link": 40,
			"secondary": 48, "secondary_link": 38, "tertiary": 40, "tertiary_link": 35, "unclassified": 32,
			"residential": 26, "living_street": 10, "service": 15, "road": 25,
		},
		OpenedSpeed: 15, FerrySpeed: 12, LimitShare: 0.8, TopSpeed: 130,
		Surfaces: map[string]float64{
			"unpaved": 0.6, "gravel": 0.6, "fine_gravel": 0.7, "compacted": 0.8, "dirt": 0.5, "earth": 0.5, "ground": 0.5,
			"grass": 0.4, "sand": 0.4, "mud": 0.3, "cobblestone": 0.6, "sett": 0.7, "pebblestone": 0.6,
			"grade2": 0.8, "grade3": 0.6, "grade4": 0.5, "grade5": 0.4,
		},
		Access: []string{"motorcar", "motor_vehicle", "vehicle", "access"},
		OneWay: []string{"oneway:motorcar", "oneway:motor_vehicle", "oneway:vehicle", "oneway"},
		Turns:  []string{"restriction:motorcar", "restriction:motor_vehicle", "restriction"},
		Exempt: []string{"motorcar", "motor_vehicle", "vehicle"},
		Barriers: []string{
			"bollard", "block", "chain", "jersey_barrier", "log", "debris", "stile", "kissing_gate", "turnstile",
			"cycle_barrier", "motorcycle_barrier", "bus_trap", "sump_buster", "planter", "full-height_turnstile", "horse_stile",
		},
	}
}

// Van is a delivery van: a car that keeps to 100 km/h, may deliver where goods
// vehicles may, and needs 2.7 m of height.
func Van() Profile {
	p := Car()
	p.Name, p.TopSpeed = "van", 100
	p.Access = append([]string{"goods"}, p.Access...)
	p.Exempt = append([]string{"goods"}, p.Exempt...)
	p.HeightMeters, p.WidthMeters, p.WeightTonnes = 2.7, 2.1, 3.5
	return p
}

// Truck is a heavy truck of the given height in meters and weight in tonnes;
// width 2.55 m and length 12 m, to be changed where they differ.
func Truck(heightMeters, weightTonnes float64) Profile {
	p := Car()
	p.Name, p.TopSpeed, p.LimitShare = "truck", 80, 0.75
	for class, speed := range p.Speeds {
		p.Speeds[class] = 0.85 * speed
	}
	p.Access = append([]string{"hgv", "goods"}, p.Access[1:]...)
	p.OneWay = append([]string{"oneway:hgv"}, p.OneWay[1:]...)
	p.Turns = append([]string{"restriction:hgv"}, p.Turns[1:]...)
	p.Exempt = []string{"hgv", "goods", "motor_vehicle", "vehicle"}
	p.HeightMeters, p.WeightTonnes, p.WidthMeters, p.LengthMeters = heightMeters, weightTonnes, 2.55, 12
	return p
}

// Motorcycle is a motorcycle or scooter.
func Motorcycle() Profile {
	p := Car()
	p.Name = "motorcycle"
	p.Access = append([]string{"motorcycle"}, p.Access[1:]...)
	p.OneWay = append([]string{"oneway:motorcycle"}, p.OneWay[1:]...)
	p.Turns = append([]string{"restriction:motorcycle"}, p.Turns[1:]...)
	p.Exempt = []string{"motorcycle", "motor_vehicle", "vehicle"}
	return p
}

// Bicycle is a bicycle or cargo bike of 16 km/h.
func Bicycle() Profile {
	p := Profile{
		Name: "bicycle",
		Speeds: map[string]float64{
			"cycleway": 16, "path": 12, "track": 12, "pedestrian": 6, "footway": 5, "bridleway": 8,
		},
		OpenedSpeed: 12, FerrySpeed: 12, TopSpeed: 25,
		Surfaces: maps.Clone(Car().Surfaces),
		Access:   []string{"bicycle", "vehicle", "access"},
		OneWay:   []string{"oneway:bicycle", "oneway"},
		Turns:    []string{"restriction:bicycle", "restriction"},
		Exempt:   []string{"bicycle", "vehicle"},
		Barriers: []string{"stile", "turnstile", "full-height_turnstile"},
	}
	for _, class := range []string{
		"trunk", "primary", "primary_link", "secondary", "secondary_link", "tertiary", "tertiary_link", "unclassified",
		"residential", "living_street", "service", "road",
	} {
		p.Speeds[class] = 16
	}
	return p
}

// Foot is a person on foot at 5 km/h, in any direction.
func Foot() Profile {
	p := Bicycle()
	p.Name, p.OpenedSpeed, p.FerrySpeed = "foot", 5, 12
	for class := range p.Speeds {
		p.Speeds[class] = 5
	}
	p.Speeds["steps"], p.Speeds["corridor"] = 2.5, 4
	p.Surfaces = nil
	p.Access = []string{"foot", "access"}
	p.OneWay = []string{"oneway:foot"}
	p.Turns, p.Exempt, p.Barriers = nil, nil, nil
	return p
}
