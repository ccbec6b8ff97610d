package gbdt_test

import (
	"bytes"
	"context"
	"fmt"

	"github.com/logistica-inteligente/rumbo/gbdt"
)

// Learn the seconds that a drive takes from its length, keep the model and read it back.
func ExampleTrain() {
	data := gbdt.Data{Features: []gbdt.Feature{{Name: "distance_m"}}}
	for i := range 1000 {
		meters := float64(i * 10)
		data.Rows = append(data.Rows, meters)
		data.Target = append(data.Target, 60+meters/10)
	}
	dataset, err := gbdt.NewDataset(data, gbdt.Binning{})
	if err != nil {
		fmt.Println(err)
		return
	}
	params := gbdt.DefaultParams()
	params.Target = gbdt.Log1p
	model, err := gbdt.Train(context.Background(), dataset, params)
	if err != nil {
		fmt.Println(err)
		return
	}
	var file bytes.Buffer
	if _, err := model.WriteTo(&file); err != nil {
		fmt.Println(err)
		return
	}
	again, err := gbdt.Read(&file)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("5 km: about %.0f s\n", again.Predict([]float64{5000}))
	// Output: 5 km: about 563 s
}
