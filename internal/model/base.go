package model

import (
	"math"

	"github.com/logistica-inteligente/rumbo/internal/feature"
)

// Base is what is believed of a drive before learning. It is fitted on the
// training trips alone.
type Base struct {
	// RoadScale is how many seconds one second of the map takes; 0 when no road was
	// used.
	RoadScale float64
	// LineSpeed is meters of straight line per second of driving.
	LineSpeed float64
	// BlurredS is the usual duration, in seconds, of a drive within one zone whose
	// ends are not known any better.
	BlurredS float64
}

// Seconds is the base duration of a drive: by road where one is known, else by the
// straight line. O(1).
func (b Base) Seconds(f *feature.Facts) float64 {
	switch {
	case f.Blurred:
		return b.BlurredS
	case b.RoadScale > 0 && f.RoadS >= 0:
		return b.RoadScale * f.RoadS
	}
	return f.LineM() / b.LineSpeed
}

// start is the logarithm that the trees of a set start from: of the base for R,
// nothing for the sets that are compared with peers.
func (b *Bundle) start(f *feature.Facts) float64 {
	if b.Set != feature.R {
		return 0
	}
	return math.Log1p(b.Base.Seconds(f))
}

// Target is what the trees learn for an observed duration in seconds.
func (b *Bundle) Target(f *feature.Facts, seconds float64) float64 {
	return math.Log1p(seconds) - b.start(f)
}
