package webhook

import (
	"encoding/json"
	"fmt"
	"time"
)

// Event is the body of a message. Its bytes are made once and kept: every
// attempt sends and signs the same ones.
type Event struct {
	Type      string    `json:"type" doc:"What happened, as plan.finished"`
	Timestamp time.Time `json:"timestamp" doc:"When it happened"`
	Data      any       `json:"data" doc:"The plan, prediction set or ping that it happened to"`
}

// Encode is the Payload of a rumbo.Delivery for the event.
func Encode(kind string, at time.Time, data any) ([]byte, error) {
	body, err := json.Marshal(Event{Type: kind, Timestamp: at.UTC(), Data: data})
	if err != nil {
		return nil, fmt.Errorf("encoding event %s: %w", kind, err)
	}
	return body, nil
}
