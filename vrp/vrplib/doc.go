// Package vrplib reads and writes the instance and solution files that the vehicle routing
// literature publishes its results on, and translates them to a [vrp.Problem].
//
// Place in the walk: engine, at the edge of benchmarks and of the command line. Business
// data never passes through here.
//
// # Terms
//
//   - [Instance]: what a file says, in the file's own numbers: nodes, depots, vehicle
//     classes, a table or an edge weight type. It knows no rounding.
//   - [Format]: how a file is laid out. [Read] detects it from the first lines.
//   - [Convention]: how a literature turns real lengths and times into numbers, what it
//     minimizes, and in which unit it states a cost. One instance has several; see
//     [Conventions] for the list and what each means.
//   - [Model]: an instance under a convention: the problem, the stated unit, and the way
//     between node numbers and visits, which solution files need.
//
// # Formats
//
//   - cvrplib: keywords and sections after TSPLIB 95 (Reinelt 1991,
//     doi:10.1287/ijoc.3.4.376) with the sections that VRPLIB and PyVRP added for windows,
//     releases, prizes, mixed fleets, reloads, backhauls and groups. Sets of Uchoa et al.
//     2017 (doi:10.1016/j.ejor.2016.08.012), Arnold et al. 2019 and many others.
//   - solomon: one homogeneous fleet, time windows (Solomon 1987, doi:10.1287/opre.35.2.254;
//     Gehring & Homberger 1999).
//   - lilim: pickups and deliveries with windows (Li & Lim 2001, doi:10.1109/ICTAI.2001.974461).
//   - sartori: pickups and deliveries over a table of real travel times (Sartori & Buriol
//     2020, doi:10.1016/j.cor.2020.105065).
//   - cordeau: several depots (Cordeau, Gendreau & Laporte 1997,
//     doi:10.1002/(SICI)1097-0037(199709)30:2<105::AID-NET5>3.0.CO;2-G).
//   - hvrp: mixed fleets after Golden et al. 1984 and Taillard 1999 (doi:10.1051/ro:1999101),
//     in the layout of the VROOM scripts.
//
// # What it never does
//
// It opens no file, never trusts a number in a header for an allocation (memory is
// proportional to the bytes read), never drops a section it does not understand (that is an
// error), and judges no solution: complete a read solution with check.Complete and referee
// it with check.Solution. A malformed file gives a [SyntaxError] with line and reason.
//
// All functions are deterministic; values are plain data, safe to share once built.
package vrplib
