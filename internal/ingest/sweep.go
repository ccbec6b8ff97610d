package ingest

import (
	"context"
	"path"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// Sweep deletes the payloads that belong to no batch: a crash between Receive
// and the recording of its batch leaves one behind. Only payloads kept before the
// given instant are looked at, so that none is swept away while its request is
// still under way; known says whether a batch was recorded. It returns how many
// were deleted. O(payloads kept).
func (rc *Receiver) Sweep(ctx context.Context, before time.Time, known func(ctx context.Context, batchID string) (bool, error)) (deleted int, err error) {
	for info, err := range rc.Blobs.List(ctx, KeyPrefix) {
		if err != nil {
			return deleted, err
		}
		if !info.ModifiedAt.Before(before) {
			continue
		}
		id := strings.TrimSuffix(strings.TrimPrefix(info.Key, KeyPrefix), path.Ext(info.Key))
		recorded, err := known(ctx, id)
		if err != nil {
			return deleted, rumbo.Fault(rumbo.CodeOf(err), "ingest.Sweep", id, err)
		}
		if recorded {
			continue
		}
		if err := rc.Blobs.Delete(ctx, info.Key); err != nil {
			return deleted, err
		}
		deleted++
	}
	return deleted, nil
}
