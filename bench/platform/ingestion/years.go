package main

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/flow"
	"github.com/logistica-inteligente/rumbo/internal/store"
)

// apart is how much later the same trips happen again: what the files hold is over by then, and
// the days of the week are where they were.
const apart = 156 * 7 * 24 * time.Hour

// shifted is a CSV file of the taxi commission whose trips happened later: the two times of
// a row, its second and third fields, are moved.
type shifted struct {
	from  *bufio.Scanner
	by    time.Duration
	first bool
	rest  bytes.Buffer
}

func newShifted(r io.Reader, by time.Duration) *shifted {
	return &shifted{from: bufio.NewScanner(r), by: by, first: true}
}

// Read implements io.Reader.
func (s *shifted) Read(p []byte) (int, error) {
	for s.rest.Len() < len(p) && s.from.Scan() {
		fields := bytes.SplitN(s.from.Bytes(), []byte(","), 4)
		for i := 1; i < 3 && !s.first && len(fields) == 4; i++ {
			at, err := time.Parse(time.DateTime, string(fields[i]))
			if err == nil {
				fields[i] = at.Add(s.by).AppendFormat(nil, time.DateTime)
			}
		}
		s.first = false
		s.rest.Write(bytes.Join(fields, []byte(",")))
		s.rest.WriteByte('\n')
	}
	if err := s.from.Err(); err != nil {
		return 0, err
	}
	return s.rest.Read(p)
}

// loadYears loads the files again and again, each time three years later, and measures after each.
func (o options) loadYears(ctx context.Context, learn *flow.Learn, files []string) error {
	fmt.Println("year,trips,rows_per_s," + latencyColumns)
	total := int64(0)
	for year := range o.years {
		began, rows := time.Now(), int64(0)
		for i, file := range files {
			f, err := os.Open(file)
			if err != nil {
				return err
			}
			batch, err := learn.Receive(ctx, fmt.Sprintf("%013d%013d", year, i), rumbo.Payload{Kind: rumbo.KindTrips, Format: rumbo.FormatCSV,
				Schema: "tlc_green", Body: newShifted(f, time.Duration(year)*apart)})
			if err == nil {
				err = learn.Clean(ctx, batch.ID)
			}
			if err == nil {
				batch, err = learn.Store.Batch(ctx, batch.ID)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", filepath.Base(file), err)
			}
			if batch.State != rumbo.BatchLoaded {
				return fmt.Errorf("%s: %s", filepath.Base(file), batch.Error)
			}
			rows += batch.Counts.Rows
			total += batch.Counts.Added
			f.Close()
		}
		took := time.Since(began)
		figures, err := latencies(ctx, learn.Store, year)
		if err != nil {
			return err
		}
		fmt.Printf("%d,%d,%.0f,%s\n", year, total, float64(rows)/took.Seconds(), figures)
	}
	return nil
}

const latencyColumns = "one_ms,page_ms,next_page_ms,day_ms,month_rows_per_s"

// latencies are medians of what the platform asks of trips: one by ID, a page from some
// time on, the page after it, all of a day, and the rate at which a month is read for training.
func latencies(ctx context.Context, s store.Store, years int) (string, error) {
	rng := rand.New(rand.NewPCG(1, 1))
	var one, page, next, day []time.Duration
	var some []rumbo.Trip
	clock := func(into *[]time.Duration, do func() error) error {
		began := time.Now()
		err := do()
		*into = append(*into, time.Since(began))
		return err
	}
	var rate float64
	for range 40 {
		from := time.Date(2023, 1, 1+rng.IntN(27), rng.IntN(24), 0, 0, 0, time.UTC).Add(time.Duration(rng.IntN(years+1)) * apart)
		q, after := store.TripQuery{From: from}, ""
		err := clock(&page, func() error {
			p, err := s.TripPage(ctx, q, "", 100)
			some, after = append(some, p.Items...), p.Next
			return err
		})
		if err == nil && after != "" {
			err = clock(&next, func() error { _, err := s.TripPage(ctx, q, after, 100); return err })
		}
		if err == nil && len(some) > 0 {
			id := some[rng.IntN(len(some))].ID
			err = clock(&one, func() error { _, err := s.Trip(ctx, id); return err })
		}
		if err == nil {
			err = clock(&day, func() error { _, err := count(ctx, s, from, from.Add(24*time.Hour)); return err })
		}
		if err != nil {
			return "", err
		}
	}
	began := time.Now()
	from := time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(years) * apart)
	n, err := count(ctx, s, from, from.AddDate(0, 1, 0))
	rate = float64(n) / time.Since(began).Seconds()
	return fmt.Sprintf("%s,%s,%s,%s,%.0f", median(one), median(page), median(next), median(day), rate), err
}

func count(ctx context.Context, s store.Store, from, until time.Time) (n int, err error) {
	for _, err := range s.Trips(ctx, store.TripQuery{From: from, Until: until}) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// median is in milliseconds.
func median(d []time.Duration) string {
	if len(d) == 0 {
		return ""
	}
	slices.Sort(d)
	return fmt.Sprintf("%.2f", float64(d[len(d)/2].Microseconds())/1000)
}
