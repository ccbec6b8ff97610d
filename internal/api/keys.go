package api

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

func (s *server) keyEndpoints() []*endpoint {
	d, tag := s.document, "keys"
	remove := operation("DELETE", "/v1/keys/{prefix}", "delete-key", tag, "Delete a key").needs(ScopeKeys).
		about("Requests with the key are refused from now on. A key may delete itself.").
		takes(pathParam("prefix", "The key's beginning, as lists show it")).fails(http.StatusNotFound).by(s.deleteKey)
	remove.Responses["204"] = &huma.Response{Description: "It is gone"}
	return []*endpoint{
		operation("POST", "/v1/keys", "create-key", tag, "Create a key").needs(ScopeKeys).
			about("Answers the key itself, the only time it can be seen: only its checksum is kept, and a repetition by `Idempotency-Key` is answered without it. A key cannot give scopes that it lacks. "+
				"To replace a key, create its successor, let your systems change over, then delete it.").
			body(d, client.KeyRequest{Name: "warehouse", Scopes: []string{ScopeRead, ScopeIngest}}).
			answers(d, http.StatusCreated, "The key, this once", client.NewKey{Key: "rumbo_9a6y0emx_…", KeyInfo: exampleKey()}).
			by(s.createKey),
		operation("GET", "/v1/keys", "list-keys", tag, "List keys, oldest first").needs(ScopeKeys).
			answers(d, http.StatusOK, "All keys, without their secrets", client.Page[client.KeyInfo]{Items: []client.KeyInfo{exampleKey()}}).
			by(s.listKeys),
		remove,
	}
}

func (s *server) createKey(ctx context.Context, r *request) (*answer, error) {
	body, err := decode(r, checkKey)
	if err != nil {
		return nil, err
	}
	for _, scope := range body.Scopes {
		if err := authorize(r.key, scope); err != nil {
			return nil, err
		}
	}
	text, k, err := newKey(r.token, body.Name, body.Scopes, s.Clock().UTC(), s.Random)
	if err != nil {
		return nil, err
	}
	if err := s.Store.InTx(ctx, func(tx store.Tx) error { return putKey(ctx, tx, k) }); err != nil {
		return nil, err
	}
	note(ctx, "created", k.Prefix)
	a, err := jsonAnswer(http.StatusCreated, client.NewKey{Key: text, KeyInfo: keyInfo(k)})
	if err != nil {
		return nil, err
	}
	// What is kept for a repetition must not hold the key.
	a.keep, err = encode(client.NewKey{KeyInfo: keyInfo(k)})
	return a, err
}

// putKey adds the key. One of its name is there already when an earlier try of
// this very request died before its answer: nobody ever saw that one's secret.
func putKey(ctx context.Context, tx store.Tx, k store.Key) error {
	old, err := tx.Key(ctx, k.Prefix)
	if err == nil && old.Name == k.Name && slices.Equal(old.Scopes, k.Scopes) {
		if err := tx.DeleteKey(ctx, k.Prefix); err != nil {
			return err
		}
	}
	return tx.AddKey(ctx, k)
}

func checkKey(q client.KeyRequest) (out []rumbo.FieldError) {
	switch {
	case strings.TrimSpace(q.Name) == "":
		out = append(out, rumbo.FieldError{Pointer: "/name", Code: rumbo.MissingField})
	case len(q.Name) > rumbo.MaxIDLength:
		out = append(out, rumbo.FieldError{Pointer: "/name", Code: rumbo.TooLong, Value: len(q.Name), Limit: rumbo.MaxIDLength})
	}
	if len(q.Scopes) == 0 {
		out = append(out, rumbo.FieldError{Pointer: "/scopes", Code: rumbo.EmptyPayload, Limit: strings.Join(Scopes(), ", ")})
	}
	seen := map[string]bool{}
	for i, scope := range q.Scopes {
		at := "/scopes/" + decimal(float64(i))
		switch {
		case !slices.Contains(Scopes(), scope):
			out = append(out, rumbo.FieldError{Pointer: at, Code: rumbo.NotOneOf, Value: scope,
				Limit: strings.Join(Scopes(), ", "), Suggestion: strictjson.Nearest(scope, Scopes())})
		case seen[scope]:
			out = append(out, rumbo.FieldError{Pointer: at, Code: rumbo.DuplicateID, Value: scope})
		}
		seen[scope] = true
	}
	return out
}

func (s *server) listKeys(ctx context.Context, _ *request) (*answer, error) {
	keys, err := s.Store.Keys(ctx)
	if err != nil {
		return nil, err
	}
	items := make([]client.KeyInfo, len(keys))
	for i, k := range keys {
		items[i] = keyInfo(k)
	}
	return jsonAnswer(http.StatusOK, client.Page[client.KeyInfo]{Items: items})
}

func (s *server) deleteKey(ctx context.Context, r *request) (*answer, error) {
	err := s.Store.InTx(ctx, func(tx store.Tx) error { return tx.DeleteKey(ctx, r.params["prefix"]) })
	if err != nil {
		return nil, err
	}
	note(ctx, "deleted", r.params["prefix"])
	return &answer{status: http.StatusNoContent, header: http.Header{}}, nil
}

// keyInfo is what may be shown of a key: never its checksum.
func keyInfo(k store.Key) client.KeyInfo {
	scopes := k.Scopes
	if scopes == nil {
		scopes = []string{}
	}
	return client.KeyInfo{Prefix: k.Prefix, Name: k.Name, Scopes: scopes, CreatedAt: k.CreatedAt}
}
