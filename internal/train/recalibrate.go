package train

import (
	"context"
	"fmt"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/model"
)

// CorrectionWindow is how far back a correction should look.
const CorrectionWindow = validationWindow

// MinCorrectionTrips is the least number of trips that a correction rests on.
const MinCorrectionTrips = 200

// Recalibrate fits a model's correction anew to the trips that depart within
// [from, until): cheap, and enough to follow slow drift between trainings. The trips
// must be such that the model has not learned from: from is its Lineage.TrainUntil or
// later. Errors: rumbo.NoData for fewer than MinCorrectionTrips trips, and those of
// [Evaluate]. O(trips x trees x depth).
func Recalibrate(ctx context.Context, b *model.Bundle, src Source, from, until time.Time) (model.Correction, error) {
	all, _, err := gather(ctx, src, b.Set, from, until, func(string, float64) {})
	if err != nil {
		return model.Correction{}, err
	}
	if len(all) < MinCorrectionTrips {
		return model.Correction{}, rumbo.Fault(rumbo.NoData, "train.Recalibrate",
			fmt.Sprintf("%d trips, at least %d are needed", len(all), MinCorrectionTrips), nil)
	}
	if b.Set.NeedsRoad() {
		all = all.withSharpened()
	}
	seconds := make([]float64, len(all))
	for i := range all {
		seconds[i] = all[i].seconds
	}
	return model.FitCorrection(b.Residuals(all.facts(), seconds)), nil
}
