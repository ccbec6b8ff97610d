package s3

import (
	"errors"
	"io"
	"slices"
)

// A file that is read here and there (Parquet: each column from its own place on) is
// fetched in blocks, of which the last ones used are kept: a request costs a round trip,
// however few bytes it asks for.
const (
	blockBytes = 1 << 20
	keptBlocks = 32 // columns read side by side
)

// blocks are the blocks kept, by number, and their order of use, the latest last.
type blocks struct {
	data map[int64][]byte
	used []int64
}

// ReadAt implements io.ReaderAt. Calls wait for each other.
func (r *reader) ReadAt(p []byte, off int64) (n int, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for n < len(p) {
		at := off + int64(n)
		if at >= r.size {
			return n, io.EOF
		}
		block, err := r.block(at / blockBytes)
		if err != nil {
			return n, err
		}
		n += copy(p[n:], block[at%blockBytes:])
	}
	return n, nil
}

// block returns a block of the object, which it fetches where it is not kept.
func (r *reader) block(number int64) ([]byte, error) {
	b := &r.blocks
	data, kept := b.data[number]
	if !kept {
		var err error
		if data, err = r.fetch(number); err != nil {
			return nil, err
		}
		if b.data == nil {
			b.data = map[int64][]byte{}
		}
		if len(b.used) == keptBlocks {
			delete(b.data, b.used[0])
			b.used = b.used[1:]
		}
		b.data[number] = data
	} else if i := slices.Index(b.used, number); i >= 0 {
		b.used = slices.Delete(b.used, i, i+1)
	}
	b.used = append(b.used, number)
	return data, nil
}

// fetch reads a block over a connection that may break.
func (r *reader) fetch(number int64) ([]byte, error) {
	from := number * blockBytes
	data, have := make([]byte, min(blockBytes, r.size-from)), 0
	var cause error
	for range 1 + breaks {
		body, err := r.get(from+int64(have), from+int64(len(data)))
		if err != nil {
			return nil, err
		}
		n, err := io.ReadFull(body, data[have:])
		have, cause = have+n, errors.Join(err, r.ctx.Err())
		_ = body.Close() // what was read is what counts
		if have == len(data) {
			return data, nil
		}
		if r.ctx.Err() != nil {
			break
		}
	}
	return nil, fault("Open", r.key, cause)
}
