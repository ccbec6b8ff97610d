// Package feature is the one definition of everything a travel-time model may
// know about a drive, used by training and by prediction alike, so that the two
// cannot disagree.
//
// Place in the walk: the piece that stages 4 (train) and 6 (predict) share. In:
// two spots, an instant and what the map says of the road between them. Out: rows
// of numbers, row-major, one number a feature in the order of the set.
//
// # Terms
//
//   - [Feature]: one number about a drive, with its name, unit and version.
//   - [Set]: an ordered list of features. A holds what is known from the two ends
//     and the clock; B adds the metered distance, which is known only after the
//     drive and so serves nothing but the comparison with peers; R, the product's,
//     adds road time and road distance from our own map to A.
//   - [Facts]: what is known of one drive, resolved to coordinates, zones and local
//     time. [Resolver] makes them from a [rumbo.Spot] pair.
//   - blurred: both ends are known only as the same zone, so that their centroids
//     coincide and no map can tell how long the drive was.
//   - hash: SHA-256 over a set's names, units and versions in order. It is stored
//     with a model and checked when the model is loaded.
//
// An unknown value is NaN, which the trees treat as missing. Distances here are
// kilometers, times seconds, angles degrees, clock values local to the client.
//
// # What it never does
//
// It asks no map, opens nothing and reads no clock. Everything is a pure function
// of its arguments; sets and resolvers are read-only and safe for concurrent use.
package feature
