package api

import (
	"context"
	"net/http"
	"strconv"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/quality"
)

// Limits of what mends a quarantine.
const (
	maxRaw        = 64 << 10 // bytes of a row
	maxReplayRows = 10_000
)

// Quality mends what was kept out, and says what is expected of data.
type Quality interface {
	// EditQuarantined replaces the text of a row by one that passes; Invalid with
	// the rule that it would still break.
	EditQuarantined(ctx context.Context, batchID string, row int64, edit rumbo.QuarantineEdit) (rumbo.Quarantine, error)
	// Replay turns mended rows into records, each exactly once.
	Replay(ctx context.Context, batchID string, r rumbo.ReplayRequest) (rumbo.ReplayResult, error)
	// Quality is the document of checks, SetQuality replaces it.
	Quality(ctx context.Context) (rumbo.QualityDocument, error)
	SetQuality(ctx context.Context, d rumbo.QualityDocument) error
	// Watermarks say how far the data of each kind has come.
	Watermarks(ctx context.Context) ([]rumbo.Watermark, error)
}

func (s *server) qualityEndpoints() []*endpoint {
	d, tag := s.document, "quality"
	row := patternParam("row", "Number of the row", `^[1-9][0-9]{0,17}$`, "a number from 1")
	row.In, row.Required = "path", true
	return []*endpoint{
		operation("GET", "/v1/ingestions/{id}/quarantine/{row}", "read-quarantined", tag, "Read a row that was kept out").needs(ScopeRead).
			takes(pathParam("id", "ID of the batch"), row).fails(http.StatusNotFound).
			answers(d, http.StatusOK, "The row", exampleQuarantine()).by(s.readQuarantined),
		operation("PATCH", "/v1/ingestions/{id}/quarantine/{row}", "edit-quarantined", tag, "Mend a row that was kept out").needs(ScopeIngest).
			about("The new text is cleaned at once: when a rule or check would still keep it out, the answer is 422 and names it, and nothing changes. "+
				"A mended row stays in quarantine until it is replayed. The same edit again changes nothing.").
			takes(pathParam("id", "ID of the batch"), row).fails(http.StatusNotFound, http.StatusConflict).
			body(d, exampleEdit()).answers(d, http.StatusOK, "The row with its new text", exampleEdited()).by(s.editQuarantined),
		operation("POST", "/v1/ingestions/{id}/replay", "replay-quarantine", tag, "Clean rows of a quarantine again").needs(ScopeIngest).
			about("Named rows, the rows of a rule, or, with an empty object, all of them. Those that pass now, because they were mended or the checks have changed, "+
				"become records of the batch and leave the quarantine in one transaction with the batch's counts: a repeat makes no record twice. "+
				"A `duplicate` stays one until it is mended.").
			takes(pathParam("id", "ID of a loaded batch")).fails(http.StatusNotFound).
			body(d, rumbo.ReplayRequest{Rows: []int64{17}}).
			answers(d, http.StatusOK, "What became of the rows", exampleReplay()).by(s.replay),
		operation("GET", "/v1/quality", "read-quality", tag, "Read what is expected of data").needs(ScopeRead).
			answers(d, http.StatusOK, "The checks by kind of record; the defaults until others are put", exampleQuality()).
			by(func(ctx context.Context, _ *request) (*answer, error) { return oneAnswer(s.Quality.Quality(ctx)) }),
		operation("PUT", "/v1/quality", "replace-quality", tag, "Replace what is expected of data").needs(ScopeIngest).
			about("The whole document; batches that are cleaned from now on are held against it.").
			body(d, exampleQuality()).answers(d, http.StatusOK, "The document as it is kept", exampleQuality()).by(func(ctx context.Context, r *request) (*answer, error) {
			return replace(ctx, r, quality.Validate, s.Quality.SetQuality, s.Quality.Quality)
		}),
		operation("GET", "/v1/watermarks", "list-watermarks", tag, "List how far the data has come").needs(ScopeRead).
			about("The newest event that loaded batches tell of, by kind. Records of earlier events count as late in the batches after.").
			answers(d, http.StatusOK, "The watermarks", client.Page[rumbo.Watermark]{Items: []rumbo.Watermark{{Kind: rumbo.KindTrips, At: at(8, 15).UTC(), BatchID: "batch_01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM"}}}).
			by(func(ctx context.Context, _ *request) (*answer, error) {
				marks, err := s.Quality.Watermarks(ctx)
				if err != nil {
					return nil, err
				}
				if marks == nil {
					marks = []rumbo.Watermark{}
				}
				return jsonAnswer(http.StatusOK, client.Page[rumbo.Watermark]{Items: marks})
			}),
	}
}

