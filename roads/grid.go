package roads

import (
	"math"

	"github.com/logistica-inteligente/rumbo/geo"
)

// grid divides a box into cells of about the same height and width in meters,
// numbered row by row from the south-west.
type grid struct {
	box        geo.Box
	rows, cols int
	cellLat    float64 // degrees
	cellLon    float64
	squeeze    float64 // least cosine of a latitude of the box
}

// newGrid makes a grid of about the given number of cells.
func newGrid(box geo.Box, cells int) grid {
	g := grid{box: box}
	g.squeeze = max(0, math.Cos(max(math.Abs(box.MinLat), math.Abs(box.MaxLat))*math.Pi/180))
	height, width := max(box.MaxLat-box.MinLat, 1e-6), max(box.MaxLon-box.MinLon, 1e-6)
	middle := max(0.01, math.Cos(box.Center().Lat*math.Pi/180))
	side := math.Sqrt(height * width * middle / float64(cells))
	g.rows = max(1, min(int(height/side)+1, cells))
	g.cols = max(1, min(int(width*middle/side)+1, cells/g.rows+1))
	g.cellLat, g.cellLon = height/float64(g.rows), width/float64(g.cols)
	return g
}

func (g *grid) cells() int { return g.rows * g.cols }

// rowCol is the cell of a place, or the border cell nearest to it.
func (g *grid) rowCol(p geo.LatLon) (row, col int) {
	return g.row(p.Lat), g.col(p.Lon)
}

func (g *grid) row(lat float64) int {
	return int(max(0, min((lat-g.box.MinLat)/g.cellLat, float64(g.rows-1))))
}

func (g *grid) col(lon float64) int {
	return int(max(0, min((lon-g.box.MinLon)/g.cellLon, float64(g.cols-1))))
}

// cross calls visit for every cell that the straight line between two places of
// the box touches, and for some right beside it: row by row, the columns between
// which the line stays within the row. O(cells visited).
func (g *grid) cross(a, b geo.LatLon, visit func(cell int)) {
	if a.Lat > b.Lat {
		a, b = b, a
	}
	low, high := g.row(a.Lat), g.row(b.Lat)
	for row := low; row <= high; row++ {
		from, to := a.Lon, b.Lon
		if low != high {
			south := g.box.MinLat + float64(row)*g.cellLat
			from, to = lonAt(a, b, south), lonAt(a, b, south+g.cellLat)
		}
		if from > to {
			from, to = to, from
		}
		const slack = 1e-9 // degrees, for the rounding of the borders
		for col := g.col(from - slack); col <= g.col(to+slack); col++ {
			visit(row*g.cols + col)
		}
	}
}

// lonAt is the longitude at which the line from a north to b has a latitude, or
// that of the nearer end.
func lonAt(a, b geo.LatLon, lat float64) float64 {
	t := max(0, min(1, (lat-a.Lat)/(b.Lat-a.Lat)))
	return a.Lon + t*(b.Lon-a.Lon)
}

// covered says whether rows and columns take in the whole grid.
func (g *grid) covered(r0, r1, c0, c1 int) bool {
	return r0 <= 0 && c0 <= 0 && r1 >= g.rows-1 && c1 >= g.cols-1
}

// beyond is a lower bound in meters on the distance from a place to anything
// outside the given rows and columns.
func (g *grid) beyond(p geo.LatLon, r0, r1, c0, c1 int) float64 {
	bound := math.Inf(1)
	if r0 > 0 {
		bound = min(bound, latMeters(p.Lat-(g.box.MinLat+float64(r0)*g.cellLat)))
	}
	if r1 < g.rows-1 {
		bound = min(bound, latMeters(g.box.MinLat+float64(r1+1)*g.cellLat-p.Lat))
	}
	if c0 > 0 {
		bound = min(bound, g.lonMeters(p, p.Lon-(g.box.MinLon+float64(c0)*g.cellLon)))
	}
	if c1 < g.cols-1 {
		bound = min(bound, g.lonMeters(p, g.box.MinLon+float64(c1+1)*g.cellLon-p.Lon))
	}
	return bound * (1 - 1e-9) // rounding of the cell borders
}

func latMeters(degrees float64) float64 { return max(0, degrees) * geo.MetersPerDegree }

// lonMeters is the least distance from a place to one in the box whose longitude
// differs by at least the given degrees. From the haversine formula: the sine of
// half the angle is at least the root of both cosines times that of half the
// difference in longitude.
func (g *grid) lonMeters(p geo.LatLon, degrees float64) float64 {
	half := min(max(0, degrees), 180) / 2 * math.Pi / 180
	cosines := g.squeeze * max(0, math.Cos(p.Lat*math.Pi/180))
	return 2 * geo.EarthRadius * math.Asin(math.Sqrt(cosines)*math.Sin(half))
}
