package sqlstore

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/logistica-inteligente/rumbo/internal/store"
)

const keyColumns = `prefix, sha256, name, scopes, at`

func scanKey(scan func(...any) error, k *store.Key) error {
	var scopes string
	var at int64
	if err := scan(&k.Prefix, &k.SHA256, &k.Name, &scopes, &at); err != nil {
		return err
	}
	k.CreatedAt = fromMicros(at, 0)
	return decode(scopes, &k.Scopes)
}

// Key implements store.KeyReader.
func (r *Reader) Key(ctx context.Context, prefix string) (store.Key, error) {
	const op = "store.Key"
	var k store.Key
	found := false
	err := each(ctx, r.conn, `SELECT `+keyColumns+` FROM api_key WHERE prefix = $1`, []any{prefix}, func(scan func(...any) error) error {
		found = true
		return scanKey(scan, &k)
	})
	if err != nil {
		return k, r.dialect.fail(op, err)
	}
	if !found {
		return k, notFound(op, "API key", prefix)
	}
	return k, nil
}

// Keys implements store.KeyReader.
func (r *Reader) Keys(ctx context.Context) ([]store.Key, error) {
	var keys []store.Key
	err := each(ctx, r.conn, `SELECT `+keyColumns+` FROM api_key ORDER BY at, prefix`, nil, func(scan func(...any) error) error {
		var k store.Key
		err := scanKey(scan, &k)
		keys = append(keys, k)
		return err
	})
	return keys, r.dialect.fail("store.Keys", err)
}

// AddKey implements store.KeyWriter.
func (w *Writer) AddKey(ctx context.Context, k store.Key) error {
	const op = "store.AddKey"
	scopes, err := encode(k.Scopes)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	_, err = w.conn.Exec(ctx, `INSERT INTO api_key (`+keyColumns+`) VALUES ($1, $2, $3, $4, $5)`,
		k.Prefix, k.SHA256, text(k.Name), scopes, k.CreatedAt.UnixMicro())
	return w.dialect.fail(op, err)
}

// DeleteKey implements store.KeyWriter.
func (w *Writer) DeleteKey(ctx context.Context, prefix string) error {
	return w.change(ctx, "store.DeleteKey", "API key", prefix, `DELETE FROM api_key WHERE prefix = $1`, prefix)
}

// ClaimReply implements store.ReplyWriter.
func (w *Writer) ClaimReply(ctx context.Context, r store.Reply, staleBefore time.Time) (found store.Reply, free bool, err error) {
	const op = "store.ClaimReply"
	// Where writers run side by side the insertion waits for a concurrent claim
	// of the same key to commit or to roll back.
	n, err := w.conn.Exec(ctx, `INSERT INTO reply (key, hash, status, header, body, at) VALUES ($1, $2, 0, '{}', $3, $4)
		ON CONFLICT (key) DO UPDATE SET hash = excluded.hash, at = excluded.at WHERE reply.status = 0 AND reply.at < $5`,
		r.Key, r.RequestHash, []byte{}, r.CreatedAt.UnixMicro(), staleBefore.UnixMicro())
	if err != nil {
		return found, false, w.dialect.fail(op, err)
	}
	if n > 0 {
		return store.Reply{}, true, nil
	}
	var header string
	var at int64
	known, err := one(ctx, w.conn, `SELECT key, hash, status, header, body, at FROM reply WHERE key = $1`, []any{r.Key},
		&found.Key, &found.RequestHash, &found.Status, &header, &found.Body, &at)
	if err == nil && !known {
		err = conflict(op, "the claim was taken away meanwhile")
	}
	if err != nil {
		return found, false, w.dialect.fail(op, err)
	}
	found.CreatedAt = fromMicros(at, 0)
	return found, false, decode(header, &found.Header)
}

// RenewReply implements store.ReplyWriter.
func (w *Writer) RenewReply(ctx context.Context, key string, at time.Time) error {
	_, err := w.conn.Exec(ctx, `UPDATE reply SET at = $1 WHERE key = $2 AND status = 0`, at.UnixMicro(), key)
	return w.dialect.fail("store.RenewReply", err)
}

// SaveReply implements store.ReplyWriter.
func (w *Writer) SaveReply(ctx context.Context, r store.Reply) error {
	const op = "store.SaveReply"
	header := r.Header
	if header == nil {
		header = http.Header{}
	}
	encoded, err := encode(header)
	if err != nil {
		return w.dialect.fail(op, err)
	}
	body := r.Body
	if body == nil {
		body = []byte{}
	}
	return w.change(ctx, op, "claim", r.Key, `UPDATE reply SET status = $1, header = $2, body = $3 WHERE key = $4`,
		r.Status, encoded, body, r.Key)
}

// ReleaseReply implements store.ReplyWriter.
func (w *Writer) ReleaseReply(ctx context.Context, key string) error {
	_, err := w.conn.Exec(ctx, `DELETE FROM reply WHERE key = $1 AND status = 0`, key)
	return w.dialect.fail("store.ReleaseReply", err)
}

// DeleteReplies implements store.ReplyWriter.
func (w *Writer) DeleteReplies(ctx context.Context, before time.Time, limit int) (removed int, err error) {
	n, err := w.conn.Exec(ctx, `DELETE FROM reply WHERE key IN (SELECT key FROM reply WHERE at < $1 ORDER BY at LIMIT `+
		strconv.Itoa(limit)+`)`, before.UnixMicro())
	return int(n), w.dialect.fail("store.DeleteReplies", err)
}
