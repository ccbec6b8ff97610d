package client_test

import (
	"encoding/json"
	"log"
	"net/http"
	"os"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

func ExampleVerifier_Handler() {
	verifier, err := client.NewVerifier(os.Getenv("RUMBO_WEBHOOK_SECRET"))
	if err != nil {
		log.Print(err)
		return
	}
	http.Handle("POST /rumbo", verifier.Handler(func(e client.Event) error {
		if e.Type != rumbo.EventPlanFinished {
			return nil
		}
		var plan rumbo.Plan
		if err := json.Unmarshal(e.Data, &plan); err != nil {
			return err
		}
		log.Printf("plan %s serves %d of %d orders", plan.ID, plan.Summary.Served, plan.Summary.Orders)
		return nil
	}))
}
