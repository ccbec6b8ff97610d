package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// Bounds of what is lost when a round is cut off.
const (
	pieceEntries = 500
	pieceBytes   = 256 << 20
)

// copiers are the objects that are copied side by side: each waits for two buckets.
const copiers = 4

// round is one walk over the installation's objects.
type round struct {
	place *Place
	id    string
	from  blob.Bucket
	tell  func(objects, copied int64)

	mu      sync.Mutex
	known   map[string]entry
	out     Objects
	fresh   []entry // not in the index yet
	bytes   int64   // of those among them that were copied
	written int     // pieces
}

// CopyObjects copies what no earlier backup holds, and writes the index. It may be called
// again, after a crash or for a second round: what is in the index of this backup is not
// looked at twice.
func (p *Place) CopyObjects(ctx context.Context, id string, from blob.Bucket, tell func(objects, copied int64)) (Objects, error) {
	r := &round{place: p, id: id, from: from, tell: tell, known: map[string]entry{}}
	own, err := r.begin(ctx)
	if err != nil {
		return Objects{}, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var working sync.WaitGroup
	slots := make(chan struct{}, copiers)
	for info, err := range from.List(ctx, "") {
		if err != nil {
			cancel(err)
		}
		if ctx.Err() != nil {
			break
		}
		if p.skips(info.Key) || own[info.Key].is(info) {
			continue
		}
		slots <- struct{}{}
		working.Go(func() {
			defer func() { <-slots }()
			if err := r.take(ctx, info); err != nil {
				cancel(err)
			}
		})
	}
	working.Wait()
	if err := context.Cause(ctx); err != nil {
		return Objects{}, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err := r.flush(ctx); err != nil {
		return Objects{}, err
	}
	return r.out, nil
}

// begin reads what is known: by this backup (own), and by the newest one that is encrypted to
// the same keys, as far as its parts are there.
func (r *round) begin(ctx context.Context) (own map[string]entry, err error) {
	stored, err := r.place.stored(ctx)
	if err != nil {
		return nil, err
	}
	all, err := r.place.List(ctx, func(string, error) {})
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		if !slices.Equal(m.Recipients, r.place.Keys.Texts) {
			continue
		}
		if err := r.place.eachEntry(ctx, m.Objects.Index, func(e entry) error {
			if stored[e.Part.Key] == e.Part.Bytes {
				r.known[e.Key] = e
			}
			return nil
		}); err != nil && rumbo.CodeOf(err) != rumbo.Corrupt && rumbo.CodeOf(err) != rumbo.NotFound {
			return nil, err // with a damaged index everything is copied anew
		}
		break
	}
	own = map[string]entry{}
	for info, err := range r.place.Bucket.List(ctx, partKey(r.id, "index/")) {
		if err != nil {
			return nil, err
		}
		piece, err := r.place.describe(ctx, info.Key)
		if err != nil {
			return nil, err
		}
		r.written++
		r.out.Index = append(r.out.Index, piece)
		if err := r.place.eachEntry(ctx, []Part{piece}, func(e entry) error {
			if stored[e.Part.Key] != e.Part.Bytes {
				return nil // it is copied again
			}
			if before, ok := own[e.Key]; ok { // put anew between two rounds
				r.count(before, -1)
			}
			own[e.Key] = e
			r.count(e, 1)
			return nil
		}); err != nil {
			return nil, err
		}
	}
	return own, nil
}

func (r *round) count(e entry, sign int64) {
	r.out.Count += sign
	r.out.Bytes += sign * e.Bytes
	if strings.HasPrefix(e.Part.Key, objectFolder+r.id+"/") {
		r.out.Copied += sign
		r.out.CopiedBytes += sign * e.Bytes
	}
}

// take makes an entry for an object, copying it when it is not known.
func (r *round) take(ctx context.Context, info blob.Info) error {
	r.mu.Lock()
	e, ok := r.known[info.Key]
	r.mu.Unlock()
	copied := !ok || !e.is(info)
	if copied {
		var err error
		if e, err = r.copy(ctx, info); rumbo.CodeOf(err) == rumbo.NotFound {
			return nil // removed since it was listed: nothing names it any more
		} else if err != nil {
			return err
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fresh = append(r.fresh, e); copied {
		r.bytes += e.Bytes
	}
	r.count(e, 1)
	r.tell(r.out.Count, r.out.Copied)
	if len(r.fresh) < pieceEntries && r.bytes < pieceBytes {
		return nil
	}
	return r.flush(ctx)
}

// copy makes a part of an object.
func (r *round) copy(ctx context.Context, info blob.Info) (entry, error) {
	in, err := r.from.Open(ctx, info.Key)
	if err != nil {
		return entry{}, err
	}
	defer in.Close()
	name := sha256.Sum256([]byte(info.Key))
	part, err := r.place.put(ctx, info.Key, objectFolder+r.id+"/"+hex.EncodeToString(name[:12]), r.place.Keys.keys, func(w io.Writer) error {
		_, err := io.Copy(w, in)
		return err
	})
	if err == nil && part.ContentBytes != info.Bytes { // put anew since it was listed: the next round sees it
		info.Bytes, info.ModifiedAt = part.ContentBytes, time.Time{}
	}
	return entry{Key: info.Key, Bytes: info.Bytes, Modified: info.ModifiedAt.UTC(), Part: part}, err
}

// flush writes a piece of the index; mu is held.
func (r *round) flush(ctx context.Context) error {
	if len(r.fresh) == 0 {
		return nil
	}
	name := fmt.Sprintf("index/%06d.ndjson", r.written+1)
	piece, err := r.place.put(ctx, name, partKey(r.id, name), nil, func(w io.Writer) error {
		out := json.NewEncoder(w)
		for _, e := range r.fresh {
			if err := out.Encode(e); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	r.out.Index = append(r.out.Index, piece)
	r.written, r.fresh, r.bytes = r.written+1, nil, 0
	return nil
}
