package api

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Scopes of API keys: what a key may do.
const (
	ScopeRead   = "read"   // every GET under /v1
	ScopeIngest = "ingest" // POST /v1/ingestions and /v1/events
	ScopePlan   = "plan"   // plans, predictions, test webhooks
	ScopeLearn  = "learn"  // training, rollback of models
	ScopeKeys   = "keys"   // create, list and delete keys
	ScopeAll    = "all"    // everything above
)

// Scopes lists what NewKey accepts.
func Scopes() []string {
	return []string{ScopeRead, ScopeIngest, ScopePlan, ScopeLearn, ScopeKeys, ScopeAll}
}

const keyBegin = "rumbo_"

// NewKey draws an API key: "rumbo_" + 8 characters that name it + "_" + 256
// random bits. The text is shown once; what is stored cannot be turned back
// into it.
func NewKey(name string, scopes []string, now time.Time, random io.Reader) (text string, k store.Key, err error) {
	for _, s := range scopes {
		if !slices.Contains(Scopes(), s) {
			return "", store.Key{}, rumbo.InvalidFields("api.NewKey", []rumbo.FieldError{{
				Pointer: "scopes", Code: rumbo.NotOneOf, Value: s, Limit: strings.Join(Scopes(), ", ")}})
		}
	}
	token, err := newToken(now, random)
	if err != nil {
		return "", store.Key{}, rumbo.Fault(rumbo.Internal, "api.NewKey", "no random bytes", err)
	}
	return newKey(token, name, scopes, now, random)
}

// newKey names the key by the end of a token.
func newKey(token, name string, scopes []string, now time.Time, random io.Reader) (text string, k store.Key, err error) {
	var secret [32]byte
	if _, err := io.ReadFull(random, secret[:]); err != nil {
		return "", store.Key{}, rumbo.Fault(rumbo.Internal, "api.NewKey", "no random bytes", err)
	}
	prefix := keyBegin + strings.ToLower(token[len(token)-8:])
	text = prefix + "_" + base64.RawURLEncoding.EncodeToString(secret[:])
	return text, store.Key{Prefix: prefix, SHA256: hashKey(text), Name: name, Scopes: scopes, CreatedAt: now}, nil
}

func hashKey(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// prefixOf is the part of a key that names it, or "" for a text that is no key.
func prefixOf(text string) string {
	rest, ok := strings.CutPrefix(text, keyBegin)
	if name, _, found := strings.Cut(rest, "_"); ok && found && len(name) == 8 {
		return keyBegin + name
	}
	return ""
}

// authenticate finds the key of a request. The comparison takes the same time
// for a wrong secret as for a right one; that a prefix exists is no secret.
func authenticate(ctx context.Context, keys store.KeyReader, r *http.Request) (store.Key, error) {
	const op = "api.authenticate"
	header := r.Header.Values("Authorization")
	if len(header) != 1 {
		return store.Key{}, rumbo.Fault(rumbo.Unauthorized, op, "", nil)
	}
	scheme, text, _ := strings.Cut(header[0], " ")
	prefix := prefixOf(text)
	if !strings.EqualFold(scheme, "Bearer") || prefix == "" {
		return store.Key{}, rumbo.Fault(rumbo.Unauthorized, op, "", nil)
	}
	k, err := keys.Key(ctx, prefix)
	if rumbo.CodeOf(err) == rumbo.NotFound {
		return store.Key{}, rumbo.Fault(rumbo.Unauthorized, op, "", nil)
	}
	if err != nil {
		return store.Key{}, err
	}
	if subtle.ConstantTimeCompare([]byte(hashKey(text)), []byte(k.SHA256)) != 1 {
		return store.Key{}, rumbo.Fault(rumbo.Unauthorized, op, "", nil)
	}
	return k, nil
}

// authorize checks the scope that an endpoint needs.
func authorize(k store.Key, scope string) error {
	if slices.Contains(k.Scopes, scope) || slices.Contains(k.Scopes, ScopeAll) {
		return nil
	}
	return rumbo.Fault(rumbo.Forbidden, "api.authorize", "The key "+k.Prefix+" lacks the scope "+scope+".", nil)
}
