package quality

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/logistica-inteligente/rumbo"
)

var noon = time.Date(2022, 1, 31, 12, 0, 0, 0, time.UTC)

func trip(id string, minutes int, meters float64) *rumbo.Trip {
	return &rumbo.Trip{ID: id, PickupAt: noon, DropoffAt: noon.Add(time.Duration(minutes) * time.Minute),
		From: rumbo.Spot{Zone: 1}, To: rumbo.Spot{Point: &rumbo.Point{Lat: 40.5, Lon: -74}}, DistanceM: meters}
}

func runOf(kind string, known Known, checks ...rumbo.Check) *Run {
	d := rumbo.QualityDocument{}
	switch kind {
	case rumbo.KindTrips:
		d.Trips = checks
	case rumbo.KindOrders:
		d.Orders = checks
	case rumbo.KindVehicles:
		d.Vehicles = checks
	}
	return NewRun(d, rumbo.Batch{ID: "b", Kind: kind, ReceivedAt: noon.Add(time.Hour)}, known, time.Time{})
}

func p(x float64) *float64 { return &x }

func TestDefaultsAreValid(t *testing.T) {
	if faults := Validate(Defaults()); len(faults) > 0 {
		t.Error(faults)
	}
}

// Each check meets a record that passes and one that breaks it.
func TestChecksOfRows(t *testing.T) {
	order := func(kind string, kg int64) *rumbo.Order {
		return &rumbo.Order{ID: "A1", Day: "2022-01-31", Kind: kind, Location: rumbo.Point{Lat: 40, Lon: -74}, Load: map[string]int64{"kg": kg}}
	}
	known := func(target, value string) bool {
		return target == "zones" && value == "1" || target == "depots" && value == "d1"
	}
	late := trip("x", 5, 900)
	late.PickupAt = noon.Add(2 * time.Hour)
	numbered := trip("x", 5, 900)
	numbered.VehicleID = "17"
	named := trip("x", 5, 900)
	named.VehicleID = "van-17"
	for name, c := range map[string]struct {
		kind        string
		check       rumbo.Check
		passes, not any
		reason      string
	}{
		"null":         {rumbo.KindTrips, rumbo.Check{Type: rumbo.CheckNull, Field: "distance_m"}, trip("x", 5, 900), trip("x", 5, 0), "distance_m is empty"},
		"type":         {rumbo.KindTrips, rumbo.Check{Type: rumbo.CheckType, Field: "vehicle_id", Is: "integer"}, numbered, named, `vehicle_id "van-17" does not read as integer`},
		"range high":   {rumbo.KindTrips, rumbo.Check{Type: rumbo.CheckRange, Field: "duration_s", Max: p(600)}, trip("x", 10, 0), trip("x", 11, 0), "duration_s 660 is above 600"},
		"range low":    {rumbo.KindTrips, rumbo.Check{Type: rumbo.CheckRange, Field: "speed_kmh", Min: p(5)}, trip("x", 6, 1000), trip("x", 60, 1000), "speed_kmh 1 is below 5"},
		"range empty":  {rumbo.KindTrips, rumbo.Check{Type: rumbo.CheckRange, Field: "from.point.lat", Min: p(41)}, trip("x", 6, 1000), nil, ""},
		"set":          {rumbo.KindOrders, rumbo.Check{Type: rumbo.CheckSet, Field: "kind", Values: []string{"pickup"}}, order("pickup", 1), order("delivery", 1), `kind "delivery" is not one of: pickup`},
		"map":          {rumbo.KindOrders, rumbo.Check{Type: rumbo.CheckRange, Field: "load.kg", Max: p(5)}, order("", 5), order("", 6), "load.kg 6 is above 5"},
		"reference":    {rumbo.KindTrips, rumbo.Check{Type: rumbo.CheckReference, Field: "from.zone", To: "zones"}, trip("x", 5, 0), &rumbo.Trip{From: rumbo.Spot{Zone: 9}}, `from.zone "9" is not known among the zones`},
		"depot":        {rumbo.KindVehicles, rumbo.Check{Type: rumbo.CheckReference, Field: "depot_id", To: "depots"}, &rumbo.Vehicle{DepotID: "d1"}, &rumbo.Vehicle{DepotID: "d2"}, `depot_id "d2" is not known among the depots`},
		"cross times":  {rumbo.KindTrips, rumbo.Check{Type: rumbo.CheckCrossField, Field: "pickup_at", Op: "le", Other: "received_at"}, trip("x", 5, 0), late, "pickup_at 2022-01-31T14:00:00Z is not le received_at 2022-01-31T13:00:00Z"},
		"cross values": {rumbo.KindTrips, rumbo.Check{Type: rumbo.CheckCrossField, Field: "distance_m", Op: "gt", Other: "duration_s"}, trip("x", 5, 301), trip("x", 5, 300), "distance_m 300 is not gt duration_s 300"},
		"shift":        {rumbo.KindVehicles, rumbo.Check{Type: rumbo.CheckCrossField, Field: "shift.open", Op: "lt", Other: "shift.close"}, &rumbo.Vehicle{Shift: rumbo.TimeWindow{Open: noon, Close: noon.Add(1)}}, &rumbo.Vehicle{Shift: rumbo.TimeWindow{Open: noon, Close: noon}}, "shift.open 2022-01-31T12:00:00Z is not lt shift.close 2022-01-31T12:00:00Z"},
	} {
		c.check.Name, c.check.Severity = "c", rumbo.SeverityQuarantine
		r := runOf(c.kind, known, c.check)
		if faults := Validate(rumbo.QualityDocument{Trips: r.declared(rumbo.KindTrips), Orders: r.declared(rumbo.KindOrders), Vehicles: r.declared(rumbo.KindVehicles)}); len(faults) > 0 {
			t.Errorf("%s: %v", name, faults)
		}
		if rule, reason := r.Row(1, c.passes); rule != "" {
			t.Errorf("%s: kept out because %s", name, reason)
		}
		if c.not == nil {
			continue
		}
		if rule, reason := r.Row(2, c.not); rule != "c" || reason != c.reason {
			t.Errorf("%s: %q %q, want %q", name, rule, reason, c.reason)
		}
		q, _ := r.Finish(2, nil)
		if got := q.Checks[0]; got.State != rumbo.CheckBroken || got.Count != 1 || got.Share != 0.5 || len(got.Examples) != 1 || got.Examples[0].Row != 2 {
			t.Errorf("%s: %+v", name, got)
		}
	}
}

