package s3

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// maxSigned is the largest object that one request can put.
const maxSigned = 5 << 30

// SignPut implements [blob.Signer]. It makes no request. The size and that the key must
// be new are part of what is signed, so that the address is good for one object.
func (b *Bucket) SignPut(ctx context.Context, key string, bytes int64, life time.Duration) (blob.Signed, error) {
	if err := blob.CheckKey("blob.SignPut", key); err != nil {
		return blob.Signed{}, err
	}
	if bytes > maxSigned {
		return blob.Signed{}, rumbo.Fault(rumbo.TooLarge, "blob.SignPut", fmt.Sprintf("At most %d bytes can be uploaded at once.", int64(maxSigned)), nil)
	}
	signer := s3.NewPresignClient(b.client, s3.WithPresignExpires(life))
	signed, err := signer.PresignPutObject(ctx, &s3.PutObjectInput{Bucket: &b.Bucket, Key: b.at(key), ContentLength: aws.Int64(bytes), IfNoneMatch: aws.String("*")})
	if err != nil {
		return blob.Signed{}, fault("SignPut", key, err)
	}
	return blob.Signed{Method: signed.Method, URL: signed.URL, Header: headerOf(signed)}, nil
}

// headerOf are the signed headers that a client must send by itself.
func headerOf(signed *v4.PresignedHTTPRequest) map[string]string {
	out := map[string]string{}
	for name := range signed.SignedHeader {
		if name != "Host" && name != "Content-Length" {
			out[name] = signed.SignedHeader.Get(name)
		}
	}
	return out
}
