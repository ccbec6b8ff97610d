package s3

import (
	"context"
	"iter"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// Bucket is the objects below one prefix of a bucket.
type Bucket struct {
	client *s3.Client
	Address
}

var _ blob.Signer = (*Bucket)(nil)

// Requests are tried so often, the waits between growing up to the longest: about
// twelve seconds in all before an outage is told.
const (
	attempts    = 6
	longestWait = 5 * time.Second
)

// Open connects and looks whether the bucket can be reached. Errors: Invalid for
// an address that cannot be read, NotFound for a bucket that does not exist,
// Unavailable when nothing answers, no credentials are found or they are refused.
func Open(ctx context.Context, address string) (*Bucket, error) {
	a, err := ParseAddress(address)
	if err != nil {
		return nil, err
	}
	c, err := configure(ctx, a)
	if err != nil {
		return nil, err
	}
	b := &Bucket{Address: a, client: s3.NewFromConfig(c, func(o *s3.Options) {
		o.DisableLogOutputChecksumValidationSkipped = true // for the rest of an object after a break, of which there is none
		if a.Endpoint != "" {
			o.BaseEndpoint, o.UsePathStyle = aws.String(a.Endpoint), true
		}
	})}
	if _, err := b.client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &a.Bucket}); err != nil {
		return nil, fault("Open", "bucket "+a.Bucket, err)
	}
	return b, nil
}

// configure finds what the address leaves open where the SDK looks for it.
func configure(ctx context.Context, a Address) (aws.Config, error) {
	c, err := config.LoadDefaultConfig(ctx, config.WithRegion(a.Region), config.WithHTTPClient(client(a.Silence)), config.WithRetryer(retryer))
	if err != nil {
		return c, rumbo.Fault(rumbo.Invalid, "blob.Open", "cannot read the AWS configuration", err)
	}
	if c.Region == "" {
		c.Region = "us-east-1" // signed by all servers but Amazon's, whose bucket may be elsewhere
	}
	if _, err := c.Credentials.Retrieve(ctx); err != nil {
		if ctx.Err() != nil {
			return c, rumbo.Fault(rumbo.Canceled, "blob.Open", "", ctx.Err())
		}
		return c, &rumbo.Error{Code: rumbo.Unavailable, Op: "blob.Open", Detail: "no credentials for bucket " + a.Bucket, Err: err,
			Hint: "set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile of ~/.aws, or a role of the machine"}
	}
	return c, nil
}

// retryer bounds each request by itself: the SDK's budget over all of them would fail
// requests after a long outage that is over.
func retryer() aws.Retryer {
	return retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts, o.MaxBackoff, o.RateLimiter = attempts, longestWait, ratelimit.None
	})
}

func (b *Bucket) at(key string) *string { return aws.String(b.Prefix + key) }

// Open implements [blob.Bucket]. The reader goes on where its connection broke off,
// as long as the object is still the same.
func (b *Bucket) Open(ctx context.Context, key string) (blob.Reader, error) {
	if err := blob.CheckKey("blob.Open", key); err != nil {
		return nil, err
	}
	out, err := b.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &b.Bucket, Key: b.at(key)})
	if err != nil {
		return nil, fault("Open", key, err)
	}
	return &reader{ctx: ctx, b: b, key: key, body: out.Body, etag: out.ETag, size: aws.ToInt64(out.ContentLength)}, nil
}

// Stat implements [blob.Bucket].
func (b *Bucket) Stat(ctx context.Context, key string) (blob.Info, error) {
	info, _, err := b.head(ctx, key)
	return info, err
}

// head is Stat with the object's mark.
func (b *Bucket) head(ctx context.Context, key string) (info blob.Info, mark string, err error) {
	if err := blob.CheckKey("blob.Stat", key); err != nil {
		return info, "", err
	}
	out, err := b.client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &b.Bucket, Key: b.at(key)})
	if err != nil {
		return info, "", fault("Stat", key, err)
	}
	return blob.Info{Key: key, Bytes: aws.ToInt64(out.ContentLength), ModifiedAt: aws.ToTime(out.LastModified)}, out.Metadata[markKey], nil
}

// List implements [blob.Bucket]: a request for each thousand objects.
func (b *Bucket) List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error] {
	return func(yield func(blob.Info, error) bool) {
		pages := s3.NewListObjectsV2Paginator(b.client, &s3.ListObjectsV2Input{Bucket: &b.Bucket, Prefix: b.at(prefix)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(blob.Info{}, fault("List", prefix, err))
				return
			}
			for _, x := range page.Contents {
				key := strings.TrimPrefix(aws.ToString(x.Key), b.Prefix)
				if blob.CheckKey("", key) != nil {
					continue // a folder's marker, or another program's
				}
				if !yield(blob.Info{Key: key, Bytes: aws.ToInt64(x.Size), ModifiedAt: aws.ToTime(x.LastModified)}, nil) {
					return
				}
			}
		}
	}
}

// Delete implements [blob.Bucket].
func (b *Bucket) Delete(ctx context.Context, key string) error {
	if err := blob.CheckKey("blob.Delete", key); err != nil {
		return err
	}
	_, err := b.client.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &b.Bucket, Key: b.at(key)})
	if err = fault("Delete", key, err); rumbo.CodeOf(err) == rumbo.NotFound {
		return nil
	}
	return err
}
