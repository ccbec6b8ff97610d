package main

import (
	"context"
	"path/filepath"

	"github.com/logistica-inteligente/rumbo/internal/blob"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
	"github.com/logistica-inteligente/rumbo/internal/blob/s3"
)

// openBlobs opens the bucket of payloads and models: on S3, or a folder of the data
// directory.
func (s settings) openBlobs(ctx context.Context) (blob.Bucket, error) {
	folder := filepath.Join(s.Data, "blobs")
	switch {
	case s.Blobs != "":
		return s3.Open(ctx, s.Blobs)
	case s.shared():
		return dir.OpenShared(folder)
	}
	return dir.Open(folder)
}
