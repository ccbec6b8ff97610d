package api

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Forms of a plan.
const (
	formatJSON    = "json"
	formatGeoJSON = "geojson"
	formatCSV     = "csv"
)

// preferredFormat reads Accept: the form with the highest quality, the first
// of equals, JSON when none is named.
func preferredFormat(accept string) string {
	best, bestQ := formatJSON, 0.0
	for _, part := range strings.Split(accept, ",") {
		media, attributes, _ := strings.Cut(part, ";")
		q := 1.0
		if value, ok := strings.CutPrefix(strings.TrimSpace(attributes), "q="); ok {
			q, _ = strconv.ParseFloat(value, 64) // nonsense is 0: not wanted
		}
		form, known := map[string]string{
			"application/json": formatJSON, "*/*": formatJSON, "application/*": formatJSON,
			"application/geo+json": formatGeoJSON, "text/csv": formatCSV, "text/*": formatCSV,
		}[strings.ToLower(strings.TrimSpace(media))]
		if known && q > bestQ {
			best, bestQ = form, q
		}
	}
	return best
}

// GeoJSON of RFC 7946: positions are longitude first.
type feature struct {
	Type       string         `json:"type"`
	Geometry   geometry       `json:"geometry"`
	Properties map[string]any `json:"properties"`
}

type geometry struct {
	Type        string `json:"type"`
	Coordinates any    `json:"coordinates"`
}

func position(p rumbo.Point) [2]float64 { return [2]float64{p.Lon, p.Lat} }

// planGeoJSON draws a plan: a line for each route, from depot to depot, and a
// point for each stop. Lines are straight between stops: a plan holds no road
// geometry. A depot that is gone from the store is left out of its line.
func (s *server) planGeoJSON(ctx context.Context, p rumbo.Plan) (*answer, error) {
	features := []feature{}
	for _, route := range p.Routes {
		var line [][2]float64
		line = append(line, s.depotPosition(ctx, route.StartDepot)...)
		for i, stop := range route.Stops {
			line = append(line, position(stop.Location))
			features = append(features, feature{"Feature", geometry{"Point", position(stop.Location)}, map[string]any{
				"order_id": stop.OrderID, "vehicle_id": route.VehicleID, "stop": i + 1, "arrive_at": stop.ArriveAt, "depart_at": stop.DepartAt}})
		}
		if route.EndDepot != "" {
			line = append(line, s.depotPosition(ctx, route.EndDepot)...)
		}
		if len(line) > 1 {
			features = append(features, feature{"Feature", geometry{"LineString", line}, map[string]any{
				"vehicle_id": route.VehicleID, "stops": len(route.Stops), "distance_m": route.DistanceM, "drive_s": route.DriveS,
				"start_at": route.StartAt, "end_at": route.EndAt, "cost_cents": route.CostCents}})
		}
	}
	body, err := json.Marshal(map[string]any{"type": "FeatureCollection", "features": features})
	if err != nil {
		return nil, rumbo.Fault(rumbo.Internal, "api.planGeoJSON", "encoding", err)
	}
	return formAnswer("application/geo+json", p.ID+".geojson", body), nil
}

func (s *server) depotPosition(ctx context.Context, id string) [][2]float64 {
	d, err := s.Store.Depot(ctx, id)
	if err != nil {
		return nil
	}
	return [][2]float64{position(d.Location)}
}

// planCSV is one row for each stop, in driving order, then one for each order
// that no route serves.
func planCSV(p rumbo.Plan) (*answer, error) {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{{"plan_id", "vehicle_id", "stop", "order_id", "lat", "lon", "arrive_at", "begin_at", "depart_at", "leg_duration_s", "leg_distance_m", "reason", "detail"}}
	for _, route := range p.Routes {
		for i, stop := range route.Stops {
			rows = append(rows, []string{
				p.ID, route.VehicleID, strconv.Itoa(i + 1), stop.OrderID, decimal(stop.Location.Lat), decimal(stop.Location.Lon),
				stamp(stop.ArriveAt), stamp(stop.BeginAt), stamp(stop.DepartAt),
				strconv.FormatInt(stop.Leg.DurationS, 10), strconv.FormatInt(stop.Leg.DistanceM, 10), "", ""})
		}
	}
	for _, u := range p.Unassigned {
		rows = append(rows, []string{p.ID, "", "", u.OrderID, "", "", "", "", "", "", "", u.Reason, u.Detail})
	}
	if err := w.WriteAll(rows); err != nil {
		return nil, rumbo.Fault(rumbo.Internal, "api.planCSV", "encoding", err)
	}
	return formAnswer("text/csv; charset=utf-8; header=present", p.ID+".csv", b.Bytes()), nil
}

func formAnswer(media, name string, body []byte) *answer {
	a := &answer{status: http.StatusOK, header: http.Header{}, body: body}
	return a.with("Content-Type", media).with("Vary", "Accept").with("Content-Disposition", `inline; filename="`+name+`"`)
}

func decimal(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) }
func stamp(t time.Time) string { return t.Format(time.RFC3339) }
