package store

import (
	"context"
	"net/http"
	"time"
)

// Key is an API key as it is kept: the secret itself is not.
type Key struct {
	Prefix    string // shown to people, unique
	SHA256    string // hexadecimal checksum of the whole key
	Name      string
	Scopes    []string
	CreatedAt time.Time
}

// KeyReader reads API keys.
type KeyReader interface {
	// Key reads one key by its prefix. NotFound.
	Key(ctx context.Context, prefix string) (Key, error)
	// Keys reads all keys, oldest first.
	Keys(ctx context.Context) ([]Key, error)
}

// KeyWriter writes API keys.
type KeyWriter interface {
	// AddKey adds a key. Conflict when the prefix exists.
	AddKey(ctx context.Context, k Key) error
	// DeleteKey removes a key. NotFound.
	DeleteKey(ctx context.Context, prefix string) error
}

// Reply is the answer that was given to a request with an Idempotency-Key.
type Reply struct {
	// Key is the client's key, made unique by whoever calls (API key, method
	// and path belong in it).
	Key string
	// RequestHash tells a repeat from another request under the same key.
	RequestHash string
	// Status is the HTTP status, 0 while the first request is still worked on.
	Status    int
	Header    http.Header
	Body      []byte
	CreatedAt time.Time // of the claim
}

// Pending says whether the first request has not been answered yet.
func (r Reply) Pending() bool { return r.Status == 0 }

// ReplyWriter makes repeats of a request harmless. The safest use is one
// transaction for claim, effect and reply: then a concurrent duplicate waits
// for the first and finds its reply, and a crash leaves no claim behind.
type ReplyWriter interface {
	// ClaimReply takes the key for a request that begins at r.CreatedAt, with
	// r.RequestHash, and says whether it was free; when it was not, it returns
	// the reply that is there, perhaps pending. A pending claim from before
	// staleBefore belongs to a process that died and is taken over. Of any
	// number of concurrent callers exactly one is told that the key was free.
	ClaimReply(ctx context.Context, r Reply, staleBefore time.Time) (found Reply, free bool, err error)
	// RenewReply dates a pending claim anew: whoever holds it lives. Nothing
	// happens when there is none or when it was answered.
	RenewReply(ctx context.Context, key string, at time.Time) error
	// SaveReply stores the answer of the request that claimed the key. NotFound
	// when nobody did.
	SaveReply(ctx context.Context, r Reply) error
	// ReleaseReply gives a claim back, so that the request can be sent again;
	// nothing happens when there is none or when it was answered.
	ReleaseReply(ctx context.Context, key string) error
	// DeleteReplies removes up to limit replies and claims from before a time
	// and says how many it removed.
	DeleteReplies(ctx context.Context, before time.Time, limit int) (removed int, err error)
}
