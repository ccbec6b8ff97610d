package rumbo

import "time"

// Types of event that Rumbo sends out.
const (
	EventPlanFinished       = "plan.finished"
	EventPlanFailed         = "plan.failed"
	EventPredictionFinished = "prediction.finished"
	EventPredictionFailed   = "prediction.failed"
	EventRunFailed          = "run.failed"
	EventRunLate            = "run.late"
	EventStartLate          = "schedule.late"
	EventQuarantine         = "batch.quarantined"
	EventPing               = "webhook.ping"
)

// States of a delivery.
const (
	DeliveryPending   = "pending"
	DeliveryDelivered = "delivered"
	DeliveryFailed    = "failed" // gave up after the last attempt
)

// Delivery is one event on its way to one address; its ID is the webhook-id
// that the receiver sees, the same on every attempt.
type Delivery struct {
	ID        string            `json:"id"`
	Type      string            `json:"type"`
	Subject   string            `json:"subject" doc:"ID of the plan, prediction or run"`
	URL       string            `json:"url"`
	State     string            `json:"state"`
	CreatedAt time.Time         `json:"created_at"`
	Payload   []byte            `json:"-"`
	Attempts  []DeliveryAttempt `json:"attempts"`
}

// DeliveryAttempt is one try of a delivery.
type DeliveryAttempt struct {
	Number     int       `json:"number"`
	At         time.Time `json:"at"`
	Status     int       `json:"status,omitempty" doc:"HTTP status, 0 when no answer came"`
	Error      string    `json:"error,omitempty"`
	DurationMS int64     `json:"duration_ms"`
}
