package rumbo

import "time"

// Names of models, aliases and states in the registry.
const (
	TravelTime        = "travel-time"         // feature set R: what plans and predictions use
	TravelTimeMetered = "travel-time-metered" // feature set B: comparison with peers only
	Champion          = "champion"
)

// ModelVersion is one immutable trained model: who it is, what it was trained
// on and how well it did on trips it had not seen.
type ModelVersion struct {
	Name      string    `json:"name"`
	Version   int       `json:"version"`
	CreatedAt time.Time `json:"created_at"`
	SHA256    string    `json:"sha256" doc:"Checksum of the model file"`
	Features  string    `json:"features" doc:"Feature set, A, B or R"`
	// FeatureHash ties the model to one definition of every feature.
	FeatureHash string             `json:"feature_hash"`
	Target      string             `json:"target"`
	Metrics     Metrics            `json:"metrics"`
	Floors      map[string]Metrics `json:"floors" doc:"The same figures of the simple predictions a model must beat"`
	// Segments are the metrics by part of the day and by distance.
	Segments map[string]Metrics `json:"segments,omitempty" doc:"The metrics by part of the day and by distance"`
	Lineage  Lineage            `json:"lineage"`
	Champion bool               `json:"champion"`
	// Verdict says why the version was or was not promoted.
	Verdict string `json:"verdict"`
}

// Metrics are errors on held-out trips, in seconds where the name says so.
type Metrics struct {
	Rows      int64   `json:"rows"`
	RMSES     float64 `json:"rmse_s"`
	MAES      float64 `json:"mae_s"`
	RMSLE     float64 `json:"rmsle"`
	MAPE      float64 `json:"mape,omitempty" doc:"Mean absolute error as a share of the real duration"`
	Pinball10 float64 `json:"pinball_p10_s,omitempty"`
	Pinball50 float64 `json:"pinball_p50_s,omitempty"`
	Pinball90 float64 `json:"pinball_p90_s,omitempty"`
	Coverage  float64 `json:"coverage_p10_p90,omitempty" doc:"Share of trips between P10 and P90"`
	Below90   float64 `json:"coverage_p90,omitempty" doc:"Share of trips up to P90"`
}

// Lineage says where a version came from.
type Lineage struct {
	Batches    []string       `json:"batches"`
	TrainRows  int64          `json:"train_rows"`
	TestRows   int64          `json:"test_rows"`
	TrainFrom  time.Time      `json:"train_from"`
	TrainUntil time.Time      `json:"train_until" doc:"The split: later trips were held out"`
	TestUntil  time.Time      `json:"test_until"`
	DataSHA256 string         `json:"data_sha256" doc:"Checksum of the training rows in order"`
	Parameters map[string]any `json:"parameters"`
	Seed       int64          `json:"seed"`
	Code       string         `json:"code"`
	RoadScale  float64        `json:"road_scale,omitempty" doc:"Seconds for one unit of the map's time, fitted on the training trips"`
}

// PredictionQuery asks how long one drive takes.
type PredictionQuery struct {
	From     Spot      `json:"from"`
	To       Spot      `json:"to"`
	DepartAt time.Time `json:"depart_at"`
	// DistanceM and RoadS may be given; when absent they come from the map.
	DistanceM float64 `json:"distance_m,omitempty"`
}

// Prediction answers one PredictionQuery.
type Prediction struct {
	DurationS float64   `json:"duration_s" doc:"Expected duration"`
	Quantiles Quantiles `json:"quantiles"`
	RoadS     float64   `json:"road_s" doc:"The map's own duration, before learning"`
	DistanceM float64   `json:"distance_m" doc:"Road distance"`
	// Level says what the answer rests on, best first: model,
	// model_without_road, zone_pair_hour, global_speed.
	Level string `json:"level,omitempty" doc:"What the answer rests on: model, model_without_road, zone_pair_hour or global_speed"`
}

// PredictionSet is the answer to a POST of queries.
type PredictionSet struct {
	ID          string       `json:"id"`
	Model       string       `json:"model"`
	Version     int          `json:"model_version"`
	Predictions []Prediction `json:"predictions"`
}
