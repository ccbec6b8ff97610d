package flow

import (
	"bytes"
	"encoding/json"
	"io"
	"iter"

	rumbo "github.com/logistica-inteligente/rumbo"
)

// tripLines reads trips as NDJSON while they are found, one of them in memory. It implements
// io.Reader and belongs to one goroutine; stop ends the finding.
type tripLines struct {
	next func() (rumbo.Trip, error, bool)
	stop func()
	text bytes.Buffer
	err  error // after the text
}

// newTripLines finds the first trip, so that it is known whether there is one.
func newTripLines(trips iter.Seq2[rumbo.Trip, error]) (*tripLines, error) {
	r := &tripLines{}
	r.next, r.stop = iter.Pull2(trips)
	r.fill()
	if r.err != nil && r.err != io.EOF {
		r.stop()
		return nil, r.err
	}
	return r, nil
}

func (r *tripLines) empty() bool { return r.text.Len() == 0 }

func (r *tripLines) fill() {
	trip, err, more := r.next()
	switch {
	case err != nil:
		r.err = err
	case !more:
		r.err = io.EOF
	default:
		r.err = json.NewEncoder(&r.text).Encode(trip)
	}
}

// Read implements io.Reader.
func (r *tripLines) Read(p []byte) (int, error) {
	if r.text.Len() == 0 && r.err == nil {
		r.fill()
	}
	if r.text.Len() == 0 {
		return 0, r.err
	}
	return r.text.Read(p)
}
