package predict

import (
	"context"
	"encoding/json"
	"io"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/feature"
	"github.com/logistica-inteligente/rumbo/internal/model"
	"github.com/logistica-inteligente/rumbo/internal/strictjson"
)

// Told hears how far a file is: lines read, those without fault among them, and bytes.
type Told func(lines, good, bytes int64)

// firstFaults is how many lines at fault a report names, and lineFaults how many faults of each.
const (
	firstFaults = 20
	lineFaults  = 3
)

// CheckLines reads a file of queries, one a line, and reports its faults: how many lines have
// some, how often each code was met, and the first of them. A line at fault is no error; text
// that cannot be cut into lines is. The same lines are at fault for AnswerLines, with any model.
// O(file) in bounded memory, shared among GOMAXPROCS.
func (p *Predictor) CheckLines(ctx context.Context, r io.Reader, told Told) (rumbo.PredictionCounts, []rumbo.LineFaults, error) {
	counts := rumbo.PredictionCounts{ByCode: map[rumbo.Code]int64{}}
	var first []rumbo.LineFaults
	err := inOrder(ctx, r, func(_ context.Context, c *chunk) error { p.read(c); return nil }, func(c *chunk) error {
		for _, l := range c.lines {
			count(&counts, l)
			if len(l.faults) > 0 && len(first) < firstFaults {
				first = append(first, rumbo.LineFaults{Line: l.number, Faults: l.faults[:min(len(l.faults), lineFaults)]})
			}
		}
		told(counts.Queries, counts.Queries-counts.Faulty, c.lines[len(c.lines)-1].end)
		return nil
	})
	return counts, first, err
}

// AnswerLines writes one rumbo.PredictedLine for each line of a file of queries, in their
// order: what Predict answers, or the line's faults. The same file, model and map make
// the same bytes, whatever the number of cores. O(lines x trees x depth) in bounded memory, shared
// among GOMAXPROCS.
func (p *Predictor) AnswerLines(ctx context.Context, r io.Reader, w io.Writer, told Told) (rumbo.PredictionCounts, error) {
	counts := rumbo.PredictionCounts{ByCode: map[rumbo.Code]int64{}}
	err := inOrder(ctx, r, p.answer, func(c *chunk) error {
		for _, l := range c.lines {
			count(&counts, l)
		}
		counts.Answered = counts.Queries - counts.Faulty
		if _, err := w.Write(c.out.Bytes()); err != nil {
			return err
		}
		told(counts.Queries, counts.Answered, c.lines[len(c.lines)-1].end)
		return nil
	})
	return counts, err
}

func count(counts *rumbo.PredictionCounts, l line) {
	counts.Queries++
	if len(l.faults) > 0 {
		counts.Faulty++
	}
	for _, f := range l.faults {
		counts.ByCode[f.Code]++
	}
}

// read decodes the lines of a chunk and resolves the good ones.
func (p *Predictor) read(c *chunk) {
	for i := range c.lines {
		l := &c.lines[i]
		q, faults := decodeQuery(c.text[l.from:l.to], int(l.number)-1)
		if len(faults) == 0 {
			var f feature.Facts
			if f, faults = p.fact("", q); len(faults) == 0 {
				c.facts = append(c.facts, f)
			}
		}
		for k := range faults {
			faults[k].Message = faults[k].Code.Text(rumbo.English, faults[k])
		}
		l.faults = faults
	}
}

// decodeQuery reads a line, with so many before it, and reports every fault of form and
// meaning. What broken syntax cut off is not called missing.
func decodeQuery(text []byte, before int) (q rumbo.PredictionQuery, faults []rumbo.FieldError) {
	faults = strictjson.Decode(text, &q, strictjson.Options{Line: before})
	for _, f := range faults {
		if f.Code == rumbo.BadJSON || f.Code == rumbo.NotUTF8 || f.Code == rumbo.TruncatedPayload {
			return q, faults
		}
	}
	return q, strictjson.Merge(faults, q.Validate(""))
}

// answer fills in what a chunk writes.
func (p *Predictor) answer(ctx context.Context, c *chunk) error {
	p.read(c)
	if err := p.askRoads(ctx, c.facts); err != nil {
		return err
	}
	if cap(c.estimates) < len(c.facts) {
		c.estimates = make([]model.Estimate, chunkLines)
	}
	p.Bundle.Estimate(c.facts, c.estimates)
	lines := json.NewEncoder(&c.out)
	lines.SetEscapeHTML(false) // as every answer of the API
	good := 0
	for _, l := range c.lines {
		out := rumbo.PredictedLine{Line: l.number, Faults: l.faults}
		if len(l.faults) == 0 {
			answer := p.prediction(&c.facts[good], &c.estimates[good])
			out.Prediction = &answer
			good++
		}
		if err := lines.Encode(out); err != nil {
			return err
		}
	}
	return nil
}
