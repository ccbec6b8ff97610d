package tabular

// Names of the schemas of trips.
const (
	TLCYellow = "tlc_yellow"
	TLCGreen  = "tlc_green"
	Rumbo     = "rumbo"
)

// Keys of the columns that trips are read from.
const (
	ColID        = "trip_id"
	ColPickup    = "pickup_at"
	ColDropoff   = "dropoff_at"
	ColFromLat   = "from_lat"
	ColFromLon   = "from_lon"
	ColToLat     = "to_lat"
	ColToLon     = "to_lon"
	ColFromZone  = "from_zone"
	ColToZone    = "to_zone"
	ColDistanceM = "distance_m"
	ColVehicle   = "vehicle_id"
	ColMiles     = "distance_mi"
	ColFare      = "fare"
	ColVendor    = "vendor"
)

// TripSchemas are the schemas that a file of trips may follow, in the order in
// which equals win.
func TripSchemas() []*Schema { return []*Schema{rumboTrips(), tlcYellow(), tlcGreen()} }

// rumboTrips is Rumbo's own schema, see docs/formats/trips-csv.md.
func rumboTrips() *Schema {
	end := func(prefix string) [][]string {
		return [][]string{{prefix + "_lat", prefix + "_lon"}, {prefix + "_zone"}}
	}
	return &Schema{
		Name: Rumbo,
		Columns: []Column{
			{Name: ColID}, {Name: ColPickup, Required: true}, {Name: ColDropoff, Required: true},
			{Name: ColFromLat}, {Name: ColFromLon}, {Name: ColToLat}, {Name: ColToLon},
			{Name: ColFromZone}, {Name: ColToZone}, {Name: ColDistanceM}, {Name: ColVehicle},
		},
		Either: [][][]string{end("from"), end("to")},
	}
}

// tlcColumns are what yellow and green files share, over the years 2017 to
// 2025: the case of airport_fee changes with the month.
func tlcColumns() []Column {
	return []Column{
		{Key: ColVendor, Name: "VendorID", Required: true},
		{Name: "passenger_count"}, {Key: ColMiles, Name: "trip_distance", Required: true},
		{Name: "RatecodeID", Aliases: []string{"RateCodeID"}}, {Name: "store_and_fwd_flag"},
		{Key: ColFromZone, Name: "PULocationID", Required: true}, {Key: ColToZone, Name: "DOLocationID", Required: true},
		{Name: "payment_type"}, {Key: ColFare, Name: "fare_amount", Required: true},
		{Name: "extra"}, {Name: "mta_tax"}, {Name: "tip_amount"}, {Name: "tolls_amount"},
		{Name: "improvement_surcharge"}, {Name: "total_amount"}, {Name: "congestion_surcharge"},
		{Name: "cbd_congestion_fee"},
		{Name: "duration"}, // minutes; copies that people pass on often have it
	}
}

func tlcYellow() *Schema {
	return &Schema{Name: TLCYellow, Open: true, Columns: append(tlcColumns(),
		Column{Key: ColPickup, Name: "tpep_pickup_datetime", Required: true},
		Column{Key: ColDropoff, Name: "tpep_dropoff_datetime", Required: true},
		Column{Name: "airport_fee", Aliases: []string{"Airport_fee"}})}
}

func tlcGreen() *Schema {
	return &Schema{Name: TLCGreen, Open: true, Columns: append(tlcColumns(),
		Column{Key: ColPickup, Name: "lpep_pickup_datetime", Required: true},
		Column{Key: ColDropoff, Name: "lpep_dropoff_datetime", Required: true},
		Column{Name: "ehail_fee"}, Column{Name: "trip_type"})}
}
