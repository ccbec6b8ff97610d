package sqlstore

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// Reader implements store.Reader on any Conn.
type Reader struct {
	conn    Conn
	dialect *Dialect
	lock    string // ends queries by ID in a write transaction
}

// NewReader reads through c.
func NewReader(c Conn, d *Dialect) *Reader { return &Reader{conn: c, dialect: d} }

// Writer implements store.Reader and store.Writer on a transaction.
type Writer struct {
	*Reader
	amending bool // records go into a batch that is loaded; see Amend
}

// NewWriter reads and writes through a transaction's Conn.
func NewWriter(c Conn, d *Dialect) *Writer {
	return &Writer{Reader: &Reader{conn: c, dialect: d, lock: d.Lock}}
}

var (
	_ store.Reader = (*Reader)(nil)
	_ store.Writer = (*Writer)(nil)
)

// clause collects the conditions of a query and their arguments.
type clause struct {
	where []string
	args  []any
}

// add appends a condition whose %s is its argument's placeholder.
func (c *clause) add(condition string, arg any) {
	c.args = append(c.args, arg)
	c.where = append(c.where, fmt.Sprintf(condition, "$"+strconv.Itoa(len(c.args))))
}

// equal appends column = value unless value is empty.
func (c *clause) equal(column, value string) {
	if value != "" {
		c.add(column+" = %s", value)
	}
}

// String is the WHERE clause, or nothing.
func (c *clause) String() string {
	if len(c.where) == 0 {
		return ""
	}
	return " WHERE " + strings.Join(c.where, " AND ")
}

// page cuts the one row that was read beyond the limit and sets the cursor to
// the last row that stays.
func page[T any](items []T, limit int, cursor func(T) string) store.Page[T] {
	if len(items) <= limit {
		return store.Page[T]{Items: items}
	}
	return store.Page[T]{Items: items[:limit], Next: cursor(items[limit-1])}
}

func badCursor(op, cursor string) error {
	return &rumbo.Error{Code: rumbo.Invalid, Op: op, Fields: []rumbo.FieldError{
		{Pointer: "after", Code: rumbo.BadID, Value: cursor}}}
}

// timeCursor names a place in the order of time and ID.
func timeCursor(at int64, id string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(at, 10) + " " + id))
}

func parseTimeCursor(cursor string) (at int64, id string, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return 0, "", err
	}
	number, id, ok := strings.Cut(string(raw), " ")
	if !ok {
		return 0, "", fmt.Errorf("no ID in cursor")
	}
	at, err = strconv.ParseInt(number, 10, 64)
	return at, id, err
}

// encode is the one JSON form of a document; equal documents have equal forms.
func encode(v any) (string, error) {
	raw, err := json.Marshal(v)
	return string(raw), err
}

func decode(text string, v any) error {
	if err := json.Unmarshal([]byte(text), v); err != nil {
		return rumbo.Fault(rumbo.Corrupt, "store.decode", "a stored document cannot be read", err)
	}
	return nil
}
