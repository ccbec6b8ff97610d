package api

import (
	"context"
	"mime"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
)

// This file is the other form of predictions: a file of queries, one a line, that a run
// answers in the background.

const mediaLines = "application/x-ndjson"

// lineMedia are the content types of JSON lines.
func lineMedia() []string {
	return []string{mediaLines, "application/ndjson", "application/jsonl"}
}

// sentAsFile says that a POST of predictions is a file: by its type, or because it was uploaded.
func sentAsFile(r *http.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && slices.Contains(lineMedia(), media) || r.URL.Query().Has("upload")
}

// mayBeFile lets a POST that is declared with a JSON body also take a file.
func (s *server) mayBeFile(post *endpoint) *endpoint {
	d := s.document
	post.takes(
		patternParam("upload", "What was put at this upload is the file of queries; the body is then empty", `^upl_[0-9A-Z]{26}$`, "the id of an upload"),
		&huma.Param{Name: "callback_url", In: "query", Description: "Of a file of queries: where its end is POSTed, signed. In JSON it stands in the body", Schema: &huma.Schema{Type: huma.TypeString}},
	).answers(d, http.StatusAccepted, "The file of queries is being answered", examplePredictionJob(rumbo.RunQueued)).located(http.StatusAccepted)
	post.rawWhen, post.rawMedia = sentAsFile, append(lineMedia(), "application/octet-stream", "application/json")
	post.check = func(r *request) []rumbo.FieldError { return append(s.checkQueryFile(r), checkUpload(r)...) }
	post.RequestBody.Description = "A list of queries, or a file of them, at most 2 GiB; Content-Encoding: gzip is understood. Nothing with `upload`"
	post.RequestBody.Required = false
	post.RequestBody.Content[mediaLines] = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}, Example: exampleQueryLines}
	return post
}

// checkQueryFile checks the parameter that only a file may have.
func (s *server) checkQueryFile(r *request) (faults []rumbo.FieldError) {
	url := r.params["callback_url"]
	switch {
	case url == "":
	case !r.raw:
		return []rumbo.FieldError{{Pointer: "callback_url", Code: rumbo.Conflicting, Value: url, Limit: "a file of queries"}}
	default:
		return s.Policy.ValidateURL("callback_url", url)
	}
	return nil
}

func (s *server) predictFile(ctx context.Context, r *request) (*answer, error) {
	job, err := s.Predictions.SubmitQueries(ctx, r.token, rumbo.QueryFile{CallbackURL: r.params["callback_url"], Body: r.stream, Upload: r.params["upload"]})
	if err != nil {
		return nil, err
	}
	s.Metrics.PayloadReceived(job.Bytes)
	note(ctx, "job", job.ID)
	a, err := jsonAnswer(http.StatusAccepted, job)
	if err != nil {
		return nil, err
	}
	return a.with("Location", "/v1/predictions/"+job.ID), nil
}

// readPredictions answers with a job, or with a set that was answered at once.
func (s *server) readPredictions(ctx context.Context, r *request) (*answer, error) {
	read := func(ctx context.Context) (rumbo.PredictionJob, error) { return s.Predictions.Job(ctx, r.params["id"]) }
	job, _, err := await(ctx, r.http, read, rumbo.PredictionJob.Ended)
	if rumbo.CodeOf(err) == rumbo.NotFound {
		return oneAnswer(s.Store.Predictions(ctx, r.params["id"]))
	}
	return oneAnswer(job, err)
}

func (s *server) resultsEndpoint() *endpoint {
	ep := operation("GET", "/v1/predictions/{id}/results", "read-prediction-results", "predictions", "Read the answers to a file").needs(ScopeRead).
		about("One line a query, in the order of the file: its line number with the prediction, or with the faults of that line. "+
			"Ranges are understood, so a transfer that broke off can go on (`If-Range` with the `ETag`). A conflict while the job has not ended; not found when it ended without answers, or when they are no longer kept.").
		takes(pathParam("id", "ID of the job")).fails(http.StatusNotFound, http.StatusConflict).by(s.readResults)
	lines := map[string]*huma.MediaType{mediaLines: {Schema: &huma.Schema{Type: huma.TypeString}, Example: exampleResultLines}}
	ep.Responses["200"] = &huma.Response{Description: "The answers", Content: lines}
	ep.Responses["206"] = &huma.Response{Description: "A part of them, as asked for with `Range`", Content: lines}
	ep.Responses["416"] = &huma.Response{Description: "There is no such part"}
	return ep
}

// readResults streams from the bucket: the answers of a job may be larger than memory.
func (s *server) readResults(ctx context.Context, r *request) (*answer, error) {
	job, results, err := s.Predictions.Results(ctx, r.params["id"])
	if err != nil {
		return nil, err
	}
	header := http.Header{"Content-Type": {mediaLines}, "Etag": {`"` + job.ResultsSHA256 + `"`}, "Content-Disposition": {`inline; filename="` + job.ID + `.ndjson"`}}
	return &answer{status: http.StatusOK, header: header, stream: func(_ context.Context, w http.ResponseWriter) {
		defer results.Close()
		out := &leaving{w, http.NewResponseController(w), s.stall}
		http.ServeContent(out, r.http, "", *job.FinishedAt, results)
		_ = out.control.SetWriteDeadline(time.Time{}) // the connection may serve another request
	}}, nil
}

// leaving gives the client a new deadline with every write, so that one that reads no more
// does not hold a file for ever.
type leaving struct {
	http.ResponseWriter
	control *http.ResponseController
	stall   time.Duration
}

func (l *leaving) Write(p []byte) (int, error) {
	// Not every ResponseWriter has deadlines (tests' have none): then there is nothing to guard.
	_ = l.control.SetWriteDeadline(time.Now().Add(l.stall))
	return l.ResponseWriter.Write(p)
}
