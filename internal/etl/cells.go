package etl

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// cells reads the fields of one record by column and collects what is wrong.
type cells struct {
	match  *tabular.Match
	fields []string
	bad    []string
}

func (c *cells) text(column string) string {
	i := c.match.At(column)
	if i < 0 {
		return ""
	}
	return strings.TrimSpace(c.fields[i])
}

func (c *cells) wrong(column, text, want string) {
	c.bad = append(c.bad, fmt.Sprintf("%s %q is not %s", c.match.Name(column), text, want))
}

// number reads a finite number; stated is false for an empty cell.
func (c *cells) number(column string) (n float64, stated bool) {
	text := c.text(column)
	if text == "" {
		return 0, false
	}
	n, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(n) || math.IsInf(n, 0) {
		c.wrong(column, text, "a number")
		return 0, false
	}
	return n, true
}

// zone reads a zone's number, 0 for an empty cell. Some writers print it as 7.0.
func (c *cells) zone(column string) int32 {
	text := c.text(column)
	if text == "" {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSuffix(text, ".0"), 10, 32)
	if err != nil || n < 1 {
		c.wrong(column, text, "a zone number")
		return 0
	}
	return int32(n)
}

// clock reads a time that must be there.
func (c *cells) clock(column string) clock {
	text := c.text(column)
	t, ok := parseClock(text)
	if !ok {
		c.wrong(column, text, "a time")
	}
	return t
}

// place reads coordinates; nil when both cells are empty.
func (c *cells) place(latColumn, lonColumn string) *rumbo.Point {
	before := len(c.bad)
	lat, hasLat := c.number(latColumn)
	lon, hasLon := c.number(lonColumn)
	if !hasLat && !hasLon || len(c.bad) > before {
		return nil
	}
	if !hasLat || !hasLon {
		c.wrong(latColumn, c.text(latColumn)+", "+c.text(lonColumn), "a place: one coordinate is missing")
		return nil
	}
	return &rumbo.Point{Lat: lat, Lon: lon}
}

// tlc reads what only files of the taxi commission have.
func (c *cells) tlc(d *drive, pickup, dropoff clock) {
	miles, stated := c.number(tabular.ColMiles)
	if !stated && c.text(tabular.ColMiles) == "" {
		c.wrong(tabular.ColMiles, "", "a number")
	}
	d.metered = true
	d.DistanceM = miles * metersPerMile
	d.fare, _ = c.number(tabular.ColFare)
	d.numbered = true
	d.ID = tlcID(c.match.Schema.Name, c.text(tabular.ColVendor), pickup, dropoff, d.From.Zone, d.To.Zone, miles)
}

// own reads what only Rumbo's own files have.
func (c *cells) own(d *drive) {
	d.ID, d.VehicleID = c.text(tabular.ColID), c.text(tabular.ColVehicle)
	d.From.Point = c.place(tabular.ColFromLat, tabular.ColFromLon)
	d.To.Point = c.place(tabular.ColToLat, tabular.ColToLon)
	d.DistanceM, d.metered = c.number(tabular.ColDistanceM)
}
