package sqlstore

import (
	"context"
	"encoding/json"
	"strings"
	"unicode/utf8"

	"github.com/logistica-inteligente/rumbo"
)

// Most portions of trips bring IDs that nobody has seen, and looking each of them up costs
// as much as storing them. What tells that at a glance is the beginning of the IDs: those that
// are made of natural keys (package etl) begin with their time, so that a month's trips share
// a few dozen beginnings and no other month has them. The table trip_span keeps which
// beginnings, spans, each batch has brought. It is written in the transaction that adds the
// records and read where the records would have been looked up, so that both see the same:
// without a row of another batch, none of its records would have been found.
//
// The batch's own earlier records are not looked for either. It has the same ID twice only where
// a file repeats one, farther apart than package etl remembers, or where a process taken for dead
// goes on; the unique index then refuses the portion, and it is stored anew the careful way.

// spanOf is the beginning of an ID: five characters behind its first hyphen, of a natural key
// nine hours of time.
func spanOf(id string) string {
	id = text(id)
	end := strings.IndexByte(id, '-') + 1
	for range 5 {
		_, size := utf8.DecodeRuneInString(id[end:])
		end += size
	}
	return id[:end]
}

// anySpan stands for all spans: of a batch whose IDs begin in too many ways to list.
const anySpan = ""

// maxSpans is how many spans of a portion are listed.
const maxSpans = 256

// manyIDs is how many IDs a portion must bring for a glance at the spans to pay.
const manyIDs = 100

func spansOf(ids []string) []string {
	seen := map[string]bool{}
	var spans []string
	for _, id := range ids {
		span := spanOf(id)
		if seen[span] {
			continue
		}
		if seen[span] = true; len(seen) > maxSpans {
			return []string{anySpan}
		}
		spans = append(spans, span)
	}
	return spans
}

// addSpans notes the spans of a portion that is being added to a batch and says whether
// no other batch has any of them. O(spans · log stored).
func (w *Writer) addSpans(ctx context.Context, seq int64, ids []string) (alone bool, err error) {
	spans := spansOf(ids)
	list, err := json.Marshal(spans)
	if err != nil {
		return false, err
	}
	own := map[string]bool{}
	err = each(ctx, w.conn, `SELECT DISTINCT span FROM trip_span WHERE batch = $1 AND span `+w.inList(2), []any{seq, string(list)}, func(scan func(...any) error) error {
		var span string
		err := scan(&span)
		own[span] = true
		return err
	})
	if err != nil {
		return false, err
	}
	var rows [][]any
	for _, span := range spans {
		if !own[span] {
			rows = append(rows, []any{span, seq})
		}
	}
	if len(rows) > 0 {
		if err := w.conn.Insert(ctx, "trip_span", []string{"span", "batch"}, rows); err != nil {
			return false, err
		}
	}
	if len(ids) < manyIDs || spans[0] == anySpan {
		return false, nil
	}
	var batch int64
	found, err := one(ctx, w.conn, `SELECT batch FROM trip_span WHERE batch <> $1 AND (span = '' OR span `+w.inList(2)+`) LIMIT 1`, []any{seq, string(list)}, &batch)
	return !found, err
}

// loadUnseen stores a portion of which no other batch has an ID, without looking the IDs up.
// It is refused, and nothing is stored, when the batch has one of them already.
func loadUnseen[K comparable](ctx context.Context, w *Writer, l *loading[K]) (refused bool, err error) {
	if _, err := w.conn.Exec(ctx, `SAVEPOINT portion`); err != nil {
		return false, err
	}
	if err = l.store(ctx, w, make(map[string]*version[K], len(l.ids))); err == nil {
		_, err = w.conn.Exec(ctx, `RELEASE SAVEPOINT portion`)
		return false, err
	}
	if w.dialect.Code(err) != rumbo.Conflict {
		return false, err
	}
	_, err = w.conn.Exec(ctx, `ROLLBACK TO SAVEPOINT portion`)
	return true, err
}
