package quality

import "github.com/logistica-inteligente/rumbo"

// Defaults are the checks of an installation that has declared none. They warn
// where senders differ, and keep out or fail only what no sender means.
func Defaults() rumbo.QualityDocument {
	volume := rumbo.Check{Name: "usual_volume", Type: rumbo.CheckVolume, Severity: rumbo.SeverityWarn, Tolerance: 0.5}
	drift := func(field string) rumbo.Check {
		return rumbo.Check{Name: field + "_drift", Type: rumbo.CheckDrift, Severity: rumbo.SeverityWarn, Field: field, Tolerance: 0.5}
	}
	slowest, fastest := 0.0, 130.0
	longest := 24.0 * 3600
	return rumbo.QualityDocument{
		Trips: []rumbo.Check{
			{Name: "pickup_not_in_future", Type: rumbo.CheckCrossField, Severity: rumbo.SeverityWarn, Field: "pickup_at", Op: "le", Other: receivedAt},
			{Name: "distance_metered", Type: rumbo.CheckNull, Severity: rumbo.SeverityWarn, Field: "distance_m", MaxShare: 0.5},
			{Name: "plausible_speed", Type: rumbo.CheckRange, Severity: rumbo.SeverityQuarantine, Field: "speed_kmh", Min: &slowest, Max: &fastest},
			{Name: "recent_pickups", Type: rumbo.CheckFreshness, Severity: rumbo.SeverityWarn, Field: "pickup_at", MaxAgeH: 45 * 24},
			volume, drift("duration_s"), drift("distance_m"),
		},
		Orders: []rumbo.Check{
			{Name: "known_kind", Type: rumbo.CheckSet, Severity: rumbo.SeverityFail, Field: "kind", Values: []string{rumbo.OrderDelivery, rumbo.OrderPickup}},
			{Name: "one_row_an_order", Type: rumbo.CheckUnique, Severity: rumbo.SeverityFail, Field: "id"},
			{Name: "service_time_stated", Type: rumbo.CheckNull, Severity: rumbo.SeverityWarn, Field: "service_s", MaxShare: 0.5},
			{Name: "service_within_a_day", Type: rumbo.CheckRange, Severity: rumbo.SeverityFail, Field: "service_s", Max: &longest},
			{Name: "day_reads_as_time", Type: rumbo.CheckType, Severity: rumbo.SeverityFail, Field: "day", Is: "time"},
			{Name: "recent_days", Type: rumbo.CheckFreshness, Severity: rumbo.SeverityWarn, Field: "day", MaxAgeH: 7 * 24},
			volume,
		},
		Vehicles: []rumbo.Check{
			{Name: "known_depot", Type: rumbo.CheckReference, Severity: rumbo.SeverityWarn, Field: "depot_id", To: rumbo.KindDepots},
			{Name: "shift_opens_first", Type: rumbo.CheckCrossField, Severity: rumbo.SeverityFail, Field: "shift.open", Op: "le", Other: "shift.close"},
		},
		Depots: []rumbo.Check{
			{Name: "time_zone_stated", Type: rumbo.CheckNull, Severity: rumbo.SeverityFail, Field: "time_zone"},
		},
		Events: []rumbo.Check{
			{Name: "event_not_in_future", Type: rumbo.CheckCrossField, Severity: rumbo.SeverityWarn, Field: "at", Op: "le", Other: receivedAt},
		},
	}
}
