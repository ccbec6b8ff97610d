package osm

import (
	"slices"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo/roads"
)

// use is how a profile uses a way: km/h in the order of its nodes and against
// it, 0 where it may not be driven.
type use struct{ forward, back float64 }

func (u use) closed() bool { return u.forward == 0 && u.back == 0 }

// wayUse reads the tags of a way.
func (p *Profile) wayUse(t Tags) use {
	speed := p.speed(t)
	if speed <= 0 || p.tooLarge(t) {
		return use{}
	}
	switch p.direction(t) {
	case 1:
		return use{forward: speed}
	case -1:
		return use{back: speed}
	}
	return use{speed, speed}
}

// speed is the speed in km/h on a way, 0 where the vehicle may not go.
func (p *Profile) speed(t Tags) float64 {
	opened, closed := p.access(t)
	if closed {
		return 0
	}
	if t.Value("route") == "ferry" {
		return p.FerrySpeed
	}
	class := t.Value("highway")
	speed, known := p.Speeds[class]
	switch {
	case class == "" || class == "construction" || class == "proposed" || t.Value("area") == "yes" && class != "pedestrian":
		return 0
	case !known && !opened:
		return 0
	case !known:
		speed = p.OpenedSpeed
	}
	if limit := maxSpeed(t.Value("maxspeed")); limit > 0 && p.LimitShare > 0 {
		speed = limit * p.LimitShare
	}
	if factor, ok := p.Surfaces[t.Value("surface")]; ok {
		speed *= factor
	} else if factor, ok := p.Surfaces[t.Value("tracktype")]; ok {
		speed *= factor
	}
	if p.TopSpeed > 0 {
		speed = min(speed, p.TopSpeed)
	}
	return speed
}

// classes are the road classes by value of the highway tag, without "_link".
var classes = map[string]roads.Kind{
	"motorway": roads.Motorway, "trunk": roads.Trunk, "primary": roads.Primary, "secondary": roads.Secondary,
	"tertiary": roads.Tertiary, "unclassified": roads.Local, "residential": roads.Local, "living_street": roads.Local,
	"road": roads.Local, "service": roads.Service, "track": roads.Path, "path": roads.Path, "cycleway": roads.Path,
	"footway": roads.Path, "pedestrian": roads.Path, "steps": roads.Path, "bridleway": roads.Path, "corridor": roads.Path,
}

// kindOf reads what kind of road a way is.
func kindOf(t Tags) roads.Kind {
	class, ramp := strings.CutSuffix(t.Value("highway"), "_link")
	kind := classes[class]
	if ramp {
		kind |= roads.Link
	}
	if j := t.Value("junction"); j == "roundabout" || j == "circular" {
		kind |= roads.Roundabout
	}
	if class == "" && t.Value("route") == "ferry" {
		kind = roads.Ferry
	}
	return kind
}

// access reads the most specific access tag: whether it opens the way to the
// vehicle, or closes it.
func (p *Profile) access(t Tags) (opened, closed bool) {
	for i, key := range p.Access {
		switch t.Value(key) {
		case "":
			continue
		case "yes", "permissive", "designated", "destination", "delivery", "customers", "official":
			// That everybody may go somewhere does not make a footpath a street.
			return i+1 < len(p.Access), false
		case "no", "private", "agricultural", "forestry", "emergency", "military", "psv", "bus", "use_sidepath":
			return false, true
		}
		return false, false
	}
	return false, false
}

// direction is 1 for a way that is one-way along its nodes, -1 against them, and
// 0 for both directions.
func (p *Profile) direction(t Tags) int {
	if len(p.OneWay) == 0 {
		return 0
	}
	for _, key := range p.OneWay {
		switch t.Value(key) {
		case "yes", "true", "1":
			return 1
		case "-1", "reverse":
			return -1
		case "no", "false", "0":
			return 0
		}
	}
	roundabout := t.Value("junction") == "roundabout" || t.Value("junction") == "circular"
	class := t.Value("highway")
	if slices.Contains(p.OneWay, "oneway") && (roundabout || class == "motorway" || class == "motorway_link") {
		return 1
	}
	return 0
}

// tooLarge says whether a limit on the way is below the size of the vehicle.
func (p *Profile) tooLarge(t Tags) bool {
	for _, limit := range [...]struct {
		key  string
		size float64
	}{
		{"maxheight", p.HeightMeters}, {"maxheight:physical", p.HeightMeters}, {"maxwidth", p.WidthMeters},
		{"maxlength", p.LengthMeters}, {"maxweight", p.WeightTonnes}, {"maxaxleload", p.AxleTonnes},
	} {
		if limit.size > 0 {
			if most, ok := measure(t.Value(limit.key)); ok && most < limit.size {
				return true
			}
		}
	}
	return p.Hazmat && t.Value("hazmat") == "no"
}

// barred says whether a node stops the vehicle.
func (p *Profile) barred(t Tags) bool {
	barrier := t.Value("barrier")
	if barrier == "" {
		return false
	}
	opened, closed := p.access(t)
	if closed {
		return true
	}
	if opened || t.Value("access") == "yes" || t.Value("access") == "permissive" {
		return p.tooLarge(t)
	}
	return slices.Contains(p.Barriers, barrier) || p.tooLarge(t)
}

// maxSpeed reads a posted limit in km/h; 0 when it says nothing usable.
func maxSpeed(value string) float64 {
	number, unit := splitUnit(value)
	x, err := strconv.ParseFloat(number, 64)
	if err != nil || !(x > 0 && x <= 300) {
		return 0
	}
	switch unit {
	case "", "km/h", "kmh", "kph":
		return x
	case "mph":
		return x * 1.609344
	case "knots":
		return x * 1.852
	}
	return 0
}

// measure reads a length in meters or a weight in tonnes; ok is false for values
// that set no limit or that cannot be read.
func measure(value string) (float64, bool) {
	if feet, inches, found := strings.Cut(value, "'"); found {
		f, err := strconv.ParseFloat(strings.TrimSpace(feet), 64)
		i, errInches := strconv.ParseFloat(strings.TrimSuffix(strings.TrimSpace(inches), "\""), 64)
		if errInches != nil {
			i = 0
		}
		return 0.3048*f + 0.0254*i, err == nil && f > 0
	}
	number, unit := splitUnit(value)
	x, err := strconv.ParseFloat(number, 64)
	if err != nil || !(x > 0) {
		return 0, false
	}
	switch unit {
	case "", "m", "t":
		return x, true
	case "kg":
		return x / 1000, true
	case "cm":
		return x / 100, true
	case "ft":
		return x * 0.3048, true
	case "st":
		return x * 0.90718474, true
	case "lbs":
		return x * 0.00045359237, true
	}
	return 0, false
}

// splitUnit takes a number and its unit apart; a comma counts as a decimal point.
func splitUnit(value string) (number, unit string) {
	value = strings.TrimSpace(value)
	end := 0
	for end < len(value) && (value[end] >= '0' && value[end] <= '9' || value[end] == '.' || value[end] == ',') {
		end++
	}
	return strings.ReplaceAll(value[:end], ",", "."), strings.TrimSpace(value[end:])
}
