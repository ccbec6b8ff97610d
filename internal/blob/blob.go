package blob

import (
	"context"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
)

// MaxKeyLength is the longest key in bytes, well under what S3 and file
// systems allow.
const MaxKeyLength = 512

const maxSegment = 200

// Info is what is known of an object without reading it.
type Info struct {
	Key        string
	Bytes      int64
	ModifiedAt time.Time
}

// PutOptions of one put.
type PutOptions struct {
	// OnlyIfNew makes the put fail with rumbo.Conflict when the key exists.
	OnlyIfNew bool
}

// Reader reads one object, as a stream or here and there. Never does it return bytes of
// another content that was put under the key meanwhile.
type Reader interface {
	io.ReadSeekCloser
	io.ReaderAt
}

// Bucket is a set of objects by key.
type Bucket interface {
	// Put reads r to its end and keeps it under key, replacing what was there.
	// When r fails, that error is returned as it is and nothing is kept.
	Put(ctx context.Context, key string, r io.Reader, o PutOptions) (Info, error)
	// Open reads an object; a read from its begin to its end goes on with the same
	// content when the key is replaced or deleted meanwhile. NotFound.
	Open(ctx context.Context, key string) (Reader, error)
	// Stat describes an object. NotFound.
	Stat(ctx context.Context, key string) (Info, error)
	// List yields the objects whose key begins with prefix, by key. It yields
	// one error at most, the last thing it yields.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
	// Delete removes an object; removing what is not there is no fault.
	Delete(ctx context.Context, key string) error
}

// Signer is a bucket whose objects others can put without its credentials. A directory is
// none.
type Signer interface {
	// SignPut makes the request by which anybody can put one object of exactly so
	// many bytes, until the time is up, unless the key exists already.
	SignPut(ctx context.Context, key string, bytes int64, life time.Duration) (Signed, error)
}

// Signed is a request to be made as it is, with the object as its body.
type Signed struct {
	Method, URL string
	Header      map[string]string // Host and Content-Length apart
}

// CheckKey says whether key may name an object: nil, or a *rumbo.Error.
func CheckKey(op, key string) error {
	if fault := keyFault(key); fault != "" {
		return rumbo.Fault(rumbo.Invalid, op, fmt.Sprintf("key %.80q %s", key, fault), nil)
	}
	return nil
}

func keyFault(key string) string {
	switch {
	case key == "":
		return "is empty"
	case len(key) > MaxKeyLength:
		return fmt.Sprintf("is longer than %d bytes", MaxKeyLength)
	}
	for segment := range strings.SplitSeq(key, "/") {
		switch {
		case segment == "":
			return "has an empty segment"
		case segment[0] == '.':
			return "has a segment that begins with a dot"
		case len(segment) > maxSegment:
			return fmt.Sprintf("has a segment longer than %d bytes", maxSegment)
		}
		for _, c := range []byte(segment) {
			if !keyByte(c) {
				return fmt.Sprintf("holds the character %q", rune(c))
			}
		}
	}
	return ""
}

func keyByte(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("._-=+@", c) >= 0
}
