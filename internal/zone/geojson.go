package zone

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// Limits of a zone map.
const (
	MaxBytes = 256 << 20
	MaxZones = 100_000
)

// Read reads a zone map from GeoJSON (not compressed). A map at fault is a
// *rumbo.Error with every faulty feature; keys that GeoJSON allows and Rumbo does
// not use are passed over. O(size).
func Read(r io.Reader) (*Map, error) {
	m := newMap()
	var faults []rumbo.FieldError
	for row, err := range strictjson.Rows(io.LimitReader(r, MaxBytes+1), strictjson.RowsOptions{Wrapper: "features", OtherKeys: true, MaxRow: MaxBytes}) {
		if err != nil {
			return nil, structureFault(err, faults)
		}
		if row.Offset >= MaxBytes || row.Index >= MaxZones {
			return nil, rumbo.Fault(rumbo.TooLarge, "zone.Read", fmt.Sprintf("a zone map has at most %d bytes and %d zones", MaxBytes, MaxZones), nil)
		}
		var raw any // finds text that is no JSON, and keys given twice
		found := strictjson.Decode(row.Raw, &raw, row.Options())
		if len(found) == 0 {
			found = m.feature(row.At, row.Raw)
		}
		if faults = append(faults, found...); len(faults) > strictjson.DefaultMaxFaults {
			faults = append(faults[:strictjson.DefaultMaxFaults], rumbo.FieldError{Code: rumbo.MoreFaults, Limit: strictjson.DefaultMaxFaults})
			break
		}
	}
	if len(faults) == 0 && m.Len() == 0 {
		faults = []rumbo.FieldError{{Pointer: "/features", Code: rumbo.EmptyPayload}}
	}
	if err := rumbo.InvalidFields("zone.Read", faults); err != nil {
		return nil, err
	}
	return m, nil
}

// structureFault joins what is wrong around the features with what is wrong in
// them. Other keys beside "features" belong to GeoJSON and are no fault.
func structureFault(err error, faults []rumbo.FieldError) error {
	var e *rumbo.Error
	if !errors.As(err, &e) {
		return rumbo.Fault(rumbo.Unavailable, "zone.Read", "", err)
	}
	return rumbo.InvalidFields("zone.Read", append(faults, e.Fields...))
}

// feature is one zone as GeoJSON writes it.
type feature struct {
	Properties struct {
		ID          *json.Number `json:"id"`
		LocationID  *json.Number `json:"LocationID"`
		Name        string       `json:"name"`
		Zone        string       `json:"zone"`
		Borough     string       `json:"borough"`
		CentroidLat *float64     `json:"centroid_lat"`
		CentroidLon *float64     `json:"centroid_lon"`
	} `json:"properties"`
	Geometry struct {
		Type        string          `json:"type"`
		Coordinates json.RawMessage `json:"coordinates"`
	} `json:"geometry"`
}

// feature adds one zone and says what is wrong with it.
func (m *Map) feature(at string, raw []byte) []rumbo.FieldError {
	var f feature
	if err := json.Unmarshal(raw, &f); err != nil {
		return []rumbo.FieldError{{Pointer: at, Code: rumbo.WrongType, Value: "the feature", Limit: "a GeoJSON feature (" + err.Error() + ")"}}
	}
	id, faults := f.id(at)
	if id > 0 && m.Known(id) {
		faults = append(faults, rumbo.FieldError{Pointer: at + "/properties/id", Code: rumbo.DuplicateID, Value: id})
	}
	parts, more := f.parts(at + "/geometry")
	faults = append(faults, more...)
	z := rumbo.Zone{ID: id, Name: f.Properties.Name, Borough: f.Properties.Borough}
	if z.Name == "" {
		z.Name = f.Properties.Zone
	}
	if lat, lon := f.Properties.CentroidLat, f.Properties.CentroidLon; lat != nil && lon != nil {
		z.Centroid = rumbo.Point{Lat: *lat, Lon: *lon}
		faults = append(faults, z.Centroid.Validate(at+"/properties")...)
	}
	if len(faults) > 0 {
		return faults
	}
	if z.Centroid == (rumbo.Point{}) {
		box := geo.EmptyBox()
		for _, p := range parts {
			b := p.Box()
			box = box.Extend(geo.LatLon{Lat: b.MinLat, Lon: b.MinLon}).Extend(geo.LatLon{Lat: b.MaxLat, Lon: b.MaxLon})
		}
		z.Centroid = centerOfArea(parts, box)
	}
	m.add(z, parts)
	return nil
}

// id is the zone's number.
func (f *feature) id(at string) (int32, []rumbo.FieldError) {
	number := f.Properties.ID
	if number == nil {
		number = f.Properties.LocationID
	}
	if number == nil {
		return 0, []rumbo.FieldError{{Pointer: at + "/properties/id", Code: rumbo.MissingField}}
	}
	id, err := strconv.ParseInt(number.String(), 10, 32)
	if err != nil || id < 1 {
		return 0, []rumbo.FieldError{{Pointer: at + "/properties/id", Code: rumbo.OutOfRange, Value: number.String(), Limit: fmt.Sprintf("1 to %d", math.MaxInt32)}}
	}
	return int32(id), nil
}

// parts are the polygons of the geometry.
func (f *feature) parts(at string) ([]geo.Polygon, []rumbo.FieldError) {
	var multi [][][][]float64
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		multi = make([][][][]float64, 1)
		err = json.Unmarshal(f.Geometry.Coordinates, &multi[0])
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &multi)
	default:
		return nil, []rumbo.FieldError{{Pointer: at + "/type", Code: rumbo.NotOneOf, Value: f.Geometry.Type, Limit: "Polygon, MultiPolygon"}}
	}
	if err != nil {
		return nil, []rumbo.FieldError{{Pointer: at + "/coordinates", Code: rumbo.WrongType, Value: "the value", Limit: "arrays of [longitude, latitude]"}}
	}
	var out []geo.Polygon
	for i, rings := range multi {
		var polygon geo.Polygon
		for j, positions := range rings {
			ring, ok := ringOf(positions)
			if !ok {
				return nil, []rumbo.FieldError{{Pointer: fmt.Sprintf("%s/coordinates (polygon %d, ring %d)", at, i, j), Code: rumbo.BadCoordinates}}
			}
			polygon = append(polygon, ring)
		}
		if len(polygon) > 0 {
			out = append(out, polygon)
		}
	}
	if len(out) == 0 {
		return nil, []rumbo.FieldError{{Pointer: at + "/coordinates", Code: rumbo.EmptyPayload}}
	}
	return out, nil
}

// ringOf reads a ring of at least three places, the closing one not counted.
func ringOf(positions [][]float64) (geo.Ring, bool) {
	var ring geo.Ring
	for _, p := range positions {
		if len(p) < 2 {
			return nil, false
		}
		place := geo.LatLon{Lat: p[1], Lon: p[0]}
		if !place.Valid() {
			return nil, false
		}
		ring = append(ring, place)
	}
	if n := len(ring); n > 1 && ring[0] == ring[n-1] {
		ring = ring[:n-1]
	}
	return ring, len(ring) >= 3
}
