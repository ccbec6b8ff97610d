// Package zone reads the client's zone map and answers which zone holds a place,
// where a zone's middle is, and for a place inside a zone.
//
// Shared piece: stage 2 (etl) asks whether a zone is known, internal/feature for
// centroids and for the zone of a place, the demo for places to deliver to.
//
// Terms:
//
//   - zone: an area with a number (from 1), a name and a borough, as polygons;
//   - centroid: the place that stands for the zone in the learning. It is a
//     property of the map's file, or else the zone's center of area;
//   - zone map: all zones of a client; zones do not overlap, or if they do the
//     one that comes first in the file wins.
//
// A map is a GeoJSON FeatureCollection (RFC 7946) of Polygons and MultiPolygons.
// Each feature has the properties id, name and borough, and may have
// centroid_lat and centroid_lon; New York's own names (LocationID, zone) are
// understood. docs/formats/zones-geojson.md has the details.
//
// The package opens no file, never invents a zone, and takes randomness from its
// caller. A Map is read-only and safe for concurrent use.
package zone
