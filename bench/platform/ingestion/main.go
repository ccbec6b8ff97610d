// Command ingestion measures how fast payloads become records: the eight months
// of green taxi trips as CSV, NDJSON and Parquet into SQLite and PostgreSQL, end
// to end (receive, parse, validate, deduplicate, load). See ../ingestion.md.
//
// Engine of a benchmark; place: bench. It composes what internal/flow composes, with
// no server in between. One run is one process, so that its peak of memory is its own.
package main

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/blob/dir"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/flow"
	"github.com/logistica-inteligente/rumbo/internal/ingest"
	"github.com/logistica-inteligente/rumbo/internal/store"
	"github.com/logistica-inteligente/rumbo/internal/store/postgres"
	"github.com/logistica-inteligente/rumbo/internal/store/sqlite"
	"github.com/logistica-inteligente/rumbo/internal/task"
)

func main() {
	var o options
	flag.StringVar(&o.prepare, "prepare", "", "write the payloads of all formats, and the clean rows, into this folder")
	flag.StringVar(&o.payloads, "payloads", "", "folder that -prepare has filled")
	flag.StringVar(&o.format, "format", rumbo.FormatCSV, "csv, ndjson or parquet")
	flag.StringVar(&o.postgres, "postgres", "", "address of an empty database; SQLite when absent")
	flag.IntVar(&o.generate, "generate", 0, "instead of files: a stream of so many generated NDJSON trips")
	flag.IntVar(&o.years, "years", 0, "load the CSV files so many times, each time three years later, and measure after each")
	flag.BoolVar(&o.discard, "discard", false, "clean and check but do not load")
	profile := flag.String("cpuprofile", "", "write a profile of the processor's time here")
	flag.Parse()
	if *profile != "" {
		f, err := os.Create(*profile)
		if err == nil {
			err = pprof.StartCPUProfile(f)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "ingestion:", err)
			os.Exit(1)
		}
		defer pprof.StopCPUProfile()
	}
	if err := o.run(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "ingestion:", err)
		os.Exit(1)
	}
}

type options struct {
	prepare, payloads, format, postgres string
	generate, years                     int
	discard                             bool
}

// zones are all of the commission's numbers.
type zones struct{}

// Known implements etl.Zones.
func (zones) Known(id int32) bool { return id >= 1 && id <= 263 }

