package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/logistica-inteligente/rumbo"
	"github.com/logistica-inteligente/rumbo/internal/etl"
	"github.com/logistica-inteligente/rumbo/internal/tabular"
	"github.com/logistica-inteligente/rumbo/internal/tabular/parquetfile"
)

// prepare writes, for every Parquet file of green trips, the same rows as CSV, its
// accepted trips as NDJSON (the commission's columns have no JSON form) and a copy of
// the file; and clean.csv, all accepted trips in the columns of the trip table.
func prepare(from, to string) error {
	files, err := filepath.Glob(filepath.Join(from, "green_tripdata_*.parquet"))
	if err != nil || len(files) == 0 {
		return fmt.Errorf("no green_tripdata_*.parquet in %s (RUMBO_DATA), %v", from, err)
	}
	clean, err := create(filepath.Join(to, "clean.rows"))
	if err != nil {
		return err
	}
	seen := map[string]bool{}
	for _, file := range files {
		name := strings.TrimSuffix(filepath.Base(file), ".parquet")
		if err := prepareFile(file, filepath.Join(to, name), clean, seen); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return clean.finish()
}

// output is a buffered file.
type output struct {
	*bufio.Writer
	file *os.File
}

func create(path string) (*output, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	return &output{bufio.NewWriterSize(f, 1<<20), f}, nil
}

func (o *output) finish() error {
	if err := o.Flush(); err != nil {
		return err
	}
	return o.file.Close()
}

func prepareFile(file, stem string, clean *output, seen map[string]bool) error {
	in, err := os.Open(file)
	if err != nil {
		return err
	}
	defer in.Close()
	info, err := in.Stat()
	if err != nil {
		return err
	}
	parquet, err := create(stem + ".parquet")
	if err != nil {
		return err
	}
	if _, err := io.Copy(parquet, in); err != nil {
		return err
	}
	if err := parquet.finish(); err != nil {
		return err
	}
	if err := writeCSV(in, info.Size(), stem+".csv"); err != nil {
		return err
	}
	lines, err := create(stem + ".ndjson")
	if err != nil {
		return err
	}
	b := rumbo.Batch{ID: "b", Kind: rumbo.KindTrips, Format: rumbo.FormatParquet, Schema: tabular.TLCGreen}
	for res, err := range etl.Clean(in, b, zones{}) {
		if err != nil {
			return err
		}
		if res.Trip == nil || seen[res.Trip.ID] {
			continue
		}
		seen[res.Trip.ID] = true
		res.Trip.BatchID = ""
		text, err := json.Marshal(res.Trip)
		if err != nil {
			return err
		}
		_, _ = lines.Write(append(text, '\n')) // finish tells
		writeClean(clean, res.Trip)
	}
	return lines.finish()
}

func writeCSV(in io.ReaderAt, size int64, path string) error {
	records, err := parquetfile.Open(in, size)
	if err != nil {
		return err
	}
	out, err := create(path)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, strings.Join(records.Header(), ","))
	for {
		rec, err := records.Next()
		if err == io.EOF {
			return out.finish()
		}
		if err != nil {
			return err
		}
		_, _ = out.Write(rec.Raw)
		_ = out.WriteByte('\n')
	}
}

// writeClean writes a trip as the columns of the trip table.
func writeClean(out io.Writer, t *rumbo.Trip) {
	fmt.Fprintf(out, "%s,1,0,%d,0,%d,0,%d,%d,,,,,%g,%s\n", t.ID, t.PickupAt.UnixMicro(), t.DropoffAt.UnixMicro(), t.From.Zone, t.To.Zone, t.DistanceM, t.VehicleID)
}

// generated is a long NDJSON payload that is never in memory: every row another
// drive of some 240 bytes.
type generated struct {
	rows, row int
	rest, buf []byte
}

// Read implements io.Reader.
func (g *generated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if len(g.rest) == 0 {
			if g.row == g.rows {
				break
			}
			at := time.Date(2020, 1, 1, 0, 0, g.row*3, 0, time.UTC)
			g.buf = fmt.Appendf(g.buf[:0], `{"id":"T-%d","pickup_at":"%s","dropoff_at":"%s","from":{"zone":%d,"point":{"lat":40.%06d,"lon":-73.9%05d}},"to":{"zone":%d,"point":{"lat":40.71,"lon":-73.95}},"distance_m":%d,"vehicle_id":"van-%d"}`+"\n",
				g.row, at.Format(time.RFC3339), at.Add(time.Duration(300+g.row%1200)*time.Second).Format(time.RFC3339),
				1+g.row%263, 700000+g.row%90000, g.row%90000, 1+g.row*7%263, 2000+g.row%3000, g.row%50)
			g.rest = g.buf
			g.row++
		}
		m := copy(p[n:], g.rest)
		g.rest, n = g.rest[m:], n+m
	}
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}
