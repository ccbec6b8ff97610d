package backup

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob"
)

// counted hashes and counts what passes.
type counted struct {
	sum hash.Hash
	n   int64
}

func newCounted() *counted { return &counted{sum: sha256.New()} }

func (c *counted) Write(p []byte) (int, error) {
	c.n += int64(len(p))
	return c.sum.Write(p)
}

func (c *counted) String() string { return hex.EncodeToString(c.sum.Sum(nil)) }

// put writes a part under a key to which a text that nobody else has, and the endings of its form,
// are added. So a process that was taken for dead and goes on writes beside what others have
// summed since, never over it; what no manifest names, Prune removes. Memory is that of a
// stream, whatever the size.
func (p *Place) put(ctx context.Context, name, key string, keys []age.Recipient, write func(w io.Writer) error) (Part, error) {
	key += "." + rand.Text() + ".zst"
	if len(keys) > 0 {
		key += ".age"
	}
	content, stored := newCounted(), newCounted()
	from, to := io.Pipe()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		to.CloseWithError(sealed(to, content, keys, write)) // nil is the end
	}()
	_, err := p.Bucket.Put(ctx, key, io.TeeReader(from, stored), blob.PutOptions{})
	from.CloseWithError(errAbandoned) // a writer that goes on after a put that failed
	<-ended
	if err != nil {
		return Part{}, err
	}
	return Part{Name: name, Key: key, Bytes: stored.n, SHA256: stored.String(), ContentBytes: content.n, ContentSHA256: content.String()}, nil
}

var errAbandoned = errors.New("the part could not be put")

// sealed compresses, then encrypts, what write writes.
func sealed(to io.Writer, content *counted, keys []age.Recipient, write func(w io.Writer) error) (err error) {
	closers := []io.Closer{}
	if len(keys) > 0 {
		encrypted, err := age.Encrypt(to, keys...)
		if err != nil {
			return rumbo.Fault(rumbo.Internal, "backup.Encrypt", "", err)
		}
		to, closers = encrypted, append(closers, encrypted)
	}
	packed, err := zstd.NewWriter(to, zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
	if err != nil {
		return err
	}
	if err := write(io.MultiWriter(packed, content)); err != nil {
		packed.Reset(nil)
		return err
	}
	if err := packed.Close(); err != nil {
		return err
	}
	for _, c := range closers {
		if err := c.Close(); err != nil {
			return err
		}
	}
	return nil
}

// opened reads a part's content; its end is an error when anything differs from what the
// manifest says.
type opened struct {
	part    Part
	source  blob.Reader
	raw     io.Reader // counts into stored
	stored  *counted
	content *counted
	unpack  *zstd.Decoder
	failed  error // of the bucket, which is no damage
}

// open begins to read a part. Errors: Invalid when no identity opens it, Corrupt, NotFound.
func (p *Place) open(ctx context.Context, part Part) (*opened, error) {
	source, err := p.Bucket.Open(ctx, part.Key)
	if err != nil {
		return nil, err
	}
	o := &opened{part: part, source: source, stored: newCounted(), content: newCounted()}
	o.raw = io.TeeReader(sourceOf{o}, o.stored)
	plain := o.raw
	if encrypted(part) {
		if plain, err = age.Decrypt(o.raw, p.identities()...); err != nil {
			err = o.cannotOpen(err)
			source.Close()
			return nil, err
		}
	}
	if o.unpack, err = zstd.NewReader(plain, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(8<<20), zstd.WithDecoderLowmem(true)); err != nil {
		source.Close()
		return nil, o.damaged(err)
	}
	return o, nil
}

func encrypted(part Part) bool { return strings.HasSuffix(part.Key, ".age") }

// identities are never none, which age takes for a mistake of the program.
func (p *Place) identities() []age.Identity {
	if len(p.Identities) == 0 {
		return []age.Identity{nobody{}}
	}
	return p.Identities
}

// nobody opens nothing.
type nobody struct{}

func (nobody) Unwrap([]*age.Stanza) ([]byte, error) { return nil, age.ErrIncorrectIdentity }

// sourceOf remembers the bucket's own errors.
type sourceOf struct{ o *opened }

func (s sourceOf) Read(p []byte) (int, error) {
	n, err := s.o.source.Read(p)
	if err != nil && err != io.EOF {
		s.o.failed = err
	}
	return n, err
}

// errNoKey says that no identity opens a part.
var errNoKey = errors.New("none of the identities given opens it")

func (o *opened) cannotOpen(err error) error {
	var none *age.NoIdentityMatchError
	if errors.As(err, &none) {
		if _, err := io.Copy(io.Discard, o.raw); err != nil || o.stored.String() != o.part.SHA256 { // a damaged header looks like a wrong key
			return o.damaged(errors.Join(err, none))
		}
		return &rumbo.Error{Code: rumbo.Invalid, Op: "backup.Open", Detail: "the backup is encrypted", Err: errNoKey,
			Hint: "give --identity FILE with the secret key of one of its recipients, which rumbo backup list --json names"}
	}
	return o.damaged(err)
}

// damaged is an error of reading as what it is: the bucket's, or damage.
func (o *opened) damaged(err error) error {
	var coded *rumbo.Error
	switch {
	case o.failed != nil:
		return o.failed
	case errors.As(err, &coded):
		return err
	}
	return &rumbo.Error{Code: rumbo.Corrupt, Op: "backup.Read", Detail: o.part.Key + " is damaged", Err: err,
		Hint: "rumbo backup verify names every damaged part; an earlier backup may be whole (--id)"}
}

// Read implements io.Reader.
func (o *opened) Read(p []byte) (int, error) {
	n, err := o.unpack.Read(p)
	o.content.Write(p[:n])
	if err == nil {
		return n, nil
	}
	if err != io.EOF {
		return n, o.damaged(err)
	}
	if _, err := io.Copy(io.Discard, o.raw); err != nil { // what lies behind the end
		return n, o.damaged(err)
	}
	if o.stored.n != o.part.Bytes || o.stored.String() != o.part.SHA256 || o.content.n != o.part.ContentBytes || o.content.String() != o.part.ContentSHA256 {
		return n, o.damaged(fmt.Errorf("it is not what the backup wrote: %d bytes with %d of content, not %d with %d, or others", o.stored.n, o.content.n, o.part.Bytes, o.part.ContentBytes))
	}
	return n, io.EOF
}

// Close implements io.Closer.
func (o *opened) Close() error {
	o.unpack.Close()
	return o.source.Close()
}

// unpacked reads a compressed stream to its end.
func unpacked(r io.Reader) (*counted, error) {
	d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	defer d.Close()
	content := newCounted()
	_, err = io.Copy(content, d)
	return content, err
}
