package rumbo

import (
	"go/ast"
	"go/parser"
	"go/token"
	"math"
	"strings"
	"testing"
	"time"
)

func TestEveryCodeHasTexts(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), "code.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[Code]bool{}
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.ValueSpec); ok {
			code := Code(strings.Trim(spec.Values[0].(*ast.BasicLit).Value, `"`))
			seen[code] = true
			if pair, ok := texts[code]; !ok || pair[0] == "" || pair[1] == "" {
				t.Errorf("code %s has no text in both languages", code)
			}
		}
		return true
	})
	for code := range texts {
		if !seen[code] {
			t.Errorf("text for %s, which is no code", code)
		}
	}
}

func TestPickLanguage(t *testing.T) {
	for header, want := range map[string]Language{
		"": English, "es": Spanish, "es-CL,es;q=0.9,en;q=0.8": Spanish, "en-US,es;q=0.5": English,
		"fr, es;q=0.3": Spanish, "de": English, "es;q=x, en": English,
	} {
		if got := PickLanguage(header); got != want {
			t.Errorf("PickLanguage(%q) = %s, want %s", header, got, want)
		}
	}
}

func faults(fields []FieldError) string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Pointer+" "+string(f.Code))
	}
	return strings.Join(out, "; ")
}

func TestValidateReportsEveryFaultAtOnce(t *testing.T) {
	noon := time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)
	good := TimeWindow{noon, noon.Add(time.Hour)}
	for _, c := range []struct {
		name   string
		fields []FieldError
		want   string
	}{
		{"good order", Order{ID: "A-1", Day: "2022-01-31", Location: Point{40.7, -74}, Windows: []TimeWindow{good}}.Validate(""), ""},
		{"bad order", Order{ID: " x", Day: "31/01/2022", Kind: "drop", Location: Point{-74, 140.7}, ServiceS: -5,
			Load: map[string]int64{"kg": -1}, Windows: []TimeWindow{{good.Close, good.Open}}, Prize: 5}.Validate("/orders/0"),
			"/orders/0/id bad_id; /orders/0/day bad_time; /orders/0/kind not_one_of; /orders/0/service_s out_of_range; " +
				"/orders/0/load/kg out_of_range; /orders/0/windows/0 impossible_window; /orders/0/prize_cents conflicting_fields"},
		{"swapped", Point{-174.0, 40.7}.Validate("/location"), "/location swapped_coordinates"},
		{"zero", Point{}.Validate("/location"), "/location zero_coordinates"},
		{"good depot", Depot{ID: "D", Location: Point{40.7, -74}, TimeZone: "America/New_York"}.Validate(""), ""},
		{"bad depot", Depot{TimeZone: "Mars/Olympus"}.Validate(""), "/id missing_field; /location zero_coordinates; /time_zone not_one_of"},
		{"good vehicle", Vehicle{ID: "V", DepotID: "D", Shift: good}.Validate(""), ""},
		{"bad vehicle", Vehicle{ID: "V", DepotID: "D", EndDepot: "E", OpenEnd: true, MaxStops: -1}.Validate("/v"),
			"/v/end_depot_id conflicting_fields; /v/shift/open missing_field; /v/shift/close missing_field; /v/max_stops out_of_range"},
		{"good event", VehicleEvent{VehicleID: "V", At: noon, Kind: VehiclePosition, Location: Point{40.7, -74}}.Validate(""), ""},
		{"bad event", VehicleEvent{ID: "?", Kind: "parked", Location: Point{91, -74}, SpeedKMH: 401, AccuracyM: -1, OrderID: "?"}.Validate("/events/0"),
			"/events/0/id bad_id; /events/0/vehicle_id missing_field; /events/0/at missing_field; /events/0/kind not_one_of; " +
				"/events/0/location swapped_coordinates; /events/0/speed_kmh out_of_range; /events/0/accuracy_m out_of_range; /events/0/order_id bad_id"},
		{"no number", VehicleEvent{VehicleID: "V", At: noon, Location: Point{40.7, -74}, SpeedKMH: math.NaN()}.Validate(""),
			"/kind missing_field; /speed_kmh out_of_range"},
	} {
		if got := faults(c.fields); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestErrorNamesItsFields(t *testing.T) {
	err := InvalidFields("api.Plan", []FieldError{{Pointer: "/tiem", Code: UnknownField, Value: "tiem", Suggestion: "time"}})
	if CodeOf(err) != Invalid || !strings.Contains(err.Error(), `did you mean "time"`) {
		t.Errorf("got %v", err)
	}
	if InvalidFields("x", nil) != nil || CodeOf(nil) != "" {
		t.Error("no fields must be no error")
	}
}
