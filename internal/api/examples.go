package api

import (
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
)

// The examples of the document. They are values of our types, so they have
// the right form by construction; tests send the requests among them.

// at is a time of the example's day, in New York.
func at(hour, minute int) time.Time {
	return time.Date(2022, time.January, 31, hour, minute, 0, 0, time.FixedZone("", -5*3600))
}

func until(t time.Time) *time.Time { return &t }

const exampleCSV = "trip_id,pickup_at,dropoff_at,from_lat,from_lon,to_lat,to_lon,distance_m,vehicle_id\n" +
	"2022-01-31/17,2022-01-31T08:15:00-05:00,2022-01-31T08:31:20-05:00,40.7447,-73.9485,40.7614,-73.9776,4810,van-1\n"

const exampleNDJSON = `{"id":"depot-2","name":"Newark","location":{"lat":40.7357,"lon":-74.1724},"time_zone":"America/New_York"}` + "\n"

func exampleBatch(state string) rumbo.Batch {
	b := rumbo.Batch{ID: "batch_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", Kind: rumbo.KindTrips, Format: "csv", State: state, ReceivedAt: at(7, 0).UTC(),
		Bytes: 130, SHA256: "5f70bf18a086007016e948b04aed3b82103a36bea41755b6cddfaf10ace3c6ef"}
	if state == rumbo.BatchLoaded {
		b.Schema, b.FinishedAt = "rumbo", until(at(7, 1).UTC())
		b.Counts = rumbo.BatchCounts{Rows: 10000, Accepted: 9635, Quarantined: 365, Added: 9635, ByRule: map[string]int64{"too_short": 365}}
	}
	return b
}

func exampleQuarantine() rumbo.Quarantine {
	return rumbo.Quarantine{BatchID: "batch_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", Row: 17, Raw: "2022-01-31/18,2022-01-31T08:40:00-05:00,2022-01-31T08:40:00-05:00,40.7614,-73.9776,40.7614,-73.9776,0,van-1",
		Rule: "too_short", Reason: "took 0 s, at least 60 s are expected"}
}

func exampleDepot() rumbo.Depot {
	return rumbo.Depot{ID: "depot-1", Name: "Long Island City", Location: rumbo.Point{Lat: 40.7447, Lon: -73.9485}, TimeZone: "America/New_York"}
}

func exampleVehicle() rumbo.Vehicle {
	return rumbo.Vehicle{ID: "van-1", DepotID: "depot-1", Capacity: map[string]int64{"kg": 800}, Skills: []string{"cold"},
		Shift: rumbo.TimeWindow{Open: at(8, 0), Close: at(16, 0)}, Costs: rumbo.VehicleCosts{FixedCents: 5000, PerKmCents: 30, PerHourCents: 2500}}
}

func exampleOrder() rumbo.Order {
	return rumbo.Order{ID: "A-1001", Day: "2022-01-31", Kind: rumbo.OrderDelivery, Location: rumbo.Point{Lat: 40.7614, Lon: -73.9776}, ServiceS: 240,
		Load: map[string]int64{"kg": 12}, Windows: []rumbo.TimeWindow{{Open: at(9, 0), Close: at(11, 0)}}, Skills: []string{"cold"}}
}

func exampleTrip() rumbo.Trip {
	return rumbo.Trip{ID: "2022-01-31/17", PickupAt: at(8, 15), DropoffAt: at(8, 31), From: rumbo.Spot{Zone: 161}, To: rumbo.Spot{Zone: 236}, DistanceM: 3862}
}

func exampleRun(state string) rumbo.Run {
	r := rumbo.Run{ID: "run_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", Flow: rumbo.FlowTrain, State: state, CreatedAt: at(7, 2).UTC()}
	if state != rumbo.RunQueued {
		r.FinishedAt = until(at(7, 3).UTC())
	}
	if state == rumbo.RunDone {
		r.Progress, r.FinishedAt = 1, until(at(7, 3).UTC())
	}
	return r
}