// rowNumber is the path's row; what is no number is no row.
func rowNumber(r *request) (int64, error) {
	n, err := strconv.ParseInt(r.params["row"], 10, 64)
	if err != nil || n < 1 {
		return 0, rumbo.Fault(rumbo.NotFound, "api.rowNumber", "no row "+r.params["row"], nil)
	}
	return n, nil
}

func (s *server) readQuarantined(ctx context.Context, r *request) (*answer, error) {
	n, err := rowNumber(r)
	if err != nil {
		return nil, err
	}
	rows, err := s.Store.QuarantineRows(ctx, r.params["id"], []int64{n})
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, rumbo.Fault(rumbo.NotFound, "api.readQuarantined", "no row "+r.params["row"]+" in this quarantine", nil)
	}
	return jsonAnswer(http.StatusOK, rows[0])
}

func (s *server) editQuarantined(ctx context.Context, r *request) (*answer, error) {
	edit, err := decode(r, checkEdit)
	if err != nil {
		return nil, err
	}
	n, err := rowNumber(r)
	if err != nil {
		return nil, err
	}
	return oneAnswer(s.Quality.EditQuarantined(ctx, r.params["id"], n, edit))
}

func checkEdit(e rumbo.QuarantineEdit) []rumbo.FieldError {
	switch {
	case e.Raw == "":
		return []rumbo.FieldError{{Pointer: "/raw", Code: rumbo.MissingField}}
	case len(e.Raw) > maxRaw:
		return []rumbo.FieldError{{Pointer: "/raw", Code: rumbo.TooLong, Value: len(e.Raw), Limit: maxRaw}}
	}
	return nil
}

func (s *server) replay(ctx context.Context, r *request) (*answer, error) {
	request, err := decode(r, checkReplay)
	if err != nil {
		return nil, err
	}
	return oneAnswer(s.Quality.Replay(ctx, r.params["id"], request))
}

func checkReplay(r rumbo.ReplayRequest) (out []rumbo.FieldError) {
	if len(r.Rows) > maxReplayRows {
		return []rumbo.FieldError{{Pointer: "/rows", Code: rumbo.TooMany, Value: len(r.Rows), Limit: maxReplayRows}}
	}
	for i, n := range r.Rows {
		if n < 1 {
			out = append(out, rumbo.FieldError{Pointer: "/rows/" + strconv.Itoa(i), Code: rumbo.OutOfRange, Value: n, Limit: "1 and above"})
		}
	}
	if len(r.Rule) > rumbo.MaxIDLength {
		out = append(out, rumbo.FieldError{Pointer: "/rule", Code: rumbo.TooLong, Value: len(r.Rule), Limit: rumbo.MaxIDLength})
	}
	return out
}

func exampleEdit() rumbo.QuarantineEdit {
	return rumbo.QuarantineEdit{Raw: "2022-01-31/18,2022-01-31T08:40:00-05:00,2022-01-31T08:52:00-05:00,40.7614,-73.9776,40.7447,-73.9485,4700,van-1"}
}

func exampleEdited() rumbo.Quarantine {
	q := exampleQuarantine()
	q.Original, q.Raw, q.EditedAt = q.Raw, exampleEdit().Raw, until(at(7, 5).UTC())
	return q
}

func exampleReplay() rumbo.ReplayResult {
	b := exampleBatch(rumbo.BatchLoaded)
	b.Counts.Accepted, b.Counts.Added, b.Counts.Quarantined = 9636, 9636, 364
	b.Counts.ByRule = map[string]int64{"too_short": 364}
	return rumbo.ReplayResult{Batch: b, Replayed: 1, Accepted: 1}
}

func exampleQuality() rumbo.QualityDocument {
	longest := 7200.0
	return rumbo.QualityDocument{
		Trips: []rumbo.Check{
			{Name: "two_hours_at_most", Type: rumbo.CheckRange, Severity: rumbo.SeverityQuarantine, Field: "duration_s", Max: &longest},
			{Name: "usual_volume", Type: rumbo.CheckVolume, Severity: rumbo.SeverityFail, Batches: 7, Tolerance: 0.8},
		},
		Orders: []rumbo.Check{}, Depots: []rumbo.Check{},
		Vehicles: []rumbo.Check{{Name: "known_depot", Type: rumbo.CheckReference, Severity: rumbo.SeverityWarn, Field: "depot_id", To: rumbo.KindDepots}},
	}
}
