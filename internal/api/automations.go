package api

import (
	"context"
	"fmt"
	"net/http"

	"github.com/logistica-inteligente/rumbo"
)

// Automations keeps the document of rules that send events about runs.
type Automations interface {
	// Automations is the installation's document, without rules until one is put.
	Automations(ctx context.Context) (rumbo.AutomationsDocument, error)
	// SetAutomations replaces it. Invalid with every fault.
	SetAutomations(ctx context.Context, d rumbo.AutomationsDocument) error
}

func (s *server) automationEndpoints() []*endpoint {
	d, tag := s.document, "webhooks"
	return []*endpoint{
		operation("GET", "/v1/automations", "read-automations", tag, "Read what you want to be told of").needs(ScopeRead).
			answers(d, http.StatusOK, "The endpoints and the rules", exampleAutomations()).
			by(func(ctx context.Context, _ *request) (*answer, error) {
				return oneAnswer(s.Automations.Automations(ctx))
			}),
		operation("PUT", "/v1/automations", "replace-automations", tag, "Replace what you want to be told of").needs(ScopeLearn).
			about("The whole document. A rule fires once for a run: when it failed or crashed (`run.failed`), runs longer than so many seconds (`run.late`), "+
				"has not begun so many seconds after its schedule's time (`schedule.late`), or brought a batch of which more than a share was quarantined (`batch.quarantined`). "+
				"The signed event goes to every endpoint; it stands in `/v1/deliveries`, and the run's log says so.").
			body(d, exampleAutomations()).answers(d, http.StatusOK, "The document as it is kept", exampleAutomations()).
			by(func(ctx context.Context, r *request) (*answer, error) {
				return replace(ctx, r, s.checkAutomations, s.Automations.SetAutomations, s.Automations.Automations)
			}),
	}
}

func (s *server) checkAutomations(d rumbo.AutomationsDocument) []rumbo.FieldError {
	out := d.Validate()
	for i, url := range d.Endpoints {
		out = append(out, s.Policy.ValidateURL(fmt.Sprintf("/endpoints/%d", i), url)...)
	}
	return out
}

func exampleAutomations() rumbo.AutomationsDocument {
	return rumbo.AutomationsDocument{Endpoints: []string{"https://example.com/rumbo"}, Rules: []rumbo.Automation{
		{Name: "training-failed", When: rumbo.WhenRunFailed, Flow: rumbo.FlowTrain},
		{Name: "plan-late", When: rumbo.WhenRunLate, Flow: rumbo.FlowPlan, AfterS: 600},
		{Name: "dirty-trips", When: rumbo.WhenQuarantine, Kind: rumbo.KindTrips, MaxShare: 0.05},
	}}
}
