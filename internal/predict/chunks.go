package predict

import (
	"bytes"
	"context"
	"io"
	"runtime"
	"sync"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// Bounds of a chunk: enough lines that the trees stay in the cache, few enough bytes that a
// file of long lines does not fill the memory.
const (
	chunkLines = 1024
	chunkBytes = 1 << 20
)

// chunk is some lines on their way from the file to their answers. Chunks are used again.
type chunk struct {
	text  []byte // of all lines
	lines []line
	err   error
	done  chan struct{}

	facts     []feature.Facts // of the good lines
	estimates []model.Estimate
	out       bytes.Buffer
}

// line is one line of a chunk.
type line struct {
	number   int64 // in the file, from 1
	from, to int   // in text
	end      int64 // bytes of the file up to it
	faults   []rumbo.FieldError
}

func (c *chunk) reset() {
	c.text, c.lines, c.facts, c.err = c.text[:0], c.lines[:0], c.facts[:0], nil
	c.out.Reset()
}

func (c *chunk) add(row strictjson.Row) {
	from := len(c.text)
	c.text = append(c.text, row.Raw...)
	c.lines = append(c.lines, line{number: int64(row.Line) + 1, from: from, to: len(c.text), end: row.Offset + int64(len(row.Raw))})
}

func (c *chunk) full() bool { return len(c.lines) >= chunkLines || len(c.text) >= chunkBytes }

// inOrder cuts a file into chunks, has work done on several of them side by side, and
// hands them to take one by one, in the order of the file. There is a fixed number of chunks:
// when taking is the slowest, the others wait. The first error ends it all.
func inOrder(ctx context.Context, r io.Reader, work func(ctx context.Context, c *chunk) error, take func(c *chunk) error) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	workers := runtime.GOMAXPROCS(0)
	free, todo, order := make(chan *chunk, 2*workers), make(chan *chunk), make(chan *chunk, 2*workers)
	for range cap(free) {
		free <- &chunk{done: make(chan struct{}, 1)}
	}
	var beside sync.WaitGroup
	beside.Go(func() {
		defer close(order)
		defer close(todo)
		if err := cut(ctx, r, free, todo, order); err != nil {
			stop(err)
		}
	})
	for range workers {
		beside.Go(func() {
			for c := range todo {
				if c.err = ctx.Err(); c.err == nil {
					c.err = work(ctx, c)
				}
				c.done <- struct{}{}
			}
		})
	}
	for c := range order {
		<-c.done
		if c.err == nil && ctx.Err() == nil {
			c.err = take(c)
		}
		if c.err != nil {
			stop(c.err) // the first one counts
		}
		c.reset()
		free <- c
	}
	beside.Wait()
	return context.Cause(ctx)
}

// cut reads the lines of a file into chunks, as long as there are free ones.
func cut(ctx context.Context, r io.Reader, free <-chan *chunk, todo, order chan<- *chunk) error {
	var c *chunk
	hand := func() {
		order <- c // has room for all chunks
		todo <- c
		c = nil
	}
	for row, err := range strictjson.Rows(r, strictjson.RowsOptions{Lines: true}) {
		if err != nil {
			return err
		}
		if c == nil {
			select {
			case c = <-free:
			case <-ctx.Done():
				return nil
			}
		}
		if c.add(row); c.full() {
			hand()
		}
	}
	if c != nil {
		hand()
	}
	return nil
}
