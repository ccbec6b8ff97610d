package api

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/logistica-inteligente/rumbo/client"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

func TestKeysAreManaged(t *testing.T) {
	w := newWorld(t)
	const want = `{"name":"warehouse","scopes":["read","ingest"]}`
	r := w.do("POST", "/v1/keys", want, headerIdempotency, "k")
	var made client.NewKey
	if err := json.Unmarshal(r.Body.Bytes(), &made); err != nil || r.Code != 201 || prefixOf(made.Key) != made.Prefix {
		t.Fatalf("%d %s", r.Code, r.Body)
	}
	if r := w.do("GET", "/v1/plans", "", "Authorization", "Bearer "+made.Key); r.Code != 200 {
		t.Errorf("the new key: %d", r.Code)
	}
	again := w.do("POST", "/v1/keys", want, headerIdempotency, "k")
	if again.Code != 201 || strings.Contains(again.Body.String(), made.Key) || !strings.Contains(again.Body.String(), made.Prefix) {
		t.Errorf("repeated: %d %s", again.Code, again.Body)
	}
	list := w.do("GET", "/v1/keys", "").Body.String()
	if strings.Count(list, `"prefix"`) != 2 || strings.Contains(list, hashKey(made.Key)) || strings.Contains(list, made.Key) {
		t.Errorf("list %s", list)
	}
	if strings.Contains(w.log.String(), made.Key) {
		t.Error("the key is in the log")
	}
	if r := w.do("DELETE", "/v1/keys/"+made.Prefix, ""); r.Code != 204 || r.Body.Len() != 0 {
		t.Errorf("delete: %d %s", r.Code, r.Body)
	}
	if r := w.do("GET", "/v1/plans", "", "Authorization", "Bearer "+made.Key); r.Code != 401 {
		t.Errorf("the deleted key: %d", r.Code)
	}
	if r := w.do("DELETE", "/v1/keys/"+made.Prefix, ""); r.Code != 404 {
		t.Errorf("delete again: %d", r.Code)
	}
}

// A process that dies after making a key leaves one, with a secret that nobody
// knows; the repetition makes it anew rather than beside it.
func TestKeyAfterACrash(t *testing.T) {
	w := newWorld(t)
	token := "01FTQ5W1TJ4W2Q8G5ZB6A9Y0EM"
	for range 2 {
		_, k, err := newKey(token, "x", []string{ScopeRead}, noon, strings.NewReader(strings.Repeat("r", 99)))
		if err != nil {
			t.Fatal(err)
		}
		if err := w.store.InTx(t.Context(), func(tx store.Tx) error { return putKey(t.Context(), tx, k) }); err != nil {
			t.Fatal(err)
		}
	}
	if keys, err := w.store.Keys(t.Context()); err != nil || len(keys) != 2 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	_, other, err := newKey(token, "another", []string{ScopeAll}, noon, strings.NewReader(strings.Repeat("r", 99)))
	if err != nil {
		t.Fatal(err)
	}
	if err := w.store.InTx(t.Context(), func(tx store.Tx) error { return putKey(t.Context(), tx, other) }); err == nil {
		t.Error("a key took the place of another one")
	}
}

func TestKeysCannotGiveWhatTheyLack(t *testing.T) {
	w := newWorld(t)
	keeper := "Bearer " + w.addKey("keeper", ScopeKeys, ScopeRead)
	for body, want := range map[string]int{
		`{"name":"a","scopes":["read"]}`: 201, `{"name":"a","scopes":["keys"]}`: 201, `{"name":"a","scopes":["plan"]}`: 403, `{"name":"a","scopes":["all"]}`: 403,
		`{"name":"","scopes":[]}`: 422, `{"name":" ","scopes":["read","read"]}`: 422, `{"name":"a","scopes":["raed"]}`: 422, `{}`: 422,
	} {
		if r := w.do("POST", "/v1/keys", body, "Authorization", keeper); r.Code != want {
			t.Errorf("%s: %d %s", body, r.Code, r.Body)
		}
	}
	reader := "Bearer " + w.addKey("reader", ScopeRead)
	for _, c := range [][2]string{{"GET", "/v1/keys"}, {"POST", "/v1/keys"}, {"DELETE", "/v1/keys/x"}} {
		if r := w.do(c[0], c[1], "", "Authorization", reader); r.Code != 403 {
			t.Errorf("%s %s: %d", c[0], c[1], r.Code)
		}
	}
}
