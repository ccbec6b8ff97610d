package track

import (
	"crypto/sha256"
	"encoding/base32"
	"encoding/binary"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/geo"
)

// Options say what counts as standing, as silence and as a drive.
type Options struct {
	RadiusM      float64       // how far apart the fixes of a stay may be from its first
	Dwell        time.Duration // the shortest stay that nobody spoke of
	Silence      time.Duration // without fixes, the longest after which it is known how the vehicle got on
	MaxSpeedKMH  float64       // between two fixes
	MinDrive     time.Duration
	MaxDrive     time.Duration
	MinMeanKMH   float64       // of a drive's way along its fixes
	MaxMeanKMH   float64       // of the same, and as the crow flies
	MeteredEvery time.Duration // mean time between fixes up to which their way is the way driven
}

// DefaultOptions suit vans in cities whose trackers speak at least once a minute: a red light is
// no stay, a delivery of three minutes is one.
func DefaultOptions() Options {
	return Options{RadiusM: 100, Dwell: 3 * time.Minute, Silence: 10 * time.Minute, MaxSpeedKMH: 150,
		MinDrive: time.Minute, MaxDrive: 3 * time.Hour, MinMeanKMH: 1, MaxMeanKMH: 120, MeteredEvery: 30 * time.Second}
}

// Drive is a way from one stay to the next.
type Drive struct {
	VehicleID string
	DepartAt  time.Time
	ArriveAt  time.Time
	From, To  rumbo.Point
	// DistanceM is the way along the fixes, 0 when they are too few to tell.
	DistanceM float64
}

// Visit is a stay with what it was for.
type Visit struct {
	VehicleID string
	Place     rumbo.Point
	ArriveAt  time.Time
	DepartAt  time.Time
	Orders    []string // that the vehicle named, in order
	Whole     bool     // arrival and departure were seen
}

// ServiceS is how long the vehicle stood, in seconds; it is a service time for whole visits.
func (v Visit) ServiceS() float64 { return v.DepartAt.Sub(v.ArriveAt).Seconds() }

// Left counts what was left out.
type Left struct {
	Doubled    int `json:"doubled,omitempty"`    // fixes told twice
	Inaccurate int `json:"inaccurate,omitempty"` // fixes that may be farther off than a stay is wide
	Jumps      int `json:"jumps,omitempty"`      // fixes
	Cuts       int `json:"cuts,omitempty"`       // by silence or by a settled jump
	Short      int `json:"short,omitempty"`      // drives, as those that follow
	Long       int `json:"long,omitempty"`
	Round      int `json:"round,omitempty"` // back to where they began
	Speed      int `json:"speed,omitempty"`
}

// Plus adds two counts.
func (l Left) Plus(m Left) Left {
	return Left{l.Doubled + m.Doubled, l.Inaccurate + m.Inaccurate, l.Jumps + m.Jumps, l.Cuts + m.Cuts,
		l.Short + m.Short, l.Long + m.Long, l.Round + m.Round, l.Speed + m.Speed}
}

// Track is what was found, in the order of time.
type Track struct {
	Drives []Drive
	Visits []Visit
	Left   Left
}

// Find finds the drives and visits in the events of one vehicle, in whatever order they are. until
// is the time up to which its events are known: an engine that was stopped a dwell before it, and
// nothing since, is a stay.
func Find(events []rumbo.VehicleEvent, until time.Time, o Options) (out Track) {
	f := finder{Options: o, left: &out.Left}
	pieces := f.pieces(f.fixes(events))
	for i, piece := range pieces {
		last := i == len(pieces)-1
		stays := f.stays(piece, !last || until.Sub(piece[len(piece)-1].at) >= o.Dwell)
		for k, s := range stays {
			out.Visits = append(out.Visits, s.visit(piece))
			if k > 0 {
				if d, ok := f.drive(piece, stays[k-1], s); ok {
					out.Drives = append(out.Drives, d)
				}
			}
		}
	}
	return out
}

// finder is the work of one Find.
type finder struct {
	Options
	left *Left
}

// letters writes 128 bits as 26 characters that are safe in an id.
var letters = base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)

// ID names the drive: a vehicle departs once at a time. The same events give the same ID, and
// so does a drive whose arrival was corrected.
func (d Drive) ID() string {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(d.VehicleID), uint64(d.DepartAt.UnixMicro())))
	return "drive-" + letters.EncodeToString(sum[:16])
}

// Trip is the drive as learning knows it.
func (d Drive) Trip() rumbo.Trip {
	return rumbo.Trip{ID: d.ID(), PickupAt: d.DepartAt.UTC(), DropoffAt: d.ArriveAt.UTC(), From: rumbo.Spot{Point: &d.From}, To: rumbo.Spot{Point: &d.To},
		DistanceM: d.DistanceM, VehicleID: d.VehicleID}
}

func meters(a, b rumbo.Point) float64 { return geo.Meters(geo.LatLon(a), geo.LatLon(b)) }
