package etl

import (
	"fmt"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
)

// Rules of rows that cannot be read as a drive. The reason names the column.
const (
	RuleFieldCount  = "wrong_field_count"
	RuleUnreadable  = "unreadable_row"   // quotes that do not close, a row too long, text that is no JSON
	RuleBadValue    = "bad_value"        // a value that is no number, time, identifier
	RuleNoTime      = "nonexistent_time" // a local time in the hour that clocks skip in spring
	RuleNoPlace     = "missing_place"    // an end with neither zone nor coordinates
	RuleBadPlace    = "bad_coordinates"
	RuleDuplicate   = "duplicate"
	RuleUnknownZone = "unknown_zone"
)

// rule is one reason to keep a readable drive out.
type rule struct {
	Name string
	// Finds returns why the drive is kept out, "" when it is not.
	Finds func(c *cleaner, d *drive) string
}

// tripRules are asked in order and the first that matches names the row. Times
// come first, then places, then distance, then the speeds that need both: so a
// canceled ride of three seconds and no distance counts as a short one. Order and
// limits are those that reproduce the counts of the published benchmark
// (bench/gbdt), but for duplicates: there a refund, which is the same drive with
// a negative fare, made the drive itself a duplicate when it came first in the
// file. Here refunds are out before duplicates are looked for.
var tripRules = []rule{
	{"nonpositive_duration", nonpositiveDuration},
	{"duration_under_60s", durationUnder60s},
	{RuleUnknownZone, unknownZone},
	{"pickup_outside_month", pickupOutsideMonth},
	{"duration_over_3h", durationOver3h},
	{"nonpositive_distance", nonpositiveDistance},
	{"speed_under_0_5mph", speedUnder05mph},
	{"distance_over_100mi", distanceOver100mi},
	{"speed_over_80mph", speedOver80mph},
	{"negative_fare", negativeFare},
	// RuleDuplicate comes last; it looks at the rows before, see inOrder.
}

// metersPerMile is the international mile.
const metersPerMile = 1609.344

// drive is a row of trips, read but not yet judged.
type drive struct {
	rumbo.Trip
	metered     bool      // DistanceM was stated
	fare        float64   // 0 when not stated
	localPickup time.Time // as a clock at the place showed it
	numbered    bool      // the id was made here, from the natural key
}

func (d *drive) miles() float64 { return d.DistanceM / metersPerMile }

// mph is the metered speed; the duration is known to be positive.
func (d *drive) mph() float64 { return d.miles() / (d.DurationS() / 3600) }

// atLeastMiles is a lower bound of the way driven: metered, or as the crow flies.
func (d *drive) atLeastMiles() float64 {
	if d.metered || d.From.Point == nil || d.To.Point == nil {
		return d.miles()
	}
	return geo.Meters(geo.LatLon(*d.From.Point), geo.LatLon(*d.To.Point)) / metersPerMile
}

func nonpositiveDuration(_ *cleaner, d *drive) string {
	if d.DurationS() > 0 {
		return ""
	}
	return fmt.Sprintf("drop-off is %g s after pickup", d.DurationS())
}

func durationUnder60s(_ *cleaner, d *drive) string {
	if d.DurationS() >= 60 {
		return ""
	}
	return fmt.Sprintf("lasted %g s, less than 60 s", d.DurationS())
}

func unknownZone(c *cleaner, d *drive) string {
	for _, end := range []struct {
		name string
		spot rumbo.Spot
	}{{"from", d.From}, {"to", d.To}} {
		if z := end.spot.Zone; z != 0 && (c.zones == nil || !c.zones.Known(z)) {
			return fmt.Sprintf("%s zone %d is not in the zone map", end.name, z)
		}
	}
	return ""
}

func pickupOutsideMonth(c *cleaner, d *drive) string {
	if c.month.IsZero() || d.localPickup.Year() == c.month.Year() && d.localPickup.Month() == c.month.Month() {
		return ""
	}
	return fmt.Sprintf("picked up %s, outside %s", d.localPickup.Format(time.DateTime), c.batch.Month)
}

func durationOver3h(_ *cleaner, d *drive) string {
	if d.DurationS() <= 3*3600 {
		return ""
	}
	return fmt.Sprintf("lasted %g s, more than 3 h", d.DurationS())
}

func nonpositiveDistance(_ *cleaner, d *drive) string {
	if !d.metered || d.DistanceM > 0 {
		return ""
	}
	return fmt.Sprintf("metered distance %g m is not positive", d.DistanceM)
}

func speedUnder05mph(_ *cleaner, d *drive) string {
	if !d.metered || d.mph() >= 0.5 {
		return ""
	}
	return fmt.Sprintf("%.2f mph on average, less than 0.5", d.mph())
}

func distanceOver100mi(_ *cleaner, d *drive) string {
	if d.atLeastMiles() <= 100 {
		return ""
	}
	return fmt.Sprintf("%.2f miles, more than 100", d.atLeastMiles())
}

func speedOver80mph(_ *cleaner, d *drive) string {
	mph := d.atLeastMiles() / (d.DurationS() / 3600)
	if mph <= 80 {
		return ""
	}
	return fmt.Sprintf("%.2f mph on average, more than 80", mph)
}

func negativeFare(_ *cleaner, d *drive) string {
	if d.fare >= 0 {
		return ""
	}
	return fmt.Sprintf("fare %.2f is negative: a refund, not a drive", d.fare)
}

// judge asks the rules and makes the result of a readable drive.
func (c *cleaner) judge(row int64, raw string, d *drive, note string) Result {
	for _, r := range tripRules {
		if reason := r.Finds(c, d); reason != "" {
			return c.reject(row, raw, r.Name, reason)
		}
	}
	c.slab = append(c.slab, d.Trip)
	trip := &c.slab[len(c.slab)-1]
	trip.BatchID = c.batch.ID
	return Result{Row: row, Trip: trip, Note: note, raw: raw, batch: c.batch.ID}
}
