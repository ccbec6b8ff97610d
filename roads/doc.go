// Package roads turns a road network into travel times: a compact graph, the
// nearest road to a place, the fastest route between two places, and tables of
// seconds and meters between many.
//
// Engine: it opens no file and reads no clock. Maps come in as bytes ([Load]) or
// readers ([ReadDIMACS]) and go out through a writer ([Graph.WriteTo]).
//
// # Terms
//
//   - [Node], [Arc]: a point of the network and a one-way connection between two
//     nodes; a two-way street is two arcs.
//
//   - map unit: arcs carry whole numbers, duration and distance, in units of the
//     map. [Units] says how many seconds and meters a unit is.
//
//   - [Cost]: duration and distance of a path packed into one integer. The
//     fastest path wins; among equally fast ones, the shortest. Every engine
//     answers with that same pair, so tables of different methods are equal to
//     the last bit.
//
//   - [Location]: a place tied to the network by a [Snapper]: a point on the
//     nearest street, from which routes leave toward either end as far as the
//     street's direction allows.
//
//   - [Table]: whole seconds and whole meters from every source to every target,
//     row-major, with [Unreachable] where no road leads.
//
//   - step: a line of a driver's sheet ([Steps]), made from street names and the
//     shape of the route.
//
// A junction with forbidden turns is several nodes at one place ([Graph.Same]),
// so that a plain network holds them and no search has to know.
//
// # Time
//
// Road files in the DIMACS form have no real times, only lengths divided by a
// speed class. Their default unit is a guess (see [DefaultUnits]) until
// [Calibrate] has compared road times with driven ones; [Units.Calibrated] tells
// which of the two a map has.
//
// # Method
//
// [Dijkstra] is the plain reference: Dijkstra's algorithm (1959,
// doi:10.1007/BF01386390) with a four-ary heap that stops when the last target
// is settled. The package roads/cch answers the same interfaces faster.
//
// # What it never does
//
// It never adds the way from a place to its road, never invents a time where no
// road leads, and never changes a graph once built: graphs are safe for
// concurrent use, and every answer depends only on the arguments, not on the
// number of threads.
package roads