// declared are the checks of a run, for the test that they are valid.
func (r *Run) declared(kind string) (out []rumbo.Check) {
	for _, c := range r.checks {
		if r.batch.Kind == kind {
			out = append(out, c.Check)
		}
	}
	return out
}

func TestUniqueAndSeverities(t *testing.T) {
	r := runOf(rumbo.KindTrips, nil,
		rumbo.Check{Name: "one", Type: rumbo.CheckUnique, Severity: rumbo.SeverityFail, Field: "id"},
		rumbo.Check{Name: "metered", Type: rumbo.CheckNull, Severity: rumbo.SeverityWarn, Field: "distance_m", MaxShare: 0.6})
	for row, id := range []string{"a", "b", "a", "c"} {
		if rule, _ := r.Row(int64(row+1), trip(id, 5, float64(row%2))); rule != "" {
			t.Errorf("row %d kept out by %s", row+1, rule)
		}
	}
	r.Rejected(&rumbo.Quarantine{Row: 5, Rule: "too_short", Reason: "took 0 s"})
	q, failed := r.Finish(5, nil)
	want := []rumbo.CheckResult{
		{Name: "one", Type: rumbo.CheckUnique, Severity: rumbo.SeverityFail, State: rumbo.CheckBroken, Count: 1, Share: 0.2,
			Examples: []rumbo.CheckExample{{Row: 3, Reason: `id "a" appears in an earlier row`}}},
		{Name: "metered", Type: rumbo.CheckNull, Severity: rumbo.SeverityWarn, State: rumbo.CheckPassed, Count: 2, Share: 0.4,
			Examples: []rumbo.CheckExample{{Row: 1, Reason: "distance_m is empty"}, {Row: 3, Reason: "distance_m is empty"}}},
		{Name: "too_short", Type: rumbo.CheckRule, Severity: rumbo.SeverityQuarantine, State: rumbo.CheckBroken, Count: 1, Share: 0.2,
			Examples: []rumbo.CheckExample{{Row: 5, Reason: "took 0 s"}}},
	}
	if diff := cmp.Diff(want, q.Checks); diff != "" {
		t.Error(diff)
	}
	if len(failed) != 1 || failed[0].Name != "one" {
		t.Errorf("failed %+v", failed)
	}
}

