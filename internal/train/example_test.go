package train_test

import (
	"context"
	"fmt"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/model/modeltest"
	"github.com/logistica-inteligente/rumbo/internal/predict"
	"github.com/logistica-inteligente/rumbo/internal/train"
)

// Learn from observed trips, look at the verdict, and ask how long a drive takes.
func ExampleTrain() {
	trips := modeltest.Trips(1500, 1, 1) // a made-up city's
	roads := &modeltest.Roads{}          // its map
	result, err := train.Train(context.Background(), train.Source{
		Trips: modeltest.Seq(trips), Resolver: modeltest.Resolver(), Roads: roads,
	}, train.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("passed:", result.Passed)
	fmt.Println("held out:", result.Report.Rows)

	p := predict.Predictor{Bundle: result.Bundle, Resolver: modeltest.Resolver(), Roads: roads}
	answers, err := p.Predict(context.Background(), []rumbo.PredictionQuery{{
		From: rumbo.Spot{Point: &rumbo.Point{Lat: 40.62, Lon: -73.98}}, To: rumbo.Spot{Zone: 22},
		DepartAt: time.Date(2024, 3, 20, 8, 30, 0, 0, time.UTC),
	}})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println("rests on:", answers[0].Level)
	// Output:
	// passed: true
	// held out: 300
	// rests on: model
}
