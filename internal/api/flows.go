package api

import (
	"context"
	"encoding/json"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// flowTable says of each flow what it does, what starts it, and the schema of what it can
// be told (a name among the document's schemas; none when it takes a subject alone).
func flowTable() map[string][3]string {
	return map[string][3]string{
		rumbo.FlowIngest:      {"Cleans the rows of a batch, loads them, and shows them all at once", "POST /v1/ingestions", ""},
		rumbo.FlowTrack:       {"Finds the drives and visits in the events of vehicles, and sends the drives on as trips", "POST /v1/events", ""},
		rumbo.FlowTrain:       {"Trains a model on the loaded trips, measures it, and promotes it when it is better", "POST /v1/runs", "TrainRequest"},
		rumbo.FlowRecalibrate: {"Fits the champion's correction anew to the latest trips, so that its times and quantiles follow slow drift", "POST /v1/runs", "RecalibrateRequest"},
		rumbo.FlowPredict:     {"Checks a file of queries, answers every line with one model, and tells of it", "POST /v1/predictions", "PredictionParameters"},
		rumbo.FlowPlan:        {"Predicts the times of a day, searches its routes, and publishes the plan", "POST /v1/plans", "PlanRequest"},
		rumbo.FlowRegion:      {"Searches a part of a day with very many orders, in one of several rounds with other borders", "the plan", "RegionRequest"},
		rumbo.FlowDeliver:     {"POSTs a signed event until it is taken", "the event", ""},
		rumbo.FlowRetention:   {"Removes what nobody needs any more, by the limits of /v1/retention, a kind a step", "POST /v1/runs", "RetentionRequest"},
		rumbo.FlowBackup:      {"Copies the database and all objects to another place, encrypted, as of one instant", "POST /v1/runs", "BackupRequest"},
	}
}

// lastRuns is how many runs are shown with a flow.
const lastRuns = 5

func (s *server) listFlows(ctx context.Context, _ *request) (*answer, error) {
	counts, err := s.Store.CountRuns(ctx)
	if err != nil {
		return nil, err
	}
	var out []client.FlowInfo
	for _, name := range rumbo.Flows() {
		row := flowTable()[name]
		f := client.FlowInfo{Name: name, About: row[0], StartedBy: row[1], Parameters: map[string]any{}, Runs: counts[name], LastRuns: []rumbo.Run{}}
		if schema := s.document.Components.Schemas.Map()[row[2]]; schema != nil {
			text, err := json.Marshal(schema)
			if err == nil {
				err = json.Unmarshal(text, &f.Parameters)
			}
			if err != nil {
				return nil, rumbo.Fault(rumbo.Internal, "api.listFlows", "the schema of "+row[2], err)
			}
		}
		if f.Runs == nil {
			f.Runs = map[string]int64{}
		}
		last, err := s.Store.Runs(ctx, store.RunQuery{Flow: name}, "", lastRuns)
		if err != nil {
			return nil, err
		}
		f.LastRuns = append(f.LastRuns, last.Items...)
		out = append(out, f)
	}
	return jsonAnswer(http.StatusOK, client.Page[client.FlowInfo]{Items: out})
}