func exampleDetail() client.RunDetail {
	run := exampleRun(rumbo.RunDone)
	run.Attempt, run.StartedAt = 1, until(at(7, 2).UTC())
	step := func(position int, name, end string, after ...string) rumbo.Step {
		return rumbo.Step{Name: name, Position: position, DependsOn: after, State: end, Attempt: 1, StartedAt: until(at(7, 2+position).UTC()),
			FinishedAt: until(at(7, 3).UTC()), Progress: 1, InputHash: "5f70bf18a086007016e948b04aed3b82"}
	}
	train := step(0, "train", rumbo.StepDone)
	train.RowsIn, train.RowsOut, train.Artifacts = 9635, 1927, []rumbo.Artifact{{Name: "evaluation", Markdown: "| | rows | RMSE s |\n|---|---|---|\n| model | 1927 | 291.4 |\n"}}
	return client.RunDetail{Run: run, Steps: []rumbo.Step{train, step(1, "promote", rumbo.StepDone, "train")}}
}

func exampleLine() rumbo.LogLine {
	return rumbo.LogLine{Number: 1, At: at(7, 3).UTC(), Step: "promote", Level: rumbo.LogInfo, Text: "travel-time/2 stays a version: no better than the champion"}
}

func exampleFlow() client.FlowInfo {
	row := flowTable()[rumbo.FlowTrain]
	return client.FlowInfo{Name: rumbo.FlowTrain, About: row[0], StartedBy: row[1], Parameters: map[string]any{"type": "object"},
		Runs: map[string]int64{rumbo.RunDone: 1}, LastRuns: []rumbo.Run{exampleRun(rumbo.RunDone)}}
}

func exampleModel() rumbo.ModelVersion {
	figures := rumbo.Metrics{Rows: 1927, RMSES: 291.4, MAES: 176.2, RMSLE: 0.31}
	return rumbo.ModelVersion{Name: rumbo.TravelTime, Version: 1, CreatedAt: at(7, 3).UTC(), Features: "R", Target: "duration_s",
		SHA256:      "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae",
		FeatureHash: "fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9",
		Metrics:     figures, Floors: map[string]rumbo.Metrics{"global_speed": {Rows: 1927, RMSES: 602.1, MAES: 368.3, RMSLE: 0.62}},
		Lineage: rumbo.Lineage{Batches: []string{"batch_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM"}, TrainRows: 7708, TestRows: 1927,
			TrainFrom: at(0, 0).AddDate(0, 0, -30), TrainUntil: at(0, 0).AddDate(0, 0, -6), TestUntil: at(0, 0), Parameters: map[string]any{"trees": 300}, Seed: 1, Code: "v0.1.0"},
		Champion: true, Verdict: "beats every floor"}
}

func examplePredictionRequest() rumbo.PredictionRequest {
	return rumbo.PredictionRequest{Queries: []rumbo.PredictionQuery{{
		From: rumbo.Spot{Point: &rumbo.Point{Lat: 40.7447, Lon: -73.9485}}, To: rumbo.Spot{Point: &rumbo.Point{Lat: 40.7614, Lon: -73.9776}}, DepartAt: at(8, 15)}}}
}

func examplePredictions() rumbo.PredictionSet {
	return rumbo.PredictionSet{ID: "pred_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", Model: rumbo.TravelTime, Version: 1,
		Predictions: []rumbo.Prediction{{DurationS: 905, Quantiles: rumbo.Quantiles{P10: 640, P50: 880, P90: 1240}, RoadS: 610, DistanceM: 4810}}}
}

// A file of queries and its answers.
const (
	exampleQueryLines = `{"from":{"point":{"lat":40.7447,"lon":-73.9485}},"to":{"point":{"lat":40.7614,"lon":-73.9776}},"depart_at":"2022-01-31T08:15:00-05:00"}
{"from":{"zone":1},"to":{"zone":2},"depart_at":"2022-01-31T08:20:00-05:00"}
`
	exampleResultLines = `{"line":1,"prediction":{"duration_s":905,"quantiles":{"p10_s":640,"p50_s":880,"p90_s":1240},"road_s":610,"distance_m":4810,"level":"model"}}
{"line":2,"faults":[{"pointer":"/from/zone","code":"unknown_reference","message":"nothing is known by the name 1","value":1}]}
`
)

