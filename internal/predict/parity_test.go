package predict

import (
	"fmt"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
)

// TestTrainingAndPredictionSeeTheSameRow compares the row that training computes from a
// trip with the one that prediction computes from the same question, for every set.
func TestTrainingAndPredictionSeeTheSameRow(t *testing.T) {
	resolver := modeltest.Resolver()
	p := &Predictor{Resolver: resolver, Roads: &modeltest.Roads{}}
	for i, trip := range modeltest.Trips(200, 1, 1) {
		if i%3 == 0 {
			trip.From.Point = nil
		}
		if i%4 == 0 {
			trip.To.Point = nil
		}
		learned, ok := resolver.Trip(&trip)
		if !ok {
			t.Fatalf("trip %d cannot be placed", i)
		}
		learned.SetRoad(modeltest.Road(learned.Pair()))
		asked, err := p.facts([]rumbo.PredictionQuery{{From: trip.From, To: trip.To, DepartAt: trip.PickupAt, DistanceM: trip.DistanceM}})
		if err != nil {
			t.Fatal(err)
		}
		if err := p.askRoads(t.Context(), asked); err != nil {
			t.Fatal(err)
		}
		for _, set := range []feature.Set{feature.A, feature.B, feature.R} {
			rows := feature.NewRows(set)
			want, got := make([]float64, rows.Width()), make([]float64, rows.Width())
			rows.Fill(want, &learned)
			rows.Fill(got, &asked[0])
			if fmt.Sprint(got) != fmt.Sprint(want) {
				t.Fatalf("set %s, trip %d: prediction sees %v, training saw %v", set, i, got, want)
			}
		}
	}
}