func TestChecksOfTheBatch(t *testing.T) {
	checks := []rumbo.Check{
		{Name: "fresh", Type: rumbo.CheckFreshness, Severity: rumbo.SeverityWarn, Field: "pickup_at", MaxAgeH: 2},
		{Name: "volume", Type: rumbo.CheckVolume, Severity: rumbo.SeverityFail, Tolerance: 0.5},
		{Name: "drift", Type: rumbo.CheckDrift, Severity: rumbo.SeverityFail, Field: "duration_s", Tolerance: 1},
	}
	past := func(n int, rows int64) (out []rumbo.Batch) {
		for range n {
			b := rumbo.Batch{Counts: rumbo.BatchCounts{Rows: rows}}
			b.Quality.Profile = map[string]rumbo.FieldProfile{"duration_s": {Count: 100, Mean: 300, SD: 60}}
			out = append(out, b)
		}
		return out
	}
	for name, c := range map[string]struct {
		before  []rumbo.Batch
		minutes int
		states  string
	}{
		"first batch":  {nil, 5, "passed skipped skipped"},
		"as usual":     {past(3, 4), 5, "passed passed passed"},
		"half as many": {past(3, 8), 5, "passed passed passed"},
		"fewer":        {past(3, 9), 5, "passed broken passed"},
		"a sigma":      {past(3, 4), 6, "passed passed passed"},
		"slower":       {past(3, 4), 7, "passed passed broken"},
	} {
		r := runOf(rumbo.KindTrips, nil, checks...)
		for row := range 4 {
			r.Row(int64(row), trip("x", c.minutes, 1))
		}
		if r.Trailing() != defaultBatches {
			t.Errorf("wants %d batches", r.Trailing())
		}
		q, _ := r.Finish(4, c.before)
		states := make([]string, 3)
		for i, one := range q.Checks {
			states[i] = one.State
		}
		if got := strings.Join(states, " "); got != c.states {
			t.Errorf("%s: %s, want %s: %+v", name, got, c.states, q.Checks)
		}
		if p := q.Profile["duration_s"]; p.Count != 4 || p.Mean != float64(60*c.minutes) || p.SD != 0 {
			t.Errorf("%s: profile %+v", name, p)
		}
	}
	r := runOf(rumbo.KindTrips, nil, checks[0])
	r.batch.ReceivedAt = noon.Add(3 * time.Hour)
	r.Row(1, trip("x", 5, 1))
	if q, _ := r.Finish(1, nil); q.Checks[0].State != rumbo.CheckBroken || *q.Checks[0].Measured != 3 {
		t.Errorf("stale: %+v", q.Checks[0])
	}
}

func TestLateRowsAreCounted(t *testing.T) {
	r := NewRun(rumbo.QualityDocument{}, rumbo.Batch{Kind: rumbo.KindTrips}, nil, noon.Add(time.Minute))
	for i, minute := range []int{-30, 0, 1, 60} {
		one := trip("x", 5, 1)
		one.PickupAt = noon.Add(time.Duration(minute) * time.Minute)
		r.Row(int64(i), one)
	}
	q, _ := r.Finish(4, nil)
	if q.LateRows != 2 || q.LateByS != 31*60 || !q.EventUntil.Equal(noon.Add(time.Hour)) || !q.Watermark.Equal(noon.Add(time.Minute)) {
		t.Errorf("%+v", q)
	}
}

// Merging the profiles of parts gives the profile of the whole.
func TestMomentsMerge(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-1e3, 1e3), 2, 50).Draw(t, "values")
		cut := rapid.IntRange(1, len(values)-1).Draw(t, "cut")
		var whole, left, right, merged moments
		for i, x := range values {
			whole.add(x)
			if i < cut {
				left.add(x)
			} else {
				right.add(x)
			}
		}
		merged.merge(left.field())
		merged.merge(right.field())
		if d := merged.mean - whole.mean; d > 1e-6 || d < -1e-6 {
			t.Fatalf("mean %g, want %g", merged.mean, whole.mean)
		}
		if d := merged.sd() - whole.sd(); d > 1e-4 || d < -1e-4 {
			t.Fatalf("sd %g, want %g", merged.sd(), whole.sd())
		}
	})
}

func TestEveryNamedFieldCanBeRead(t *testing.T) {
	for kind, record := range map[string]any{rumbo.KindTrips: trip("x", 5, 1), rumbo.KindOrders: &rumbo.Order{}, rumbo.KindVehicles: &rumbo.Vehicle{}, rumbo.KindDepots: &rumbo.Depot{}} {
		for _, name := range fieldNames(kind) {
			if read := fieldReader(kind, name); read != nil {
				read(record)
			} else if !strings.HasPrefix(name, "load") && !strings.HasPrefix(name, "capacity") {
				t.Errorf("%s: no field %s", kind, name)
			}
		}
	}
}