func examplePredictionJob(state string) rumbo.PredictionJob {
	j := rumbo.PredictionJob{ID: "pred_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EN", RunID: "run_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EN", State: state, CreatedAt: at(7, 5).UTC(),
		PredictionParameters: rumbo.PredictionParameters{Bytes: 152400311, SHA256: "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", CallbackURL: "https://example.com/rumbo"}}
	if state != rumbo.RunDone {
		return j
	}
	j.Counts = rumbo.PredictionCounts{Queries: 1000000, Answered: 999998, Faulty: 2, ByCode: map[rumbo.Code]int64{rumbo.UnknownReference: 2}}
	j.PredictionModel = rumbo.PredictionModel{Model: rumbo.TravelTime, Version: 1}
	j.Faults = []rumbo.LineFaults{{Line: 2, Faults: []rumbo.FieldError{{Pointer: "/from/zone", Code: rumbo.UnknownReference, Message: "nothing is known by the name 1", Value: 1}}}}
	j.ResultsBytes, j.ResultsSHA256, j.Results = 168000214, "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae", "/v1/predictions/"+j.ID+"/results"
	j.StartedAt, j.FinishedAt = until(at(7, 5).UTC()), until(at(7, 6).UTC())
	return j
}

func examplePlanRequest() rumbo.PlanRequest {
	return rumbo.PlanRequest{Day: "2022-01-31", TimeLimitS: 5, Seed: 1, CallbackURL: "https://example.com/rumbo"}
}

func examplePlan(state string) rumbo.Plan {
	p := rumbo.Plan{ID: "plan_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", State: state, Request: examplePlanRequest(), CreatedAt: at(7, 5).UTC()}
	if state != rumbo.PlanDone {
		return p
	}
	p.FinishedAt, p.TimeZone = until(at(7, 6).UTC()), "America/New_York"
	p.Summary = rumbo.PlanSummary{Orders: 2, Served: 1, Vehicles: 1, DistanceM: 9620, DurationS: 2050, DriveS: 1810, CostCents: 6712, Feasible: true,
		TravelTime: "learned", Model: "travel-time/1", Seed: 1, Iterations: 52000, Threads: 1, Build: "v0.1.0", Arch: "amd64", SearchS: 5}
	p.Routes = []rumbo.Route{{VehicleID: "van-1", StartAt: at(8, 45), EndAt: at(9, 19), StartDepot: "depot-1", EndDepot: "depot-1", DistanceM: 9620, DriveS: 1810, CostCents: 6712,
		Stops: []rumbo.Stop{{OrderID: "A-1001", Location: rumbo.Point{Lat: 40.7614, Lon: -73.9776}, Leg: rumbo.Leg{DurationS: 905, DistanceM: 4810},
			ArriveAt: at(9, 0), BeginAt: at(9, 0), DepartAt: at(9, 4)}},
		ReturnLeg: &rumbo.Leg{DurationS: 905, DistanceM: 4810}}}
	p.Unassigned = []rumbo.Unassigned{{OrderID: "A-1002", Reason: rumbo.ReasonSkill, Detail: "no vehicle offers crane"}}
	return p
}

func exampleDelivery() rumbo.Delivery {
	return rumbo.Delivery{ID: "dlv_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM", Type: rumbo.EventPlanFinished, Subject: "plan_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM",
		URL: "https://example.com/rumbo", State: rumbo.DeliveryDelivered, CreatedAt: at(7, 6).UTC(),
		Attempts: []rumbo.DeliveryAttempt{{Number: 1, At: at(7, 6).UTC(), Status: 204, DurationMS: 38}}}
}

func exampleKey() client.KeyInfo {
	return client.KeyInfo{Prefix: "rumbo_9a6y0emx", Name: "warehouse", Scopes: []string{ScopeRead, ScopeIngest}, CreatedAt: at(7, 0).UTC()}
}
