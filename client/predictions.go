package client

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"iter"
	"net/http"
	"net/url"

	"github.com/logistica-inteligente/rumbo"
)

// FileOptions say more about a file of queries; zero values leave it to the server.
type FileOptions struct {
	CallbackURL string // where the end is also POSTed, signed
	Gzip        bool   // the body is compressed already
	// IdempotencyKey makes sendings of several processes one; a key of this call alone
	// when empty.
	IdempotencyKey string

	upload string // what was put there is the file
}

// PredictFile sends a file of queries, one rumbo.PredictionQuery a line, to be answered in the
// background. A body that is an io.Seeker is sent again after a network error; another one is not.
func (c *Client) PredictFile(ctx context.Context, body io.Reader, o FileOptions) (rumbo.PredictionJob, error) {
	query := url.Values{}
	for name, value := range map[string]string{"callback_url": o.CallbackURL, "upload": o.upload} {
		if value != "" {
			query.Set(name, value)
		}
	}
	q := call{method: http.MethodPost, path: "/v1/predictions", query: query, media: "application/x-ndjson", idempotency: o.IdempotencyKey, gzip: o.Gzip}
	if rewindable, ok := body.(io.ReadSeeker); ok {
		q.body = rewindable
	} else {
		q.once = body
	}
	return decode[rumbo.PredictionJob](c.do(ctx, q))
}

// PredictLargeFile is PredictFile by way of an upload where the installation has them: for
// hundreds of megabytes.
func (c *Client) PredictLargeFile(ctx context.Context, body io.ReadSeeker, o FileOptions) (rumbo.PredictionJob, error) {
	id, err := c.putUp(ctx, "client.PredictLargeFile", body)
	if rumbo.CodeOf(err) == rumbo.Conflict {
		return c.PredictFile(ctx, body, o)
	}
	if err != nil {
		return rumbo.PredictionJob{}, err
	}
	o.upload, o.Gzip = id, false // what is uploaded tells by itself that it is compressed
	return c.PredictFile(ctx, nil, o)
}

// PredictionJob reads a job as far as it is.
func (c *Client) PredictionJob(ctx context.Context, id string) (rumbo.PredictionJob, error) {
	return get[rumbo.PredictionJob](ctx, c, "/v1/predictions/"+url.PathEscape(id), nil, 0)
}

// WaitPredictions waits until a job is done; one that ended otherwise is an error.
func (c *Client) WaitPredictions(ctx context.Context, id string) (rumbo.PredictionJob, error) {
	return wait(ctx, c, "/v1/predictions/", id, func(j rumbo.PredictionJob) (bool, string) {
		return j.State == rumbo.RunDone, failure(j.Ended() && j.State != rumbo.RunDone, j.Error)
	})
}

// PredictionResults iterates over the answers of a job, as they come. After an error (the
// connection broke) it can be called again.
func (c *Client) PredictionResults(ctx context.Context, id string) iter.Seq2[rumbo.PredictedLine, error] {
	return func(yield func(rumbo.PredictedLine, error) bool) {
		body, err := c.openResults(ctx, id)
		if err != nil {
			yield(rumbo.PredictedLine{}, err)
			return
		}
		defer body.Close()
		in := bufio.NewReaderSize(body, 64<<10)
		for {
			text, err := in.ReadBytes('\n')
			if err == io.EOF && len(text) == 0 {
				return
			}
			var line rumbo.PredictedLine
			if err != nil {
				err = rumbo.Fault(rumbo.Unavailable, resultsOp, "the answers broke off", err)
			} else if err = json.Unmarshal(text, &line); err != nil {
				err = rumbo.Fault(rumbo.Corrupt, resultsOp, "the server's answer is not what it should be", err)
			}
			if !yield(line, err) || err != nil {
				return
			}
		}
	}
}

const resultsOp = "client.PredictionResults"

// CopyPredictionResults writes the answers of a job as they are, one rumbo.PredictedLine a
// line, and returns how many bytes it wrote.
func (c *Client) CopyPredictionResults(ctx context.Context, id string, w io.Writer) (int64, error) {
	body, err := c.openResults(ctx, id)
	if err != nil {
		return 0, err
	}
	defer body.Close()
	n, err := io.Copy(w, body)
	if err != nil {
		err = rumbo.Fault(rumbo.Unavailable, resultsOp, "the answers broke off", err)
	}
	return n, err
}

func (c *Client) openResults(ctx context.Context, id string) (io.ReadCloser, error) {
	req, err := c.request(ctx, call{method: http.MethodGet, path: "/v1/predictions/" + url.PathEscape(id) + "/results", accept: "application/x-ndjson"})
	if err != nil {
		return nil, rumbo.Fault(rumbo.Internal, resultsOp, "the request could not be made", err)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, resultsOp, "the server was not reached", err)
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	problem, err := io.ReadAll(io.LimitReader(resp.Body, 1<<20))
	if err != nil {
		return nil, rumbo.Fault(rumbo.Unavailable, resultsOp, "the answer broke off", err)
	}
	return nil, faultOf(resultsOp, resp, problem)
}
