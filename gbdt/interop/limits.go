package interop

import (
	"errors"
	"fmt"
)

// ErrRefused is wrapped by every error about the content of a file. The text names what was met.
var ErrRefused = errors.New("interop: refused")

// Limits bound what a file may ask for. Zero fields stand for DefaultLimits.
type Limits struct {
	Bytes  int // size of the file, and of what it unpacks to
	Memory int // estimate of the bytes that the values and the model take
	Depth  int // nesting of values and of models
}

// DefaultLimits admit forests of some hundred thousand nodes and stay under 256 MB of memory, rubbish
// included.
func DefaultLimits() Limits { return Limits{Bytes: 32 << 20, Memory: 64 << 20, Depth: 64} }

func (l Limits) orDefault() Limits {
	d := DefaultLimits()
	if l.Bytes > 0 {
		d.Bytes = l.Bytes
	}
	if l.Memory > 0 {
		d.Memory = l.Memory
	}
	if l.Depth > 0 {
		d.Depth = l.Depth
	}
	return d
}

// refusal travels as a panic from where something wrong is met to Read, which returns it. Any other panic
// is a bug and is not caught.
type refusal struct{ err error }

func refuse(format string, args ...any) {
	panic(refusal{fmt.Errorf("%w: "+format, append([]any{ErrRefused}, args...)...)})
}

func require(ok bool, format string, args ...any) {
	if !ok {
		refuse(format, args...)
	}
}

// catch turns a refusal into an error; deferred.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case refusal:
		*err = r.err
	default:
		panic(r)
	}
}

// budget counts down the memory that a file may take.
type budget struct {
	left  int
	depth int
}

func newBudget(l Limits) *budget { return &budget{left: l.Memory, depth: l.Depth} }

// spend takes n bytes, an estimate, before they are allocated.
func (b *budget) spend(n int) {
	require(n >= 0 && n <= b.left, "it needs more memory than the limit")
	b.left -= n
}

// enter goes one level deeper; the result leaves it.
func (b *budget) enter() (leave func()) {
	require(b.depth > 0, "it is nested deeper than the limit")
	b.depth--
	return func() { b.depth++ }
}
