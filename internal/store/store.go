package store

import (
	"context"

	"github.com/logistica-inteligente/rumbo/internal/task"
)

// Store is the database of one installation.
type Store interface {
	Reader
	// InTx runs do in one transaction and commits it when do returns nil. do
	// may run more than once (a database that resolves conflicts by repeating
	// runs it again), so it changes nothing outside tx. After an error of tx
	// other than NotFound do returns it: PostgreSQL takes nothing more. Keep it
	// under 200 ms: on SQLite all writers wait for each other.
	InTx(ctx context.Context, do func(tx Tx) error) error
	// BulkRows is the number of records that one loading transaction should
	// hold: fewer cost speed, more keep others waiting.
	BulkRows() int
	// BulkLoaders is how many such transactions of one batch may run side by side
	// with gain; their IDs must differ.
	BulkLoaders() int
	// Ping checks that the database answers, in one small read.
	Ping(ctx context.Context) error
	// Close waits for running reads and releases everything.
	Close() error
}

// Tx is a transaction. A batch, plan, run or delivery read by ID inside it
// cannot be changed by others until it ends, so "read, decide, write" is safe.
// Finish an iteration before the next call on the same Tx.
type Tx interface {
	Reader
	Writer
	// Enqueue adds a task that exists if and only if the transaction commits.
	Enqueue(ctx context.Context, spec task.Spec) error
}

// Reader is all that can be asked. Each call sees one snapshot of committed
// data; on a Tx, the transaction's own writes too.
type Reader interface {
	BatchReader
	RecordReader
	PlanReader
	RunReader
	DeliveryReader
	KeyReader
	SettingReader
	ScheduleReader
	RetentionReader
}

// Writer is all that can be changed, inside a transaction.
type Writer interface {
	BatchWriter
	PlanWriter
	RunWriter
	DeliveryWriter
	KeyWriter
	ScheduleWriter
	ReplyWriter
	QuarantineWriter
	SettingWriter
	RetentionWriter
}

// Page is a part of a list. Next continues it; it is empty at the end.
type Page[T any] struct {
	Items []T
	Next  string
}

// MaxLimit is the longest page; a longer or no limit (0) means this one.
const MaxLimit = 1000

// Limit brings the limit asked for into 1..MaxLimit.
func Limit(asked int) int {
	if asked <= 0 || asked > MaxLimit {
		return MaxLimit
	}
	return asked
}
