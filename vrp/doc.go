// Package vrp holds the words of the routing engine: the problem it is given, the
// solution it gives back, and what makes a problem well formed.
//
// Place in the walk: engine. It opens nothing, reads no clock and knows nothing of
// orders, files or HTTP. Callers translate their business nouns into a [Problem], hand
// it to package solver, and let package check referee the [Solution].
//
// # Terms
//
//   - [Place]: a point of the map, named by its index in Problem.Places.
//   - [Profile]: how one class of vehicle travels: a distance and a duration between any
//     two places, as row-major tables of int32, by a metric over the coordinates (for
//     problems too large for a table), by [Sparse] rows of near places with a metric for
//     the rest, or by several duration tables over the day.
//   - [Site]: where, when and for how long a stop is served.
//   - [Job]: demand at one site. What it receives is loaded at the start of the trip
//     (Delivery), what it gives stays aboard until the end of the trip (Pickup).
//   - [Shipment]: goods carried from one site to another by the same vehicle.
//   - [Vehicle]: a class of Count identical vehicles: ends, capacity, shift, costs, limits.
//   - trip: the part of a route between two fillings: start to first reload, reload to
//     reload, last reload to end. A route without reloads is one trip.
//   - [Route], [Stop]: what one vehicle does, with times and loads.
//
// # Units
//
// Everything is an integer. Time is a number of units (the platform uses seconds) after an
// origin that the caller chooses; distance a number of units (the platform uses meters);
// money a number of cost units. A route costs
//
//	Fixed + PerDistance*distance + PerDriving*driving + PerDuration*(end - start)
//	      + PerService*(setup and service at stops) + PerToll*toll
//
// and a plan adds the prizes of optional work left undone. Amounts are per load dimension.
//
// # Schedules
//
// A vehicle that leaves a stop travels at once; it arrives, waits for the next window to
// open, spends the setup time (unless the stop before it was at the same place), then the
// service time, and leaves. Windows and shifts are inclusive and bound the moment when
// setup or service starts, not the moment when it ends. Setup and service may differ by the
// type of the vehicle (Site.ByType).
//
// # Time-dependent travel
//
// With Profile.Slices the duration from a to b for a departure at t is the linear
// interpolation between the tables of the two slices around t, rounded down, constant
// before the first and after the last. [Problem.Validate] demands that no duration falls
// faster than time passes, so that who leaves later never arrives earlier (FIFO; Ichoua,
// Gendreau & Potvin 2003, doi:10.1016/S0377-2217(02)00147-9).
//
// # What it never does
//
// It does not search, does not repair a malformed problem and keeps no state: all values
// are plain data, safe to read from many goroutines once built.
package vrp
