package s3

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/logistica-inteligente/rumbo"
)

// breaks is how often in a row a connection may break off without a byte read.
const breaks = 3

// reader reads one object, of one content, over as many connections as it takes.
type reader struct {
	ctx    context.Context
	b      *Bucket
	key    string
	etag   *string // the same content, or reading fails
	size   int64
	at     int64
	body   io.ReadCloser // from at on; nil for one to be asked for
	broken int

	mu     sync.Mutex
	blocks blocks
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	for {
		if r.at >= r.size && r.body == nil {
			return 0, io.EOF
		}
		if r.body == nil {
			body, err := r.get(r.at, r.size)
			if err != nil {
				return 0, err
			}
			r.body = body
		}
		n, err := r.body.Read(p)
		r.at += int64(n)
		if n > 0 || err == nil {
			r.broken = 0
			return n, nil // a fault is met again by the next call
		}
		if err == io.EOF && r.at >= r.size {
			return 0, io.EOF
		}
		if r.broken++; r.broken > breaks || r.ctx.Err() != nil || r.at >= r.size { // the last: a wrong checksum
			return 0, fault("Open", r.key, errors.Join(err, r.ctx.Err()))
		}
		r.drop()
	}
}

// Seek implements io.Seeker: a read elsewhere asks for the object from there.
func (r *reader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.size
	}
	if offset < 0 {
		return r.at, rumbo.Fault(rumbo.Invalid, "blob.Seek", fmt.Sprintf("%s: position %d", r.key, offset), nil)
	}
	if offset != r.at {
		r.drop()
		r.at = offset
	}
	return offset, nil
}

// get asks for the bytes from..to-1 of the object.
func (r *reader) get(from, to int64) (io.ReadCloser, error) {
	out, err := r.b.client.GetObject(r.ctx, &s3.GetObjectInput{Bucket: &r.b.Bucket, Key: r.b.at(r.key), IfMatch: r.etag,
		Range: aws.String(fmt.Sprintf("bytes=%d-%d", from, to-1))})
	if err != nil {
		err = fault("Open", r.key, err)
		if rumbo.CodeOf(err) == rumbo.Conflict {
			err = rumbo.Fault(rumbo.Conflict, "blob.Open", r.key+" was replaced while it was read", nil)
		}
		return nil, err
	}
	return out.Body, nil
}

// drop gives a connection back whose body is of no more use.
func (r *reader) drop() {
	if r.body != nil {
		_ = r.body.Close()
		r.body = nil
	}
}

// Close implements io.Closer.
func (r *reader) Close() error {
	r.drop()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.blocks = blocks{}
	return nil
}
