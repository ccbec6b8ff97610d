package quality

import (
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// value is what a field of a record holds.
type value struct {
	kind byte // of the constants below
	num  float64
	text string
	at   time.Time
}

const (
	isNull byte = iota
	isNumber
	isText
	isTime
)

func number(n float64) value { return value{kind: isNumber, num: n} }

// filled is a number of which zero means that nobody stated it.
func filled(n float64) value {
	if n == 0 {
		return value{}
	}
	return number(n)
}

func textual(s string) value {
	if s == "" {
		return value{}
	}
	return value{kind: isText, text: s}
}

func timely(t time.Time) value {
	if t.IsZero() {
		return value{}
	}
	return value{kind: isTime, at: t}
}

// String is the value as people write it.
func (v value) String() string {
	switch v.kind {
	case isNumber:
		return strconv.FormatFloat(v.num, 'g', -1, 64)
	case isText:
		return v.text
	case isTime:
		return v.at.Format(time.RFC3339Nano)
	}
	return ""
}

// reader reads one field of a record, a *rumbo.Trip, *rumbo.Order, ….
type reader func(record any) value

// tripFields are read without reflection: trips come by the million.
var tripFields = map[string]func(t *rumbo.Trip) value{
	"id":             func(t *rumbo.Trip) value { return textual(t.ID) },
	"vehicle_id":     func(t *rumbo.Trip) value { return textual(t.VehicleID) },
	"pickup_at":      func(t *rumbo.Trip) value { return timely(t.PickupAt) },
	"dropoff_at":     func(t *rumbo.Trip) value { return timely(t.DropoffAt) },
	"from.zone":      func(t *rumbo.Trip) value { return filled(float64(t.From.Zone)) },
	"to.zone":        func(t *rumbo.Trip) value { return filled(float64(t.To.Zone)) },
	"from.point.lat": func(t *rumbo.Trip) value { return coordinate(t.From.Point, true) },
	"from.point.lon": func(t *rumbo.Trip) value { return coordinate(t.From.Point, false) },
	"to.point.lat":   func(t *rumbo.Trip) value { return coordinate(t.To.Point, true) },
	"to.point.lon":   func(t *rumbo.Trip) value { return coordinate(t.To.Point, false) },
	"distance_m":     func(t *rumbo.Trip) value { return filled(t.DistanceM) },
	"duration_s":     func(t *rumbo.Trip) value { return number(t.DurationS()) },
	"speed_kmh": func(t *rumbo.Trip) value {
		if t.DistanceM == 0 || t.DurationS() <= 0 {
			return value{}
		}
		return number(t.DistanceM / t.DurationS() * 3.6)
	},
}

func coordinate(p *rumbo.Point, lat bool) value {
	switch {
	case p == nil:
		return value{}
	case lat:
		return number(p.Lat)
	}
	return number(p.Lon)
}

// nouns are the types of the kinds that are read by reflection.
var nouns = map[string]reflect.Type{
	rumbo.KindOrders:   reflect.TypeFor[rumbo.Order](),
	rumbo.KindVehicles: reflect.TypeFor[rumbo.Vehicle](),
	rumbo.KindDepots:   reflect.TypeFor[rumbo.Depot](),
	rumbo.KindEvents:   reflect.TypeFor[rumbo.VehicleEvent](),
}

// fieldReader finds how a field of a kind is read; nil when it has no such field.
func fieldReader(kind, path string) reader {
	if kind == rumbo.KindTrips {
		read, ok := tripFields[path]
		if !ok {
			return nil
		}
		return func(record any) value { return read(record.(*rumbo.Trip)) }
	}
	steps := strings.Split(path, ".")
	if !reaches(nouns[kind], steps) {
		return nil
	}
	return func(record any) value { return walk(reflect.ValueOf(record), steps) }
}

// fieldNames are the fields of a kind, for suggestions.
func fieldNames(kind string) []string {
	var out []string
	if kind == rumbo.KindTrips {
		for name := range tripFields {
			out = append(out, name)
		}
		slices.Sort(out)
		return out
	}
	t := nouns[kind]
	for i := range t.NumField() {
		name := jsonName(t.Field(i))
		inner := t.Field(i).Type
		if inner.Kind() == reflect.Pointer {
			inner = inner.Elem()
		}
		if inner.Kind() == reflect.Struct && inner != reflect.TypeFor[time.Time]() {
			for j := range inner.NumField() {
				out = append(out, name+"."+jsonName(inner.Field(j)))
			}
			continue
		}
		out = append(out, name)
	}
	return out
}

func jsonName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// reaches says whether a path ends at a value that checks understand.
func reaches(t reflect.Type, steps []string) bool {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if len(steps) == 0 {
		return t == reflect.TypeFor[time.Time]() || t.Kind() != reflect.Struct && t.Kind() != reflect.Map
	}
	switch {
	case t.Kind() == reflect.Map:
		return len(steps) == 1 && steps[0] != ""
	case t.Kind() != reflect.Struct || t == reflect.TypeFor[time.Time]():
		return false
	}
	for i := range t.NumField() {
		if jsonName(t.Field(i)) == steps[0] {
			return reaches(t.Field(i).Type, steps[1:])
		}
	}
	return false
}

// walk reads the value at a path. A list's value is its length.
func walk(v reflect.Value, steps []string) value {
	for v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return value{}
		}
		v = v.Elem()
	}
	if len(steps) == 0 {
		return plain(v)
	}
	if v.Kind() == reflect.Map {
		at := v.MapIndex(reflect.ValueOf(steps[0]))
		if !at.IsValid() {
			return value{}
		}
		return plain(at)
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if jsonName(field) == steps[0] {
			inner := v.Field(i)
			if len(steps) == 1 && inner.IsZero() && strings.Contains(field.Tag.Get("json"), ",omit") {
				return value{}
			}
			return walk(inner, steps[1:])
		}
	}
	return value{}
}

func plain(v reflect.Value) value {
	if t, ok := v.Interface().(time.Time); ok {
		return timely(t)
	}
	switch v.Kind() {
	case reflect.String:
		return textual(v.String())
	case reflect.Int, reflect.Int32, reflect.Int64:
		return number(float64(v.Int()))
	case reflect.Float64:
		return number(v.Float())
	case reflect.Bool:
		return textual(strconv.FormatBool(v.Bool()))
	case reflect.Slice:
		return filled(float64(v.Len()))
	}
	return value{}
}
