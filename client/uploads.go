package client

import (
	"context"
	"io"
	"net/http"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Upload asks for a place where a payload of so many bytes can be put past the API.
// Conflict where the installation keeps payloads in a directory.
func (c *Client) Upload(ctx context.Context, r rumbo.UploadRequest) (rumbo.Upload, error) {
	return post[rumbo.Upload](ctx, c, "/v1/uploads", r)
}

// IngestLarge is Ingest by way of an upload where the installation has them: for payloads
// of hundreds of megabytes. A body that broke off is sent again from its begin.
func (c *Client) IngestLarge(ctx context.Context, kind, format string, body io.ReadSeeker, o IngestOptions) (rumbo.Batch, error) {
	id, err := c.putUp(ctx, "client.IngestLarge", body)
	if rumbo.CodeOf(err) == rumbo.Conflict {
		return c.Ingest(ctx, kind, format, body, o)
	}
	if err != nil {
		return rumbo.Batch{}, err
	}
	o.upload, o.Gzip = id, false // what is uploaded tells by itself that it is compressed
	return c.Ingest(ctx, kind, format, nil, o)
}

// putUp puts the body at an upload of its own, and names it. Conflict where there are none.
func (c *Client) putUp(ctx context.Context, op string, body io.ReadSeeker) (string, error) {
	size, err := body.Seek(0, io.SeekEnd)
	if err != nil {
		return "", rumbo.Fault(rumbo.Unavailable, op, "the payload cannot be read", err)
	}
	up, err := c.Upload(ctx, rumbo.UploadRequest{Bytes: size})
	if err != nil {
		return "", err
	}
	return up.ID, c.put(ctx, up, body, size)
}

// put sends the body to an upload until it is there, once.
func (c *Client) put(ctx context.Context, up rumbo.Upload, body io.ReadSeeker, size int64) error {
	pause := c.pause
	for try := 1; ; try++ {
		again, err := c.putOnce(ctx, up, body, size)
		if err == nil || !again || try >= c.tries || ctx.Err() != nil {
			return err
		}
		select {
		case <-time.After(jitter(pause)):
		case <-ctx.Done():
			return err
		}
		pause *= 2
	}
}

// putOnce makes one try; again says that another one may succeed.
func (c *Client) putOnce(ctx context.Context, up rumbo.Upload, body io.ReadSeeker, size int64) (again bool, err error) {
	const op = "PUT to the upload"
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return false, rumbo.Fault(rumbo.Unavailable, op, "the payload cannot be read", err)
	}
	req, err := http.NewRequestWithContext(ctx, up.Method, up.URL, io.NopCloser(body))
	if err != nil {
		return false, rumbo.Fault(rumbo.Internal, op, "the request could not be made", err)
	}
	req.ContentLength = size
	for name, value := range up.Headers {
		req.Header.Set(name, value)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return true, rumbo.Fault(rumbo.Unavailable, op, "the bucket was not reached", err)
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(resp.Body, 1<<16)) // so that the connection can be used again
	switch {
	case resp.StatusCode/100 == 2, resp.StatusCode == http.StatusPreconditionFailed: // the answer to an earlier try got lost
		return false, nil
	}
	return resp.StatusCode >= 500 || resp.StatusCode == http.StatusConflict, rumbo.Fault(rumbo.Unavailable, op, "the bucket answered "+resp.Status, nil)
}
