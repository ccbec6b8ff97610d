// Package geo holds the small spherical geometry that the engines and the
// platform share: places, distances, bearings, boxes, polygons and the encoded
// polyline text form.
//
// Engine: a leaf that imports only the standard library.
//
// Terms:
//
//   - place: a [LatLon], WGS 84 latitude and longitude in degrees, always as
//     named fields, never as a bare pair of numbers;
//   - meters: great-circle meters on a sphere of [EarthRadius], which is at most
//     about 0.5 % away from the ellipsoid;
//   - bearing: degrees clockwise from north, in [0, 360).
//
// Distances use the haversine formula, which keeps its precision for places a
// few centimeters apart. Projections onto a segment use a local flat
// approximation, good to about 0.1 % for segments up to some tens of kilometers.
//
// The package never looks anything up, never projects to a national grid, and
// treats longitude as a line: shapes that cross the 180th meridian are not
// supported and simply miss places on the other side.
//
// Everything is a pure function of its arguments and safe for concurrent use.
package geo
