package s3

import (
	"context"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// breaks is how often in a row a connection may break off without a byte read.
const breaks = 3

// reader reads an object over as many connections as it takes.
type reader struct {
	ctx    context.Context
	b      *Bucket
	key    string
	body   io.ReadCloser
	etag   *string // the same content, or the read fails
	at     int64
	left   int64
	broken int
}

func (r *reader) Read(p []byte) (int, error) {
	for {
		n, err := r.body.Read(p)
		r.at, r.left = r.at+int64(n), r.left-int64(n)
		switch {
		case err == io.EOF && r.left <= 0, err == nil:
			r.broken = 0
			return n, err
		case n > 0:
			r.broken = 0
			return n, nil // the next call meets the fault again
		case r.broken == breaks || r.ctx.Err() != nil:
			return 0, fault("Open", r.key, err)
		}
		r.broken++
		if err := r.again(); err != nil {
			return 0, err
		}
	}
}

// again asks for the rest of the object.
func (r *reader) again() error {
	r.body.Close()
	out, err := r.b.client.GetObject(r.ctx, &s3.GetObjectInput{Bucket: &r.b.Bucket, Key: r.b.at(r.key), IfMatch: r.etag,
		Range: aws.String(fmt.Sprintf("bytes=%d-", r.at))})
	if err != nil {
		r.body = io.NopCloser(&failed{err: err})
		return fault("Open", r.key, err)
	}
	r.body = out.Body
	return nil
}

func (r *reader) Close() error { return r.body.Close() }

type failed struct{ err error }

func (f *failed) Read([]byte) (int, error) { return 0, f.err }
