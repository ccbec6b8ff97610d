package s3

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

const (
	partBytes = 8 << 20         // S3 takes 10,000 of them: 78 GiB an object
	minBytes  = 32 << 10        // what the memory for a part begins with
	clashes   = 5               // puts that met another one under way, before that is told
	abortTime = 5 * time.Second // for taking back an upload whose caller is gone
	markKey   = "rumbo-put"
)

// write is one put on its way.
type write struct {
	*Bucket
	key  string
	mark string
	new  *string // If-None-Match
}

// Put implements [blob.Bucket]. One request for up to 8 MiB, then one more for each
// further 8 MiB and two.
func (b *Bucket) Put(ctx context.Context, key string, r io.Reader, o blob.PutOptions) (blob.Info, error) {
	if err := blob.CheckKey("blob.Put", key); err != nil {
		return blob.Info{}, err
	}
	w := write{Bucket: b, key: key, mark: rand.Text()}
	if o.OnlyIfNew {
		w.new = aws.String("*")
	}
	part, more, err := fill(ctx, r, nil)
	if err != nil {
		return blob.Info{}, err
	}
	size := int64(len(part))
	if more {
		size, err = w.large(ctx, r, part)
	} else {
		err = w.small(ctx, part)
	}
	if err != nil {
		return blob.Info{}, err
	}
	info, err := b.Stat(ctx, key)
	if rumbo.CodeOf(err) == rumbo.NotFound { // removed by somebody in between
		return blob.Info{Key: key, Bytes: size, ModifiedAt: time.Now()}, nil
	}
	return info, err
}

// fill reads a part into the memory of another, which grows when it is small; more is
// false at the source's end. The source's own error is returned as it is.
func fill(ctx context.Context, r io.Reader, part []byte) (filled []byte, more bool, err error) {
	for part = part[:0]; len(part) < partBytes; {
		if ctx.Err() != nil {
			return nil, false, rumbo.Fault(rumbo.Canceled, "blob.Put", "", ctx.Err())
		}
		if len(part) == cap(part) {
			part = slices.Grow(part, min(max(minBytes, len(part)), partBytes-len(part)))
		}
		n, err := r.Read(part[len(part):min(cap(part), partBytes)])
		part = part[:len(part)+n]
		if err == io.EOF {
			return part, false, nil
		}
		if err != nil {
			return nil, false, err
		}
	}
	return part, true, nil
}

func (w *write) metadata() map[string]string { return map[string]string{markKey: w.mark} }

// small puts one part by one request.
func (w *write) small(ctx context.Context, data []byte) error {
	return w.decided(ctx, func() error {
		_, err := w.client.PutObject(ctx, &s3.PutObjectInput{Bucket: &w.Bucket.Bucket, Key: w.at(w.key), Body: bytes.NewReader(data),
			IfNoneMatch: w.new, Metadata: w.metadata()})
		return err
	})
}

// decided makes the request that lets the object appear. A clash is tried again, and an
// object that is there already may be our own.
func (w *write) decided(ctx context.Context, request func() error) error {
	err := request()
	for range clashes {
		if err == nil || !clash(err) {
			break
		}
		err = request()
	}
	told := fault("Put", w.key, err)
	if rumbo.CodeOf(told) == rumbo.Conflict && w.ours(ctx) {
		return nil
	}
	return told
}

// ours reports that the object is the one of this put.
func (w *write) ours(ctx context.Context) bool {
	_, mark, err := w.head(ctx, w.key)
	return err == nil && mark == w.mark
}

// large puts a first part and what follows as a multipart upload.
func (w *write) large(ctx context.Context, r io.Reader, part []byte) (size int64, err error) {
	begun, err := w.client.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &w.Bucket.Bucket, Key: w.at(w.key),
		Metadata: w.metadata(), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32, ChecksumType: types.ChecksumTypeFullObject})
	if err != nil {
		return 0, fault("Put", w.key, err)
	}
	defer func() {
		if err != nil {
			w.abort(ctx, begun.UploadId)
		}
	}()
	var parts []types.CompletedPart
	for more := true; len(part) > 0 || more; {
		done, err := w.client.UploadPart(ctx, &s3.UploadPartInput{Bucket: &w.Bucket.Bucket, Key: w.at(w.key), UploadId: begun.UploadId,
			PartNumber: aws.Int32(int32(len(parts) + 1)), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32, Body: bytes.NewReader(part)})
		if err != nil {
			return 0, fault("Put", w.key, err)
		}
		parts = append(parts, types.CompletedPart{ETag: done.ETag, PartNumber: aws.Int32(int32(len(parts) + 1)), ChecksumCRC32: done.ChecksumCRC32})
		if size += int64(len(part)); !more {
			break
		}
		if part, more, err = fill(ctx, r, part); err != nil {
			return 0, err
		}
	}
	return size, w.decided(ctx, func() error {
		_, err := w.client.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: &w.Bucket.Bucket, Key: w.at(w.key),
			UploadId: begun.UploadId, IfNoneMatch: w.new, ChecksumType: types.ChecksumTypeFullObject,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: parts}})
		var gone *types.NoSuchUpload
		if errors.As(err, &gone) && w.ours(ctx) { // an answer got lost and the request was sent again
			return nil
		}
		return err
	})
}

// abort takes back an upload, also for a caller that is gone. What it fails to remove is
// invisible and left to the bucket's lifecycle.
func (w *write) abort(ctx context.Context, upload *string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abortTime)
	defer cancel()
	_, _ = w.client.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: &w.Bucket.Bucket, Key: w.at(w.key), UploadId: upload})
}
