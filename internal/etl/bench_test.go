package etl

import (
	"fmt"
	"io"
	"testing"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
)

// tripLines is a long NDJSON payload that is never in memory.
type tripLines struct {
	rows, row int
	rest      []byte
	buf       []byte
}

func (l *tripLines) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(l.rest) == 0 {
			if l.row == l.rows {
				break
			}
			l.buf = fmt.Appendf(l.buf[:0], `{"id":"TT-%d","pickup_at":"2026-03-09T07:%02d:%02d-03:00","dropoff_at":"2026-03-09T08:05:19-03:00",`+
				`"from":{"zone":2,"point":{"lat":-34.897779,"lon":-62.494803}},"to":{"zone":2,"point":{"lat":-34.897806,"lon":-62.498761}},"distance_m":3710}`+"\n",
				l.row, l.row/60%60, l.row%60)
			l.rest = l.buf
			l.row++
		}
		m := copy(p[n:], l.rest)
		l.rest, n = l.rest[m:], n+m
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

var lineBatch = rumbo.Batch{ID: "batch_1", Kind: rumbo.KindTrips, Format: rumbo.FormatNDJSON, Schema: tabular.Rumbo}

func BenchmarkCleanTripLines(b *testing.B) {
	rows := 0
	for b.Loop() {
		for res, err := range Clean(&tripLines{rows: 10_000}, lineBatch, zonesTo(3)) {
			if err != nil || res.Rejected != nil {
				b.Fatal(err, res.Rejected)
			}
			rows++
		}
	}
	b.ReportMetric(float64(rows)/b.Elapsed().Seconds(), "rows/s")
}
