// Package osm turns an OpenStreetMap extract into a road network for one profile
// of vehicle.
//
// Engine: it imports roads, geo and the standard library, and opens no file; the
// extract comes in as the bytes of an .osm.pbf file, usually memory-mapped.
//
// # Terms
//
//   - extract: nodes, ways and relations with tags, as [Scan] reads them.
//   - [Profile]: which ways a kind of vehicle may use in which direction, and how
//     fast; data that a user can edit.
//   - restriction: a relation that forbids a turn ("no") or all others ("only"),
//     from one way over a node or other ways into another way.
//   - copy: a node that stands for a junction after an arrival that forbids some
//     turn (see [roads.Graph.Same]).
//
// # Method
//
// Ways are read first, then the places of the nodes they use. Every node of a
// used way becomes a node of the network, so arcs are straight lines. Forbidden
// turns are sequences of arcs; an automaton in the manner of Aho & Corasick 1975
// (doi:10.1145/360825.360855) follows all of them at once, and each of its states
// becomes a copy of the junction that the sequence has reached. The result is a
// plain network in which every path obeys every restriction, whatever engine
// searches it.
//
// # What it never does
//
// It never guesses where tags are silent beyond what the profile says, never
// keeps a road from which the rest of the network cannot be reached and left, and
// counts what it leaves out ([Report]). It reads durations of no time of day:
// conditional tags are ignored and counted.
//
// Importing is deterministic and uses one goroutine.
package osm
