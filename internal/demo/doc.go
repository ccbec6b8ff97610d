// Package demo is the client of the demonstration: bundled data of New York and a
// program that walks the whole circuit through HTTP alone, as a transport company's own
// system would.
//
// It sends 10,000 real taxi trips, watches them being cleaned, has travel times trained,
// makes up a day of orders (NewDay says how) with a fleet, asks for a plan, receives it
// signed at a local address, verifies the signature and prints what happened. It knows
// nothing of the server but its address and key; cmd/rumbo starts that server.
//
// The bundled files are in assets/; assets/README.md says where they come from and how
// they were made. The same seed makes the same day.
package demo
