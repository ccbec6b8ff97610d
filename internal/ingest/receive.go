package ingest

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// DefaultMaxBytes is the largest payload, decompressed, when a Receiver states
// no other.
const DefaultMaxBytes = 2 << 30

// DefaultMaxWholeBytes is the largest payload, decompressed, of the kinds that are
// taken whole or not at all (orders, vehicles, depots): their ids are held in
// memory while they are checked. It is room for a quarter of a million orders.
const DefaultMaxWholeBytes = 128 << 20

// KeyPrefix begins the key of every payload.
const KeyPrefix = "raw/"

// UploadPrefix begins the key of what was uploaded and no batch has taken in yet.
const UploadPrefix = "uploads/"

// Blobs is where payloads are kept; any blob.Bucket will do.
type Blobs interface {
	Put(ctx context.Context, key string, r io.Reader, o blob.PutOptions) (blob.Info, error)
	Open(ctx context.Context, key string) (blob.Reader, error)
	List(ctx context.Context, prefix string) iter.Seq2[blob.Info, error]
	Delete(ctx context.Context, key string) error
}

// Receiver takes payloads in.
type Receiver struct {
	Blobs    Blobs
	MaxBytes int64 // largest payload of trips or events, decompressed; 0 means DefaultMaxBytes
	// MaxWholeBytes is the largest of the other kinds; 0 means DefaultMaxWholeBytes.
	MaxWholeBytes int64
	// Check finds every fault in the rows of kinds that are taken whole or not
	// at all: orders, vehicles, depots. It may stop reading where it likes.
	Check func(b rumbo.Batch, r io.Reader) []rumbo.FieldError
}

// Receive keeps a payload under the batch's id and returns the batch, which the
// caller must now record; until then the blob belongs to nobody: receiving again
// with the same id replaces it, and Sweep deletes it. A refused payload leaves nothing behind.
//
// Errors: *rumbo.Error; Invalid with every fault of the sender, TooLarge with the
// limit, UnsupportedMedia for another kind of file, what the body's Read or the
// blobs returned. O(payload), in constant memory.
func (rc *Receiver) Receive(ctx context.Context, id string, at time.Time, p rumbo.Payload) (rumbo.Batch, error) {
	if err := rumbo.InvalidFields("ingest.Receive", declarationFaults(p)); err != nil {
		return rumbo.Batch{}, err
	}
	b := rumbo.Batch{
		ID: id, Kind: p.Kind, Format: p.Format, Schema: p.Schema, TimeZone: p.TimeZone, Month: p.Month,
		State: rumbo.BatchReceived, ReceivedAt: at, BlobKey: KeyPrefix + id + "." + p.Format,
	}
	body, err := open(p.Body, p.Format, rc.limit(p.Kind))
	if err != nil {
		return rumbo.Batch{}, err
	}
	if p.Format == rumbo.FormatParquet {
		return rc.keepThenInspect(ctx, b, body)
	}
	return rc.inspectAndKeep(ctx, b, body)
}

// whole says of which kinds a payload is taken whole or not at all; of the others, rows go
// to quarantine one by one.
func whole(kind string) bool { return kind != rumbo.KindTrips && kind != rumbo.KindEvents }

// limit is the largest payload of a kind, in bytes.
func (rc *Receiver) limit(kind string) int64 {
	if !whole(kind) {
		return cmp.Or(rc.MaxBytes, DefaultMaxBytes)
	}
	return cmp.Or(rc.MaxWholeBytes, DefaultMaxWholeBytes)
}

// inspectAndKeep inspects a payload on its way into its blob.
func (rc *Receiver) inspectAndKeep(ctx context.Context, b rumbo.Batch, body io.Reader) (rumbo.Batch, error) {
	sum := sha256.New()
	passing := startInspection(io.TeeReader(body, sum), func(r io.Reader) (string, []rumbo.FieldError) {
		return rc.inspect(b, r)
	})
	info, err := rc.Blobs.Put(ctx, b.BlobKey, passing, blob.PutOptions{})
	b.Schema = passing.finish()
	if err != nil {
		return rumbo.Batch{}, err
	}
	b.Bytes, b.SHA256 = info.Bytes, hex.EncodeToString(sum.Sum(nil))
	return b, nil
}

// keepThenInspect is for files that are read from their end: they are inspected
// in their blob, which goes away again when there are faults.
func (rc *Receiver) keepThenInspect(ctx context.Context, b rumbo.Batch, body io.Reader) (rumbo.Batch, error) {
	sum := sha256.New()
	info, err := rc.Blobs.Put(ctx, b.BlobKey, io.TeeReader(body, sum), blob.PutOptions{})
	if err != nil {
		return rumbo.Batch{}, err
	}
	b.Bytes, b.SHA256 = info.Bytes, hex.EncodeToString(sum.Sum(nil))
	b.Schema, err = rc.inspectParquet(ctx, b)
	if err != nil {
		// Canceled or not, what is refused is not kept.
		return rumbo.Batch{}, errors.Join(err, rc.Blobs.Delete(context.WithoutCancel(ctx), b.BlobKey))
	}
	return b, nil
}
