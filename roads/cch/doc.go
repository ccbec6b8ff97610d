// Package cch answers road queries fast: a customizable contraction hierarchy,
// which takes a new set of travel times in a fraction of a second and then fills
// tables thousands of times faster than plain searches, with exactly the same
// entries.
//
// Engine: it imports roads and the standard library, opens no file and reads no
// clock.
//
// # Terms
//
//   - order: the nodes from the least to the most important ([Order]); rank: a
//     node's place in it.
//   - [Hierarchy]: the network with the shortcuts that appear when nodes are
//     eliminated in order. It depends on arcs alone ([Build]).
//   - up: from a lower rank to a higher one. Every pair of nodes joined in the
//     hierarchy has one edge with two costs, up and down.
//   - lower triangle of an edge: a node of lower rank joined to both its ends; a
//     shortcut's cost is the best way through one.
//   - [Metric]: the costs of all edges for one set of durations and distances
//     ([Hierarchy.Customize]), ready for routes and tables.
//
// # Method
//
// Dibbelt, Strasser & Wagner 2016 (doi:10.1145/2886843): nested dissection
// order, customization by lower triangles, perfect customization, queries along
// the elimination tree. Tables: Delling, Goldberg & Werneck 2011 (restricted
// PHAST, doi:10.4230/OASIcs.ATMOS.2011.52), here over the perfectly customized
// edges only, sixteen sources at a time, with duration and distance in one
// [roads.Cost]. Two things differ from the papers: separators are of nodes, cut
// by unit flows through nodes, and costs are pairs, so that the distance in a
// table is that of the shortest among the fastest paths.
//
// # What it never does
//
// It never changes the order or the hierarchy after they are built, and never
// approximates: tests hold every answer equal to that of [roads.Dijkstra]. A
// [Metric] is safe for concurrent use, and no result depends on the number of
// threads.
package cch
