package s3_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3/s3test"
)

// TestBucketWithVersions holds that a bucket that keeps old versions keeps ours, while
// only the latest is met. (The whole suite is not run on it: to the server of these tests
// what was deleted with its versions kept is still there for If-None-Match, which Amazon's
// documentation has otherwise.)
func TestBucketWithVersions(t *testing.T) {
	server := s3test.NewVersioned(t)
	b := open(t, server.Bucket(t))
	c, err := config.LoadDefaultConfig(t.Context(), config.WithRegion("us-east-1"))
	if err != nil {
		t.Fatal(err)
	}
	client := sdk.NewFromConfig(c, func(o *sdk.Options) { o.BaseEndpoint, o.UsePathStyle = aws.String("http://"+server.Host), true })
	if _, err := client.PutBucketVersioning(t.Context(), &sdk.PutBucketVersioningInput{Bucket: &b.Address.Bucket,
		VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}}); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"first", "second"} {
		if _, err := b.Put(t.Context(), "k", strings.NewReader(text), blob.PutOptions{}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := readAll(t, b, "k"); err != nil || got != "second" {
		t.Errorf("%q, %v", got, err)
	}
	if err := b.Delete(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.Stat(t.Context(), "k"); rumbo.CodeOf(err) != rumbo.NotFound {
		t.Errorf("deleted: %v", err)
	}
	for info, err := range b.List(t.Context(), "") {
		t.Errorf("listed: %+v, %v", info, err)
	}
	if kept, marks := versions(t.Context(), t, client, b.Address.Bucket); kept != 2 || marks != 1 {
		t.Errorf("%d versions and %d marks of deletion are kept", kept, marks)
	}
}

func versions(ctx context.Context, t *testing.T, client *sdk.Client, bucket string) (kept, marks int) {
	t.Helper()
	out, err := client.ListObjectVersions(ctx, &sdk.ListObjectVersionsInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.Versions), len(out.DeleteMarkers)
}
