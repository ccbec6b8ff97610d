package tabular

import (
	"fmt"
	"strings"
	"testing"
)

func TestMatchHeader(t *testing.T) {
	const yellow = "VendorID,tpep_pickup_datetime,tpep_dropoff_datetime,passenger_count,trip_distance,RatecodeID,store_and_fwd_flag,PULocationID,DOLocationID,payment_type,fare_amount,extra,mta_tax,tip_amount,tolls_amount,improvement_surcharge,total_amount,congestion_surcharge,airport_fee"
	for _, c := range []struct{ name, header, schema, faults string }{
		{"yellow", yellow, TLCYellow, ""},
		{"yellow of another month", strings.NewReplacer("airport_fee", "Airport_fee", "RatecodeID", "RateCodeID").Replace(yellow), TLCYellow, ""},
		{"yellow of 2025", yellow + ",cbd_congestion_fee", TLCYellow, ""},
		{"green", strings.NewReplacer("tpep", "lpep", "airport_fee", "ehail_fee,trip_type").Replace(yellow), TLCGreen, ""},
		{"own with zones", "pickup_at,dropoff_at,from_zone,to_zone", Rumbo, ""},
		{"own with coordinates and other case", " Pickup_At ,DROPOFF_AT,from_lat,from_lon,to_lat,to_lon,distance_m,vehicle_id,trip_id", Rumbo, ""},
		{"own, mixed ends", "pickup_at,dropoff_at,from_zone,to_lat,to_lon", Rumbo, ""},
		{"own, half an end", "pickup_at,dropoff_at,from_zone,to_lat", Rumbo, "to_lat missing_column"},
		{"own, slips", "pickup,dropof_at,from_zone,to_zone,to_zone,,speed", Rumbo,
			"pickup_at missing_column; dropoff_at missing_column; pickup unknown_column pickup_at; dropof_at unknown_column dropoff_at; " +
				"to_zone duplicate_field; (no name) unknown_column; speed unknown_column"},
		{"no header", "1,2022-01-01 00:00:00,3", Rumbo,
			"pickup_at missing_column; dropoff_at missing_column; from_lat missing_column; to_lat missing_column; " +
				"1 unknown_column; 2022-01-01 00:00:00 unknown_column; 3 unknown_column"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m, faults := MatchHeader(strings.Split(c.header, ","), TripSchemas())
			var got []string
			for _, f := range faults {
				got = append(got, strings.TrimSpace(fmt.Sprintf("%s %s %s", f.Pointer, f.Code, f.Suggestion)))
			}
			if m.Schema.Name != c.schema || strings.Join(got, "; ") != c.faults {
				t.Errorf("%s:\n got %s\nwant %s", m.Schema.Name, strings.Join(got, "; "), c.faults)
			}
		})
	}
}

func TestMatchSaysWhereColumnsAre(t *testing.T) {
	m, _ := MatchHeader([]string{"DOLocationID", "lpep_pickup_datetime", "VendorID"}, []*Schema{tlcGreen()})
	if m.At(ColToZone) != 0 || m.At(ColPickup) != 1 || m.At(ColVendor) != 2 || m.At(ColFare) != -1 || m.Width != 3 {
		t.Errorf("got %+v", m)
	}
	if m.Name(ColPickup) != "lpep_pickup_datetime" || m.Name("other") != "other" {
		t.Errorf("names %s, %s", m.Name(ColPickup), m.Name("other"))
	}
}
