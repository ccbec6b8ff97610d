package ingest

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// Kept is a file that was kept under a key of the caller's.
type Kept struct {
	Bytes  int64
	SHA256 string
}

// KeepLines keeps a file of JSON lines that is no batch under a key, with any compression
// undone. It is refused as Receive refuses the payload of trips: when there is nothing in it,
// too much, a line that is too long, or an end in the middle of one. What is kept is nobody's
// until the caller records it. O(file), in constant memory.
func (rc *Receiver) KeepLines(ctx context.Context, key string, body io.Reader) (Kept, error) {
	lines := rumbo.Batch{Kind: rumbo.KindTrips, Format: rumbo.FormatNDJSON}
	plain, err := open(body, lines.Format, rc.limit(lines.Kind))
	if err != nil {
		return Kept{}, err
	}
	sum := sha256.New()
	passing := startInspection(io.TeeReader(plain, sum), func(r io.Reader) (string, []rumbo.FieldError) {
		return "", inspectRows(lines, r)
	})
	info, err := rc.Blobs.Put(ctx, key, passing, blob.PutOptions{})
	passing.finish()
	if err != nil {
		return Kept{}, err
	}
	return Kept{Bytes: info.Bytes, SHA256: hex.EncodeToString(sum.Sum(nil))}, nil
}
