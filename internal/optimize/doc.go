// Package optimize turns the orders and vehicles of one day into a refereed plan.
//
// Stage 7 of 8: in orders, vehicles, depots and travel tables; out a plan with
// routes, times, costs and a reason for every order left out.
//
// It is the only translator between the words of the business and those of the
// engine (package vrp): [NewDay] gathers the places of a day and finds references
// that lead nowhere, [Day.Problem] builds the integer problem once the travel times
// between those places are known, [Day.Solve] searches and lets the referee
// (vrp/check) recompute everything, [Day.Plan] translates back.
//
// Units: time is whole seconds after the day's origin (the earliest opening of a
// shift), distance is meters. Money is counted in 1/18000 cent, the smallest unit in which
// both a price per kilometer and one per hour are whole numbers per meter and per second.
//
// Pure: it opens nothing and reads no clock; elapsed time, deadline and seed
// come from the caller. A Day is not changed after NewDay and may be shared.
package optimize