func (o options) run(ctx context.Context) error {
	if o.prepare != "" {
		return prepare(filepath.Join(os.Getenv("RUMBO_DATA"), "trips"), o.prepare)
	}
	scratch, err := os.MkdirTemp("", "rumbo-ingestion-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	s, err := o.open(ctx, scratch)
	if err != nil {
		return err
	}
	defer s.Close()
	blobs, err := dir.Open(filepath.Join(scratch, "blobs"))
	if err != nil {
		return err
	}
	learn := &flow.Learn{Inbox: &ingest.Receiver{Blobs: blobs, MaxBytes: 1 << 40, Check: etl.Check}, Blobs: blobs, Store: s, Zones: zones{},
		Clock: time.Now, Build: "bench", MaxQuarantine: 0.1}
	return o.measure(ctx, learn)
}

// noTasks takes tasks and works none: the measurement runs them itself.
type noTasks struct{}

func (noTasks) EnqueueTx(context.Context, *sql.Tx, task.Spec) error { return nil }

type noPgTasks struct{}

func (noPgTasks) EnqueueTx(context.Context, pgx.Tx, task.Spec) error { return nil }

func (o options) open(ctx context.Context, scratch string) (store.Store, error) {
	if o.postgres != "" {
		db, err := postgres.Open(ctx, o.postgres)
		if err != nil {
			return nil, err
		}
		return timed{db.Store(noPgTasks{}), new(time.Duration)}, nil
	}
	db, err := sqlite.Open(ctx, filepath.Join(scratch, "rumbo.db"))
	if err != nil {
		return nil, err
	}
	return timed{db.Store(noTasks{}), new(time.Duration)}, nil
}

// timed notes the longest transaction.
type timed struct {
	store.Store
	longest *time.Duration
}

// InTx implements store.Store.
func (t timed) InTx(ctx context.Context, do func(store.Tx) error) error {
	began := time.Now()
	err := t.Store.InTx(ctx, do)
	*t.longest = max(*t.longest, time.Since(began))
	return err
}

// measure receives and cleans every payload and prints one line of results.
func (o options) measure(ctx context.Context, learn *flow.Learn) error {
	var files []string
	if o.generate == 0 {
		var err error
		if files, err = filepath.Glob(filepath.Join(o.payloads, "*."+o.format)); err != nil || len(files) == 0 {
			return errors.Join(err, fmt.Errorf("no payloads in %s: run -prepare first", o.payloads))
		}
	} else {
		files = []string{"generated"}
	}
	if o.years > 0 {
		return o.loadYears(ctx, learn, files)
	}
	var received, cleaned time.Duration
	var counts rumbo.BatchCounts
	bytes := int64(0)
	for i, file := range files {
		batch, took, err := o.receive(ctx, learn, fmt.Sprintf("%026d", i), file)
		if err != nil {
			return err
		}
		received += took
		bytes += batch.Bytes
		began := time.Now()
		if o.discard {
			counts.Rows, err = cleanOnly(ctx, learn, batch)
		} else {
			err = learn.Clean(ctx, batch.ID)
		}
		if err != nil {
			return err
		}
		cleaned += time.Since(began)
		if batch, err = learn.Store.Batch(ctx, batch.ID); err != nil {
			return err
		}
		if batch.State == rumbo.BatchFailed {
			return errors.New(batch.Error)
		}
		counts.Rows, counts.Accepted, counts.Quarantined = counts.Rows+batch.Counts.Rows, counts.Accepted+batch.Counts.Accepted, counts.Quarantined+batch.Counts.Quarantined
	}
	total := received + cleaned
	longest := *learn.Store.(timed).longest
	fmt.Printf("format=%s rows=%d accepted=%d quarantined=%d bytes=%d receive_s=%.2f clean_s=%.2f total_s=%.2f rows_per_s=%.0f accepted_per_s=%.0f max_tx_ms=%d peak_mib=%d\n",
		o.format, counts.Rows, counts.Accepted, counts.Quarantined, bytes, received.Seconds(), cleaned.Seconds(), total.Seconds(),
		float64(counts.Rows)/total.Seconds(), float64(counts.Accepted)/total.Seconds(), longest.Milliseconds(), peakMiB())
	return nil
}

func cleanOnly(ctx context.Context, learn *flow.Learn, batch rumbo.Batch) (rows int64, err error) {
	payload, err := learn.Blobs.Open(ctx, batch.BlobKey)
	if err != nil {
		return 0, err
	}
	defer payload.Close()
	for _, err := range etl.Clean(payload, batch, learn.Zones) {
		if err != nil {
			return rows, err
		}
		rows++
	}
	return rows, nil
}

func (o options) receive(ctx context.Context, learn *flow.Learn, token, file string) (rumbo.Batch, time.Duration, error) {
	var body io.Reader = &generated{rows: o.generate}
	if o.generate == 0 {
		f, err := os.Open(file)
		if err != nil {
			return rumbo.Batch{}, 0, err
		}
		defer f.Close()
		body = f
	} else {
		o.format = rumbo.FormatNDJSON
	}
	began := time.Now()
	batch, err := learn.Receive(ctx, token, rumbo.Payload{Kind: rumbo.KindTrips, Format: o.format, Body: body})
	return batch, time.Since(began), err
}

// peakMiB is the most memory that this process ever held, in MiB; 0 where the
// system does not say.
func peakMiB() int {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	lines := strings.Split(string(status), "\n")
	i := slices.IndexFunc(lines, func(l string) bool { return strings.HasPrefix(l, "VmHWM:") })
	if i < 0 {
		return 0
	}
	kib, _ := strconv.Atoi(strings.Fields(lines[i])[1])
	return kib / 1024
}
