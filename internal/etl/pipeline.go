package etl

import (
	"io"
	"runtime"
	"sync"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// A chunk goes through the pipeline whole. The bounds keep what is under way small:
// with W workers at most 2W+2 chunks.
const (
	chunkRows  = 512
	chunkBytes = 256 << 10
)

// chunk is a run of rows on its way: cut by the source, read by a worker, put in
// order by whoever asked.
type chunk struct {
	first int64 // number of its first row
	lines []line
	text  []byte // of the lines, one after the other, while the source cuts
	rows  []strictjson.Row
	raws  []int // where the text of each row of JSON ends

	results []Result
	unknown []int64 // values in each unknown column
	done    chan struct{}
}

// line is one record of a table: where its text and fields lie in the chunk's.
type line struct {
	fault  string
	raw    span
	fields []span
}

type span struct{ from, to int }

func (c *chunk) full() bool {
	return len(c.lines)+len(c.rows) >= chunkRows || len(c.text) >= chunkBytes
}

func (c *chunk) empty() bool { return len(c.lines)+len(c.rows) == 0 }

func (c *chunk) keep(b []byte) span {
	from := len(c.text)
	c.text = append(c.text, b...)
	return span{from, len(c.text)}
}

// addRecord copies a record, whose bytes the reader will overwrite.
func (c *chunk) addRecord(rec tabular.Record, spans []span) []span {
	l := line{fault: rec.Fault, raw: c.keep(rec.Raw)}
	start := len(spans)
	for _, f := range rec.Fields {
		spans = append(spans, c.keep(f))
	}
	l.fields = spans[start:len(spans):len(spans)]
	c.lines = append(c.lines, l)
	return spans
}

func (c *chunk) addRow(row strictjson.Row) {
	c.keep(row.Raw)
	c.raws = append(c.raws, len(c.text))
	c.rows = append(c.rows, row)
}

// source cuts a payload into chunks and hands them on until the payload ends or
// emit wants no more.
type source func(emit func(*chunk) bool) error

// recordSource cuts a table.
func recordSource(records tabular.Records) source {
	return func(emit func(*chunk) bool) error {
		next := int64(1)
		text, fields := 0, 0 // of the chunk before: the next one needs as much room
		for {
			c := &chunk{first: next, text: make([]byte, 0, text), lines: make([]line, 0, chunkRows)}
			spans := make([]span, 0, fields)
			var err error
			for !c.full() && err == nil {
				var rec tabular.Record
				if rec, err = records.Next(); err == nil {
					spans = c.addRecord(rec, spans)
				}
			}
			next += int64(len(c.lines))
			text, fields = len(c.text)*9/8, max(fields, len(spans))
			if !c.empty() && !emit(c) {
				return nil
			}
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return payloadFault(err)
			}
		}
	}
}

// rowSource cuts a JSON payload.
func rowSource(r io.Reader, o strictjson.RowsOptions) source {
	return func(emit func(*chunk) bool) error {
		c := &chunk{first: 1}
		for row, err := range strictjson.Rows(r, o) {
			if err != nil {
				if !c.empty() && !emit(c) {
					return nil
				}
				return err
			}
			c.addRow(row)
			if c.full() {
				if !emit(c) {
					return nil
				}
				c = &chunk{first: row.Index + 2}
			}
		}
		if !c.empty() {
			emit(c)
		}
		return nil
	}
}

// pipeline runs the source in a goroutine of its own, reads the chunks with
// workers and gives out their results in the order of the payload. A reader that
// is slow stops the workers, and they stop the source. It returns when nothing
// runs any more.
func pipeline(cut source, workers []func(*chunk), give func(*chunk) bool) error {
	inOrder := make(chan *chunk, len(workers)+1)
	work := make(chan *chunk, len(workers))
	stop := make(chan struct{})
	failed := make(chan error, 1)
	var running sync.WaitGroup
	for _, read := range workers {
		running.Go(func() {
			for c := range work {
				read(c)
				close(c.done)
			}
		})
	}
	running.Go(func() {
		defer close(inOrder)
		defer close(work)
		failed <- cut(func(c *chunk) bool {
			c.done = make(chan struct{})
			select {
			case inOrder <- c:
			case <-stop:
				return false
			}
			work <- c // a worker takes it: they never wait for the reader
			return true
		})
	})
	wanted := true
	for c := range inOrder {
		if !wanted {
			continue
		}
		<-c.done
		if wanted = give(c); !wanted {
			close(stop)
		}
	}
	running.Wait()
	if !wanted {
		return nil
	}
	return <-failed
}

// workerCount is how many goroutines read rows: as many as run at once, unless
// the caller says otherwise.
func workerCount(asked int) int {
	if asked > 0 {
		return asked
	}
	return runtime.GOMAXPROCS(0)
}

// inOrder gives out the results of a chunk after asking for duplicates, the one
// rule that depends on the rows before.
func (c *cleaner) inOrder(chunk *chunk, emit func(Result) bool) bool {
	for i, n := range chunk.unknown {
		c.unknown[c.strangers[i].name] += n
	}
	for _, res := range chunk.results {
		if res.Trip != nil && !c.seen.add(res.Trip.ID) {
			res = res.Reject(RuleDuplicate, "the same drive as an earlier row of this batch, id "+res.Trip.ID)
		}
		if res.Event != nil && !c.seen.add(res.Event.ID) {
			res = res.Reject(RuleDuplicate, "the same event as an earlier row of this batch, id "+res.Event.ID)
		}
		if !emit(res) {
			return false
		}
	}
	return true
}

// fork is a cleaner for a worker: it shares what does not change.
func (c *cleaner) fork() *cleaner {
	out := &cleaner{batch: c.batch, zones: c.zones, month: c.month, strangers: c.strangers}
	if c.location != nil {
		out.location = &localZone{Location: c.location.Location}
	}
	return out
}

// stranger is a column that the schema does not have.
type stranger struct {
	name string
	at   int
}

// Reject is the result with its record kept out by a rule of the caller's.
func (r Result) Reject(rule, reason string) Result {
	return Result{Row: r.Row, Rejected: &rumbo.Quarantine{BatchID: r.batch, Row: r.Row, Raw: kept(r.raw), Rule: rule, Reason: reason}}
}
