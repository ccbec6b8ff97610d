// Package rumbo holds the nouns of the business: what a transport company
// sends (Trip, Order, Vehicle, Depot), what arrives with it (Batch,
// Quarantine), what Rumbo answers (Prediction, Plan) and what it learns
// (ModelVersion). Start reading here.
//
// The nouns are plain data with JSON names. A noun knows how to Validate
// itself and reports every fault at once, each with a stable Code, a JSON
// pointer and the limit that was broken; Error carries such a list through the
// platform, and Code.Text renders it in English or Spanish.
//
// Units are in the names: duration_s is whole seconds, distance_m is meters,
// times are RFC 3339 with their offset, coordinates are lat and lon in WGS 84
// degrees, money is in cents of the client's currency. A TimeWindow includes
// both of its ends.
//
// Nothing in this package opens a file, a socket or a clock; values may be
// shared between goroutines as long as nobody writes to them.
package rumbo
